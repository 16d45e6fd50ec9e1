"""Writes the reports into a directory, each whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from lockgate.base.errors import UsageError
from lockgate.reports import report_html, report_junit, report_markdown, report_sarif
from lockgate.verdict import verdict_document
from lockgate.verdict.verdict import GateVerdict
from lockgate.verdict.verdict_document import FILE_NAME

# The verdict comes last: where it is, the others are.
_WRITERS: dict[str, Callable[[GateVerdict], str]] = {
    "report.md": report_markdown.render,
    "report.sarif": lambda verdict: _json(report_sarif.as_sarif(verdict)),
    "junit.xml": report_junit.as_junit,
    "report.html": report_html.as_html,
    FILE_NAME: lambda verdict: _json(verdict_document.as_json(verdict)),
}
NAMES = tuple(_WRITERS)


def prepare(directory: Path) -> None:
    """Make the directory, and remove an earlier run's reports from it.

    What ends early must not leave a verdict that seems to be its own. Raises UsageError if reports
    cannot be written there, before anything slow has begun.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (directory / name).unlink(missing_ok=True)
        with NamedTemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise _unwritable(directory, error) from error


def write(verdict: GateVerdict, directory: Path) -> list[Path]:
    """Write all reports; returns their paths. Raises UsageError if one cannot be written."""
    prepare(directory)
    try:
        return [_replace(directory / name, writer(verdict)) for name, writer in _WRITERS.items()]
    except OSError as error:
        raise _unwritable(directory, error) from error


def _replace(path: Path, text: str) -> Path:
    """Put the text into the file in one step: a reader sees all of it, or none."""
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as stream:
        unfinished = Path(stream.name)
        try:
            stream.write(text)
            stream.flush()
            # Temporary files are private; a report is for whoever may read its directory.
            unfinished.chmod(0o644)
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
    return path


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def _unwritable(directory: Path, error: OSError) -> UsageError:
    return UsageError(
        f"reports cannot be written into {directory}: {error.strerror}. Name another directory "
        "with --report."
    )
