"""Say what is installed, which version, and how to get what is missing."""

from __future__ import annotations

from dataclasses import asdict

import click

from lockgate.base.errors import UsageError
from lockgate.commands import _options, _screen
from lockgate.doctor import Part, Status, examine

_COLOURS = {Status.OK: "green", Status.NOTE: "yellow", Status.MISSING: "red"}


@click.command()
@_options.json("Print JSON for programs.")
def command(as_json: bool) -> int:
    """Say what is installed, which version, and how to get what is missing.

    Exits with 0 when nothing is missing, else with 2.
    """
    parts = examine()
    missing = [part.name for part in parts if part.status is Status.MISSING]
    if as_json:
        document = {"ok": not missing, "parts": [asdict(part) for part in parts]}
        _screen.answer_json(document)
    else:
        for part in parts:
            _show(part)
        _screen.answer(f"Missing: {', '.join(missing)}." if missing else "Nothing is missing.")
    return UsageError.exit_code if missing else 0


def _show(part: Part) -> None:
    status = _screen.coloured(f"{part.status:8}", _COLOURS[part.status])
    _screen.answer(f"{status} {part.name:13} {part.found}")
    if part.fix:
        _screen.answer(f"{'':9}{'':14}{part.fix}")
