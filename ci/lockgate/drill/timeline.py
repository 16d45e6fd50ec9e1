"""What happened in a drill, in seconds of the time that it rehearses."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lockgate.drill.outages import Outage

# The fault of a drill on a real account: the health check says the opposite of what it sees.
INVERTED = "inverted health check"


@dataclass(frozen=True)
class Timeline:
    """The moments of one drill; seconds since its begin, None for what never happened.

    ``recovery_time`` is the computed one, ``allowed`` that and one interval: what a drill may
    take. ``before`` is the region that served before the fault, ``after`` the one at its end.
    ``outages`` are the spans in which at least one client was not served.
    ``interval`` is that of the probes; ``objective`` the recovery time that the settings promise.
    """

    name: str
    lost_region: str
    fault_kind: str
    time_scale: float
    recovery_time: int | None
    allowed: float
    before: str | None
    after: str | None
    fault: float
    detected: float | None
    switched: float | None
    recovered: float | None
    restored: float
    failed_back: float | None
    ended: float
    requests: int
    lost: int
    outages: tuple[Outage, ...] = ()
    interval: int = 30
    objective: int | None = None

    @property
    def took(self) -> float | None:
        """Seconds from the fault to the first of the good answers that lasted."""
        return None if self.recovered is None else self.recovered - self.fault

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the drill is not passed; nothing is good."""
        problems = []
        if self.before != self.lost_region:
            problems.append(
                f"before the fault {self.before or 'nothing'} answered, not {self.lost_region}: "
                "look at the health check of the primary record (inverted, or unhealthy)"
            )
        if self.recovery_time is None:
            problems.append("the primary record has no health check that would detect the fault")
        if self.took is None:
            problems.append(f"clients were not served again within {self.allowed:.0f} s")
        elif self.took > self.allowed:
            problems.append(f"recovery took {self.took:.1f} s, more than {self.allowed:.0f} s")
        promised = self.objective
        took = self.took
        if took is not None and promised is not None and took > promised + self.interval:
            problems.append(
                f"recovery took {took:.1f} s; the recovery time objective is {promised} s "
                f"(and one interval of {self.interval} s)"
            )
        if self.failed_back is None:
            problems.append(f"clients did not come back to {self.lost_region} after the fault")
        return tuple(problems)

    @property
    def passes(self) -> bool:
        """Whether the loss was survived in time, and undone."""
        return not self.problems

    def moments(self) -> list[tuple[str, float | None]]:
        """The moments, named, in the order in which they come."""
        # An inverted check is unhealthy without anything that would have to be detected.
        detection = [] if self.fault_kind == INVERTED else [("detected", self.detected)]
        return [
            ("fault", self.fault),
            *detection,
            ("DNS switched", self.switched),
            ("first good answer", self.recovered),
            ("region restored", self.restored),
            ("failed back", self.failed_back),
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a program to read."""
        return {
            **asdict(self),
            "took": self.took,
            "passes": self.passes,
            "problems": list(self.problems),
        }
