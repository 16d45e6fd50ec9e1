"""What blocks, at its lines of the change: workflow commands of GitHub, which need no right."""

from __future__ import annotations

from lockgate.base.safe_text import visible
from lockgate.reports import finding_text
from lockgate.verdict.verdict import EnvironmentFinding, GateVerdict

# GitHub shows no more of one step.
MOST = 10
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def workflow_commands(verdict: GateVerdict) -> list[str]:
    """One line for each finding that blocks and has a place, at most as many as are shown."""
    lines: dict[str, None] = {}
    for environment in verdict.environments:
        for finding in finding_text.blocking_first(environment):
            line = _annotation(finding)
            if line:
                lines[line] = None
    return list(lines)[:MOST]


def _annotation(finding: EnvironmentFinding) -> str:
    place = finding_text.place(finding.location)
    if place is None:
        return ""
    title = f"{finding.rule} in {finding.environment}: {finding_text.subject(finding)}"
    text = " ".join(text for text in (finding_text.said(finding), finding.fix) if text)
    return (
        f"::error file={_escaped(place.file, _PROPERTY)},line={place.line},"
        f"title={_escaped(title, _PROPERTY)}::{_escaped(text, _DATA)}"
    )


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in visible(text))
