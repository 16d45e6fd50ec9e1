"""The verdict as Markdown: for a pull request's comment, a job's summary, and a file.

A report is a heading, then sections. A section is a function from an environment to pieces, each of
which stands alone; a report that must be short leaves out whole pieces and says how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import quote

from lockgate.base.markdown_text import block, code, prose
from lockgate.reports import finding_text, provider_text, strategy_text
from lockgate.verdict import loss_text
from lockgate.verdict.loss_text import LossTable
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict

# Longest text of one finding and of one error where the report must be short, in characters: one
# of them must not crowd out the others.
_SHORT_TEXT = 1_000
_SHORT_ERROR = 4_000
_WORDS = {Verdict.FAIL: "fails", Verdict.UNKNOWN: "cannot be told"}


@dataclass(frozen=True)
class Piece:
    """Markdown that stands alone; ``counts`` is 0 for a heading, which tells of nothing itself."""

    text: str
    counts: int = 1


@dataclass(frozen=True)
class Style:
    """How a report is written.

    ``limit`` is the largest size in bytes of UTF-8, 0 for none. ``source_url`` is where the host
    shows the judged commit's files, to link places to, and ``report_url`` where the whole report
    is; "" for nowhere.
    """

    limit: int = 0
    source_url: str = ""
    report_url: str = ""

    def text(self, text: str) -> str:
        """A finding's text, cut where the report must be short."""
        return _cut(text, _SHORT_TEXT) if self.limit else text

    def error(self, text: str) -> str:
        """An engine's error, cut where the report must be short."""
        return _cut(text, _SHORT_ERROR) if self.limit else text


WHOLE = Style()


def render(verdict: GateVerdict, style: Style = WHOLE) -> str:
    """The report. It ends with a line feed, and is never larger than the style's limit."""
    parts = [_environment_pieces(environment, style) for environment in verdict.environments]
    parts.append(_notes(verdict, style))
    head = _heading(verdict, style)
    every = sum(piece.counts for part in parts for piece in part)
    if style.limit:
        room = style.limit - _size(_joined([head, _footer(every, style)]))
        if room < 0:
            return _clipped(_joined([prose(verdict.sentence)]), style.limit)
        parts = _fitting(parts, room)
    told = [piece for part in parts for piece in part]
    left_out = every - sum(piece.counts for piece in told)
    return _joined([head, *(piece.text for piece in told), _footer(left_out, style)])


# --- sections of an environment -----------------------------------------------------------------


def _strategy(environment: EnvironmentVerdict, style: Style) -> Iterator[Piece]:
    """What it was judged as; of what was not asked, only where it promises less than others."""
    decision = environment.strategy
    if decision is None:
        return
    lines = [strategy_text.judged_as(environment)]
    if not decision.strategy.promises.names:
        lines += strategy_text.not_asked(environment)
    yield Piece("<br>".join(prose(style.text(line)) for line in lines), counts=0)


def _not_judged(environment: EnvironmentVerdict, style: Style) -> Iterator[Piece]:
    if environment.engine_error:
        yield Piece(f"It could not be planned:\n\n{block(style.error(environment.engine_error))}")
    for problem in environment.problems:
        yield Piece(f"- **Not judged completely:** {prose(style.text(problem))}")
    if not environment.findings and not environment.engine_error:
        yield Piece("- **Not judged:** no rule reported.")


def _blocking(environment: EnvironmentVerdict, style: Style) -> Iterator[Piece]:
    for finding in finding_text.blocking_first(environment):
        yield Piece(_finding(finding, _WORDS[finding.verdict], style))


def _waived(environment: EnvironmentVerdict, style: Style) -> Iterator[Piece]:
    for finding in environment.waived:
        yield Piece(_finding(finding, "is waived", style))


def _losses(environment: EnvironmentVerdict, style: Style) -> Iterator[Piece]:
    if environment.losses:
        yield Piece("**Losing a region**", counts=0)
    for loss in environment.losses:
        mark = "✅" if loss.survived else "❌"
        text = f"- {mark} {prose(style.text(loss_text.headline(loss)))}"
        if style.limit:
            yield Piece(text)
        else:
            tables = [_table(table) for table in loss_text.tables(loss)]
            yield Piece("\n\n".join([text, *tables]))


def _table(table: LossTable) -> str:
    rows = [
        table.columns,
        tuple("---" for _ in table.columns),
        *(map(prose, r) for r in table.rows),
    ]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{prose(table.title)}\n\n{lines}"


SECTIONS: tuple[Callable[[EnvironmentVerdict, Style], Iterator[Piece]], ...] = (
    _strategy,
    _not_judged,
    _blocking,
    _losses,
    _waived,
)
"""What a report tells of each environment, in this order."""


def _environment_pieces(environment: EnvironmentVerdict, style: Style) -> list[Piece]:
    pieces = [piece for section in SECTIONS for piece in section(environment, style)]
    return [Piece(f"### {prose(environment.environment)}", counts=0), *pieces] if pieces else []


def _finding(finding: EnvironmentFinding, word: str, style: Style) -> str:
    lines = [
        f"- **{prose(finding.rule)}** {word}: {code(finding_text.subject(finding))}",
        _location(finding.location, style),
        prose(style.text(finding_text.said(finding))),
    ]
    if finding.waived is not None:
        lines.append(prose(style.text(finding_text.waived_by(finding))))
    elif finding.fix:
        lines.append(f"**Fix:** {prose(style.text(finding.fix))}")
    # In one line: what stands at the start of a line can begin a list, a heading or a quote.
    return "<br>".join(line for line in lines if line)


def _location(location: str, style: Style) -> str:
    place = finding_text.place(location)
    if place is None or not style.source_url:
        return code(location)
    return f"[{code(location)}](<{style.source_url}/{quote(place.file)}#L{place.line}>)"


# --- the report as a whole ----------------------------------------------------------------------


def _heading(verdict: GateVerdict, style: Style) -> str:
    mark = "✅" if verdict.passes else "❌"
    sentence = prose(style.text(verdict.sentence))
    rows = [
        "| Environment | Verdict | Broken | Not decidable | Kept | Not applicable | Waived |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        *(_row(environment) for environment in verdict.environments),
    ]
    table = "\n".join(rows) if verdict.environments else ""
    planned_with = prose(style.text(provider_text.planned_with(verdict)))
    shown = _joined([f"## {mark} Lockgate", f"**{sentence}**", table, planned_with]).rstrip("\n")
    if style.limit and _size(shown) > style.limit // 2:
        # So many environments that the table alone would fill the report.
        return _joined([f"## {mark} Lockgate", f"**{sentence}**"]).rstrip("\n")
    return shown


def _row(environment: EnvironmentVerdict) -> str:
    if environment.engine_error:
        word = "❌ not planned"
    elif finding_text.not_judged(environment):
        word = "❌ not judged completely"
    else:
        word = "✅ passes" if environment.passes else "❌ blocked"
    counts = environment.counts()
    numbers = [counts[verdict] for verdict in finding_text.SHOWN_VERDICTS]
    cells = [prose(environment.environment), word, *numbers, len(environment.waived)]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _notes(verdict: GateVerdict, style: Style) -> list[Piece]:
    notes = [Piece(f"- {prose(style.text(note))}") for note in verdict.notes]
    return [Piece("### Notes", counts=0), *notes] if notes else []


def _footer(left_out: int, style: Style) -> str:
    where = "the full report (the job's artifact)"
    if style.report_url:
        where = f"[the full report](<{quote(style.report_url, safe=_URL_SAFE)}>)"
    if left_out:
        return f"**… and {left_out} more: see {where}.**"
    return f"All of it: {where}." if style.report_url else ""


# What stands in a URL as itself; what would end a link does not.
_URL_SAFE = "/:?#@!$&'*+,;=%~-._"


# --- leaving out what is too much ---------------------------------------------------------------


def _fitting(parts: list[list[Piece]], room: int) -> list[list[Piece]]:
    """The pieces that fit, taken from each part by turns: none crowds out another."""
    taken: list[list[Piece]] = [[] for _ in parts]
    for turn in zip_longest(*parts):
        for kept, piece in zip(taken, turn, strict=True):
            # Without its heading, a piece would seem to be of the part before it.
            if piece is None or (piece.counts and not kept):
                continue
            # Between two pieces stands an empty line.
            size = _size(piece.text) + 2
            if size <= room:
                kept.append(piece)
                room -= size
    return taken


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text) + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} …"


def _clipped(text: str, limit: int) -> str:
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")
