"""The one voice to the screen, and that no command speaks past it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lockgate import commands
from lockgate.commands import _screen

_PAST_IT = re.compile(r"\b(print\(|click\.(echo|secho|style|prompt)|sys\.std(out|err)\b)")
_MODULES = sorted(Path(commands.__path__[0]).glob("*.py"))


def test_an_answer_goes_to_standard_output_and_all_else_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _screen.answer("asked for")
    _screen.answer_json({"a": 1})
    _screen.say("going on")
    _screen.error("from a change\x1b[2J\nand on")
    out, err = capsys.readouterr()
    assert out == 'asked for\n{\n  "a": 1\n}\n'
    assert err == "going on\nerror: from a change<U+001B>[2J\nand on\n"


def test_where_there_is_no_terminal_progress_is_lines(capsys: pytest.CaptureFixture[str]) -> None:
    progress = _screen.Progress()
    progress.say("dev", "planning")
    progress.say("dev", "passes")
    progress.done(1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["dev: planning", "dev: passes"]
    assert re.fullmatch(r"1 environment\(s\) in \d+\.\d s", lines[2])


def test_on_a_terminal_progress_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = _screen.Progress()
    monkeypatch.setattr(progress, "_live", True)
    progress.say("dev", "planning")
    progress.say("prod", "judging")
    err = capsys.readouterr().err
    assert "\n" not in err
    assert err.endswith("dev: planning  prod: judging")


@pytest.mark.parametrize(
    "module",
    [each for each in _MODULES if not each.name.startswith("_")],
    ids=lambda each: each.stem,
)
def test_no_command_speaks_past_it(module: Path) -> None:
    assert _PAST_IT.findall(module.read_text("utf-8")) == []


def test_every_command_takes_the_shared_options_from_one_place() -> None:
    shared = ('"--target"', '"--terraform"', '"--yes"', '"--json"', '"--all"', '"--report"')
    texts = {module.name: module.read_text("utf-8") for module in _MODULES}
    own = {
        (name, option)
        for name, text in texts.items()
        for option in shared
        if name != "_options.py" and re.search(rf"click\.option\(\s*{option}", text)
    }
    # Of another text: it is only of use with --state.
    assert own == {("unlock.py", '"--terraform"')}
