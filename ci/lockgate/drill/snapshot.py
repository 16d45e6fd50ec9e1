"""How a drill stands at one moment, for whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What a drill is waiting for."""

    SETTLING = "waiting until every client is served"
    LOST = "waiting until clients are served again"
    BACK = "waiting until clients are back"


@dataclass(frozen=True)
class RecordState:
    """One record of the pair: where it leads, how that behaves, and what its check says.

    ``answers`` is what its servers do ("up", or the fault); ``healthy`` is None without a check;
    ``agreeing`` how many of ``checkers`` find the endpoint healthy, 0 of 0 for a calculated check.
    """

    role: str
    region: str
    answers: str
    healthy: bool | None
    agreeing: int
    checkers: int
    chosen: bool


@dataclass(frozen=True)
class Snapshot:
    """One moment of a drill; seconds of the rehearsed time.

    ``elapsed`` counts from the begin of what is waited for, ``computed`` is what that takes by
    computation (None if nothing detects the fault). ``served_by`` counts clients by region, with
    None for those that are not served.
    """

    name: str
    phase: Phase
    at: float
    elapsed: float
    computed: int | None
    records: tuple[RecordState, ...]
    served_by: dict[str | None, int]
    good: int
    lost: int


Watch = Callable[[Snapshot], None]
