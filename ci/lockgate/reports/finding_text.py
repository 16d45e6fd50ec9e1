"""What the written reports have in common: the words for a finding, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict

# In the order of urgency.
SHOWN_VERDICTS = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS, Verdict.NOT_APPLICABLE)
THE_ENVIRONMENT = "(the environment)"


@dataclass(frozen=True)
class Place:
    """A line of a file in the repository; ``line`` counts from 1."""

    file: str
    line: int


def place(location: str) -> Place | None:
    """Where ``file:line`` is, or None for a text that is not of that form."""
    file, _, line = location.rpartition(":")
    if not file or not (line.isascii() and line.isdigit()) or int(line) < 1:
        return None
    return Place(file, int(line))


def subject(finding: EnvironmentFinding) -> str:
    """The resource's address, or what stands for the environment as a whole."""
    return finding.address or THE_ENVIRONMENT


def said(finding: EnvironmentFinding) -> str:
    """What is wrong, in words."""
    return finding.message or finding.title


def waived_by(finding: EnvironmentFinding) -> str:
    """Who waived it, until when and why; "" for one that nobody waived."""
    waived = finding.waived
    if waived is None:
        return ""
    left = f"{waived.days_left} day(s) left"
    return f"Waived by {waived.owner} until {waived.expires} ({left}): {waived.reason}"


def blocking_first(environment: EnvironmentVerdict) -> list[EnvironmentFinding]:
    """The findings that block: broken rules before undecidable ones, otherwise as they came."""
    return sorted(environment.blocking, key=lambda finding: SHOWN_VERDICTS.index(finding.verdict))


def not_judged(environment: EnvironmentVerdict) -> bool:
    """Tell whether the environment has no verdict of its own, or not a whole one."""
    incomplete = bool(environment.problems) or not environment.findings
    return incomplete or bool(environment.engine_error)
