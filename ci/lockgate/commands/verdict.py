"""``lockgate verdict``: one verdict from the reports of several jobs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate verdict reports/*                          what the jobs of a matrix reported
  lockgate verdict reports/* --expect dev --expect prod    fails when one did not report
  lockgate verdict reports/* --report verdict         also write every report of the whole

\b
Exit codes: 0 everything passes, 1 the gate says no, or a report is missing, 2 usage,
3 an environment could not be planned, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Merge the reports of several checks into one verdict")
@click.argument(
    "directories", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path)
)
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="ENV",
    help="An environment that must have been judged; may be given several times.",
)
@_options.reports
@_options.json("Print the verdict as JSON.")
@_options.everything
def command(
    directories: tuple[Path, ...],
    expected: tuple[str, ...],
    reports: Path | None,
    as_json: bool,
    everything: bool,
) -> None:
    """Merge what `lockgate check --report DIR` wrote, one DIR for each job.

    A report that is missing, cannot be read or contradicts another one fails the verdict. What a
    report says of itself is not believed: the verdict is derived again from its findings.
    """
    from lockgate.reports import report_files, report_terminal
    from lockgate.verdict import verdict_document, verdict_merge

    if reports is not None:
        if reports.resolve() in {directory.resolve() for directory in directories}:
            raise click.UsageError(f"--report {reports} would overwrite a report that is read")
        report_files.prepare(reports)
    verdict = verdict_merge.read_reports(directories, expected)
    if reports is not None:
        report_files.write(verdict, reports)
    if as_json:
        _screen.answer_json(verdict_document.as_json(verdict))
    else:
        report_terminal.show(verdict, _screen.console(), everything=everything)
    sys.exit(verdict.exit_code)
