"""The one voice to the screen: answers on standard output, all else on standard error.

Colours are for terminals only: click takes them out of what goes anywhere else.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

_CLEAR_LINE = "\r\033[2K"


def answer(text: str) -> None:
    """Say what was asked for."""
    click.echo(text)


def answer_json(document: Any) -> None:
    """Say what was asked for, to a program."""
    click.echo(json.dumps(document, indent=2))


def console(*, stderr: bool = False) -> Console:
    """Where reports show what was asked for, or with ``stderr`` how it goes on."""
    from lockgate.reports import report_terminal

    return report_terminal.console(stderr=stderr)


def coloured(text: str, colour: str, *, bold: bool = False) -> str:
    """A text in a colour, as part of a line."""
    return click.style(text, fg=colour, bold=bold)


def say(line: str) -> None:
    """Say what is going on, at once: a CI host's log is no terminal, and shows it as it comes."""
    click.echo(line, err=True)
    sys.stderr.flush()


def error(message: object) -> None:
    """Say why a command failed. The message may quote names and texts of a change."""
    from lockgate.base.safe_text import visible_lines

    shown = "\n".join(visible_lines(str(message)))
    click.echo(f"{coloured('error:', 'red', bold=True)} {shown}", err=True)


class Progress:
    """What is under way, of several at once: one line that changes, on a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live = sys.stderr.isatty()
        self._now: dict[str, str] = {}
        self._started = time.monotonic()

    def say(self, environment: str, doing: str) -> None:
        """Note what an environment is at."""
        with self._lock:
            self._now[environment] = doing
            if self._live:
                line = "  ".join(f"{name}: {what}" for name, what in self._now.items())
                click.echo(f"{_CLEAR_LINE}{line}", err=True, nl=False)
            else:
                say(f"{environment}: {doing}")

    def done(self, count: int) -> None:
        """Close the line."""
        if self._live:
            click.echo(_CLEAR_LINE, err=True, nl=False)
        say(f"{count} environment(s) in {time.monotonic() - self._started:.1f} s")
