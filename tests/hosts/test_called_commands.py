"""Every command that a template calls exists, with the options that it is given."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

from tests.hosts import templates

COMMANDS = templates.ROOT / "ci" / "lockgate" / "commands"
_CALL = re.compile(r"(?:^|[\s(/\"])lockgate\"? +([a-z]+)((?: .*)?)")
_OPTION = re.compile(r"--[a-z][a-z-]+")
# Given by way of "$@" or an array, a few lines above the call.
_BY_VARIABLE = {
    "guard": {"--label"},
    "plan": {"--approve-all"},
    "promote": {"--target", "--bundles", "--resume", "--pull-request"},
    "verdict": {"--expect"},
}


def calls() -> list[tuple[str, str, str]]:
    """File, command and option of each call; lines that go on are joined."""
    calls = set()
    for file in [*templates.WORKFLOWS, *templates.GITLAB, *templates.OTHERS]:
        text = re.sub(r" >-\n +", " ", file.read_text("utf-8"))
        text = re.sub(r"\n +(--[a-z])", r" \1", text)
        for line in text.splitlines():
            if line.lstrip().startswith(("#", "- name:", "name:", "uses:")):
                continue
            for command, rest in _CALL.findall(line):
                options = {*_OPTION.findall(rest), *_BY_VARIABLE.get(command, ())}
                calls |= {
                    (templates.name(file), command, option) for option in options or {"--help"}
                }
    return sorted(calls)


CALLS = calls()


def test_the_calls_are_found() -> None:
    assert {command for _, command, _ in CALLS} >= {
        *("affected", "check", "comment", "drift", "guard", "lock"),
        *("plan", "promote", "unlock", "verdict"),
    }
    assert (".github/workflows/pull-request.yml", "plan", "--bundle") in CALLS


@pytest.mark.parametrize(("command", "option"), sorted({(c, o) for _, c, o in CALLS}))
def test_a_call_is_one_that_lockgate_understands(command: str, option: str) -> None:
    file: Path = COMMANDS / f"{command}.py"
    if not file.is_file():  # a command that is being built
        pytest.skip(f"lockgate {command} {option} is not there yet")
    loaded = importlib.import_module(f"lockgate.commands.{command}").command
    assert isinstance(loaded, click.Command)
    known = {name for param in loaded.params for name in param.opts} | {"--help"}
    assert option in known, [name for name, c, o in CALLS if (c, o) == (command, option)]
