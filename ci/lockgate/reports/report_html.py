"""The verdict as one HTML page that needs nothing else: no script, no request, no other file.

The page is ``report.html.j2``. Jinja escapes every value in it; a policy in its head forbids the
browser what the page does not use, should that ever fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lockgate import __version__
from lockgate.base.safe_text import visible, visible_lines
from lockgate.reports import finding_text, provider_text, strategy_text
from lockgate.verdict import loss_text
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.model.what_if import LossOutcome

TEMPLATE = "report.html.j2"


@dataclass(frozen=True)
class _Row:
    """A finding as the page shows it."""

    rule: str
    title: str
    verdict: str
    style: str
    subject: str
    location: str
    said: str
    fix: str
    waived: str


@dataclass(frozen=True)
class _Table:
    """A table of a loss as the page shows it."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]


@dataclass(frozen=True)
class _Loss:
    """The loss of a region as the page shows it."""

    headline: str
    survived: bool
    tables: list[_Table]


@dataclass(frozen=True)
class _Environment:
    """An environment as the page shows it."""

    name: str
    word: str
    passes: bool
    strategy: str
    not_asked: list[str]
    counts: list[tuple[str, str, int]]
    engine_error: str
    problems: list[str]
    blocking: list[_Row]
    losses: list[_Loss]
    waived: list[_Row]
    kept: list[_Row]
    not_applicable: list[_Row]


_STYLES = {
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "unknown",
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "none",
}
_COUNTED = {
    Verdict.FAIL: "broken",
    Verdict.UNKNOWN: "not decidable",
    Verdict.PASS: "kept",
    Verdict.NOT_APPLICABLE: "not applicable",
}


def as_html(verdict: GateVerdict) -> str:
    """The page."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(TEMPLATE).render(
        sentence=visible(verdict.sentence),
        passes=verdict.passes,
        environments=[_environment(environment) for environment in verdict.environments],
        notes=[visible(note) for note in verdict.notes],
        version=__version__,
        planned_with=visible(provider_text.planned_with(verdict)),
    )


def _environment(environment: EnvironmentVerdict) -> _Environment:
    counts = environment.counts()
    unwaived = [finding for finding in environment.findings if finding.waived is None]
    return _Environment(
        name=visible(environment.environment),
        word=_word(environment),
        passes=environment.passes,
        strategy=visible(strategy_text.judged_as(environment)),
        not_asked=[visible(line) for line in strategy_text.not_asked(environment)],
        counts=[
            (_STYLES[verdict], _COUNTED[verdict], counts[verdict])
            for verdict in finding_text.SHOWN_VERDICTS
            if counts[verdict]
        ],
        engine_error="\n".join(visible_lines(environment.engine_error)),
        problems=[visible(problem) for problem in environment.problems],
        blocking=[_row(finding) for finding in finding_text.blocking_first(environment)],
        losses=[_loss(loss) for loss in environment.losses],
        waived=[_row(finding) for finding in environment.waived],
        kept=[_row(finding) for finding in unwaived if finding.verdict is Verdict.PASS],
        not_applicable=[
            _row(finding) for finding in unwaived if finding.verdict is Verdict.NOT_APPLICABLE
        ],
    )


def _loss(outcome: LossOutcome) -> _Loss:
    tables = [
        _Table(
            visible(table.title),
            table.columns,
            [["\n".join(visible_lines(cell)) for cell in row] for row in table.rows],
        )
        for table in loss_text.tables(outcome)
    ]
    return _Loss(visible(loss_text.headline(outcome)), outcome.survived, tables)


def _word(environment: EnvironmentVerdict) -> str:
    if environment.engine_error:
        return "not planned"
    if finding_text.not_judged(environment):
        return "not judged completely"
    return "passes" if environment.passes else "blocked"


def _row(finding: EnvironmentFinding) -> _Row:
    return _Row(
        rule=visible(finding.rule),
        title=visible(finding.title),
        verdict="waived" if finding.waived else finding.verdict.value,
        style="waived" if finding.waived else _STYLES[finding.verdict],
        subject=visible(finding_text.subject(finding)),
        location=visible(finding.location),
        said=visible(finding_text.said(finding)),
        fix=visible(finding.fix) if finding.blocks else "",
        waived=visible(finding_text.waived_by(finding)),
    )
