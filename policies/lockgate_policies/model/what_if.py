"""What losing a region, a zone or a resource would do to the architecture of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .loss import Loss, LostResources
from .strategy import EVERYTHING, Promises, Strategy
from .strategy_inference import decide_strategy, regions_in_use
from .surviving_capacity import CapacityOutcome, surviving_capacity
from .surviving_data import DataOutcome, surviving_data
from .surviving_names import NameOutcome, surviving_names

if TYPE_CHECKING:
    from .architecture import Architecture


@dataclass(frozen=True)
class Dependency:
    """A resource that remains and refers to one that does not, by which argument."""

    address: str
    argument: str
    lost: str


class WhatIf:
    """The consequences of one loss, each read on demand and once."""

    def __init__(self, architecture: Architecture, loss: Loss) -> None:
        self._architecture = architecture
        self.loss = loss

    @cached_property
    def lost(self) -> LostResources:
        """What is lost."""
        return LostResources(self._architecture, self.loss)

    @cached_property
    def names(self) -> list[NameOutcome]:
        """What becomes of the names."""
        return surviving_names(self._architecture, self.lost)

    @cached_property
    def capacity(self) -> list[CapacityOutcome]:
        """What remains of the capacity."""
        return surviving_capacity(self._architecture, self.lost)

    @cached_property
    def data(self) -> list[DataOutcome]:
        """What becomes of the data stores that are lost."""
        return surviving_data(self._architecture, self.lost)

    @cached_property
    def dependencies(self) -> list[Dependency]:
        """What remains and refers to something lost."""
        dependencies: list[Dependency] = []
        for resource in self._architecture.tree.resources:
            if resource in self.lost:
                continue
            for argument, targets in self._architecture.references.by_argument(resource).items():
                gone = [target for target in targets.resources if target in self.lost]
                dependencies += [
                    Dependency(resource.address, argument, lost_target.address)
                    for lost_target in gone
                ]
        return dependencies


def expected_losses(architecture: Architecture) -> list[WhatIf]:
    """The losses that an environment must survive: that of either of its regions."""
    return [WhatIf(architecture, Loss("region", name)) for name in architecture.expected_regions]


def told_losses(architecture: Architecture) -> list[Loss]:
    """The losses that a verdict tells of: what has one region has one to lose."""
    strategy = decide_strategy(architecture).strategy
    if strategy is Strategy.NONE:
        return []
    regions: Sequence[str] = architecture.expected_regions
    if strategy in (Strategy.PILOT_LIGHT, Strategy.BACKUP_RESTORE, Strategy.SINGLE_REGION):
        regions = regions_in_use(architecture) or regions
    return [Loss("region", name) for name in regions]


@dataclass(frozen=True)
class Shortfall:
    """A target that a loss misses, or one of which it cannot be told; each blocks."""

    subject: str
    certain: bool
    message: str


@dataclass(frozen=True)
class LossOutcome:
    """All the consequences of one loss, as plain data for reports.

    ``recovery_time_objective`` and ``recovery_point_objective`` are the environment's targets, in
    seconds; ``lost`` counts the resources that are gone. What its ``strategy`` does not promise is
    told and is no shortfall.
    """

    kind: str
    name: str
    lost: int
    names: tuple[NameOutcome, ...]
    capacity: tuple[CapacityOutcome, ...]
    data: tuple[DataOutcome, ...]
    dependencies: tuple[Dependency, ...]
    recovery_time_objective: int
    recovery_point_objective: int
    gaps: tuple[str, ...] = ()
    strategy: str = Strategy.ACTIVE_PASSIVE.value
    promised: Promises = EVERYTHING

    @property
    def shortfalls(self) -> tuple[Shortfall, ...]:
        """Every target that is missed or cannot be told."""
        if self.promised == Promises():
            return ()
        shortfalls = [Shortfall("", False, gap) for gap in self.gaps]
        judged = [name for name in self.names if name.judged and self.promised.names]
        capacity = self.capacity if self.promised.capacity else ()
        if (
            not judged
            and self.promised.names
            and not any(name.answers for name in self.names)
            and self.kind == "region"
        ):
            shortfalls.append(Shortfall("", False, "no name leads to this environment"))
        shortfalls += [s for name_outcome in judged if (s := self._of_name(name_outcome))]
        shortfalls += [s for measure in capacity if (s := _of_capacity(measure))]
        shortfalls += [s for data in self.data if data.judged and (s := self._of_data(data))]
        return tuple(shortfalls)

    @property
    def survived(self) -> bool:
        """Tell whether every target is known to be kept."""
        return not self.shortfalls

    def _of_name(self, name: NameOutcome) -> Shortfall | None:
        if name.answers is None:
            return Shortfall(name.record, False, f"{name.name}: {name.why}")
        if not name.answers:
            return Shortfall(name.record, True, f"{name.name} does not answer: {name.why}")
        if name.seconds is None:
            return Shortfall(name.record, False, f"{name.name} answers, but {name.arithmetic}")
        if name.seconds > self.recovery_time_objective:
            target = f"the recovery time objective is {self.recovery_time_objective} s"
            return Shortfall(name.record, True, f"{name.name}: {name.arithmetic}, {target}")
        return None

    def _of_data(self, data: DataOutcome) -> Shortfall | None:
        if data.kept is None:
            return Shortfall(data.address, False, data.why)
        if not data.kept:
            return Shortfall(data.address, True, data.why)
        if data.recovery_point is None or data.recovery_point > self.recovery_point_objective:
            lacks = f"{data.replication} may lack the newest {data.recovery_point} s"
            target = f"the recovery point objective is {self.recovery_point_objective} s"
            return Shortfall(data.address, True, f"{lacks}, {target}")
        return None


def _of_capacity(capacity: CapacityOutcome) -> Shortfall | None:
    if capacity.enough is None:
        return Shortfall("", False, f"{capacity.measure}: {capacity.why}")
    if capacity.enough:
        return None
    target = "" if capacity.target is None else f", {capacity.target:.0%} is promised"
    words = f"{capacity.remaining} of {capacity.serving} remain ({capacity.share:.0%}{target})"
    return Shortfall("", True, f"{capacity.measure}: {words}")


def outcome(architecture: Architecture, loss: Loss) -> LossOutcome:
    """Work a loss out in full."""
    what_if = WhatIf(architecture, loss)
    decision = decide_strategy(architecture)
    return LossOutcome(
        kind=loss.kind,
        name=loss.name,
        lost=len(what_if.lost.resources),
        names=tuple(what_if.names),
        capacity=tuple(what_if.capacity),
        data=tuple(what_if.data),
        dependencies=tuple(what_if.dependencies),
        recovery_time_objective=architecture.settings.recovery_time_objective,
        recovery_point_objective=architecture.settings.recovery_point_objective,
        gaps=tuple(what_if.lost.gaps),
        strategy=decision.strategy.value,
        promised=decision.promises,
    )
