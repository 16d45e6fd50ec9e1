"""One verdict from those of jobs that each checked a part: whatever is missing has not passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.verdict_document import FILE_NAME, read_verdict


def read_reports(directories: Sequence[Path], expected: Sequence[str]) -> GateVerdict:
    """The merged verdict of report directories; one that cannot be read counts as not judged."""
    verdicts, unreadable = [], []
    for directory in directories:
        try:
            verdicts.append(read_verdict(directory / FILE_NAME))
        except UsageError as error:
            unreadable.append(_unreadable(directory, error))
    return merge(verdicts, expected, unreadable)


def merge(
    verdicts: Sequence[GateVerdict],
    expected: Sequence[str] = (),
    unreadable: Sequence[EnvironmentVerdict] = (),
) -> GateVerdict:
    """One verdict on the environments of all, in the order of their names.

    An expected environment that nobody judged is in it as not judged, and so is one that was judged
    twice and differently: which of the two would be merged is not known. ``unreadable`` stand for
    reports that could not be read; a report of their name that could be does not excuse them.
    """
    every = [environment for verdict in verdicts for environment in verdict.environments]
    distinct = list(dict.fromkeys([*every, *unreadable]))
    times = Counter(verdict.environment for verdict in distinct)
    merged = [
        _twice(verdict) if times[verdict.environment] > 1 else verdict for verdict in distinct
    ]
    merged += [_missing(name) for name in dict.fromkeys(expected) if name not in times]
    if expected:
        merged = [
            verdict if verdict.environment in expected else _unexpected(verdict)
            for verdict in merged
        ]
    notes = dict.fromkeys(note for verdict in verdicts for note in verdict.notes)
    return GateVerdict(tuple(sorted(merged, key=lambda verdict: verdict.environment)), tuple(notes))


def _unreadable(directory: Path, error: UsageError) -> EnvironmentVerdict:
    # A job's directory bears its environment's name, or "report-" and that name.
    name = directory.name.removeprefix("report-") or str(directory)
    return EnvironmentVerdict(name, problems=(str(error),))


def _missing(name: str) -> EnvironmentVerdict:
    problem = (
        "no report of it is there: its check did not run to the end. Look at that job, and run it "
        "again"
    )
    return EnvironmentVerdict(name, problems=(problem,))


def _unexpected(verdict: EnvironmentVerdict) -> EnvironmentVerdict:
    problem = (
        "it was judged, but is not among the environments that the change can alter (--expect)"
    )
    return replace(verdict, problems=(*verdict.problems, problem))


def _twice(verdict: EnvironmentVerdict) -> EnvironmentVerdict:
    problem = "its reports differ, so which one is true is not known: run its check again, once"
    return replace(verdict, problems=(*verdict.problems, problem))
