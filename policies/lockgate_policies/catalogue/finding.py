"""What a rule says of one resource, or of the environment as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """The four things a rule can say; only ``FAIL`` and ``UNKNOWN`` block."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"

    @property
    def blocks(self) -> bool:
        """Tell whether a finding with this verdict keeps the gate shut."""
        return self in (Verdict.FAIL, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Finding:
    """A verdict on a subject, in words.

    ``address`` is a resource instance's address, or "" for the environment as a whole.
    """

    verdict: Verdict
    address: str
    message: str


def passed(address: str, message: str = "") -> Finding:
    """The subject keeps the rule."""
    return Finding(Verdict.PASS, address, message)


def failed(address: str, message: str) -> Finding:
    """The subject breaks the rule; the message says how."""
    return Finding(Verdict.FAIL, address, message)


def unknown(address: str, message: str) -> Finding:
    """It cannot be told; the message says which value is missing and what would make it known."""
    return Finding(Verdict.UNKNOWN, address, message)
