"""Say what is installed, which version, and how to get what is missing."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from lockgate.base.errors import UsageError
from lockgate.doctor import Part, Status, examine

_COLOURS = {Status.OK: "green", Status.NOTE: "yellow", Status.MISSING: "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(as_json: bool) -> int:
    """Say what is installed, which version, and how to get what is missing.

    Exits with 0 when nothing is missing, else with 2.
    """
    parts = examine()
    missing = [part.name for part in parts if part.status is Status.MISSING]
    if as_json:
        document = {"ok": not missing, "parts": [asdict(part) for part in parts]}
        click.echo(json.dumps(document, indent=2))
    else:
        for part in parts:
            _show(part)
        click.echo(f"Missing: {', '.join(missing)}." if missing else "Nothing is missing.")
    return UsageError.exit_code if missing else 0


def _show(part: Part) -> None:
    status = click.style(f"{part.status:8}", fg=_COLOURS[part.status])
    click.echo(f"{status} {part.name:13} {part.found}")
    if part.fix:
        click.echo(f"{'':9}{'':14}{part.fix}")
