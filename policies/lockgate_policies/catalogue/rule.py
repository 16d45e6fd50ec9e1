"""The form of a rule: a sentence that must be true, and the pure function that judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from ..model.architecture import Architecture
from .finding import Finding


class Severity(Enum):
    """How much is lost when the rule is broken; every severity blocks."""

    CRITICAL = "critical"  # losing a region takes the service down
    HIGH = "high"  # failover works late, partly, or only with luck
    MEDIUM = "medium"  # a fault becomes likelier or harder to recover from
    LOW = "low"


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue, defined in the file its ID names.

    ``judge`` yields a finding for every subject it looked at (none at all means "not
    applicable"), and must not do I/O. ``subjects`` are the resource types that findings may name
    besides the environment as a whole. ``fix`` is one sentence for the report, ``remediation`` the
    HCL that does it. ``looked_up`` says what the rule makes of resources that a data source only
    looks up, which no plan proves. A static rule asks only the HCL, and is judged without a plan as
    well. An unwaivable rule cannot be waived: without it the other rules mean nothing.
    """

    id: str
    title: str
    severity: Severity
    why: str
    sources: tuple[str, ...]
    fix: str
    remediation: str
    subjects: tuple[str, ...]
    judge: Callable[[Architecture], Iterable[Finding]]
    looked_up: str = ""
    waivable: bool = True
    static: bool = False

    @property
    def family(self) -> str:
        """The middle part of the ID: ``FAILOVER`` of ``LG_FAILOVER_3``."""
        return self.id.split("_")[1]
