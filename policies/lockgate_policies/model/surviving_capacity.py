"""How much capacity remains after a loss, beside what serves while all is well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .capacity import MEASURES, Capacity, read_capacity
from .loss import ZONE, LostResources
from .plan_values import UNKNOWN, Value
from .strategy import Strategy
from .strategy_inference import decide_strategy

if TYPE_CHECKING:
    from .architecture import Architecture


@dataclass(frozen=True)
class CapacityOutcome:
    """One measure of capacity: what serves now, what remains, and the share that is promised.

    ``remaining`` is None where it cannot be told. ``target`` is None where nothing is promised:
    the settings speak of regions, and a lost zone is for Auto Scaling to make good.
    """

    measure: str
    serving: int
    remaining: int | None
    target: float | None
    why: str = ""

    @property
    def share(self) -> float | None:
        """The remaining part of what serves now."""
        return None if self.remaining is None else self.remaining / self.serving

    @property
    def enough(self) -> bool | None:
        """Whether the promise is kept; None where it cannot be told."""
        if self.share is None:
            return None
        # Whatever share is promised, nothing answers where nothing runs.
        return self.share > 0 and (self.target is None or self.share >= self.target - 1e-9)


def surviving_capacity(architecture: Architecture, lost: LostResources) -> list[CapacityOutcome]:
    """What remains of each measure that serves any: in the primary region, or in all at once.

    Where every region serves, a share of the whole is promised by nobody: the rest has to carry
    what the lost one did, which LG_REGION_8 compares.
    """
    primary = architecture.settings.primary_region
    decision = decide_strategy(architecture)
    everywhere = decision.strategy is Strategy.ACTIVE_ACTIVE
    target = architecture.settings.promised_share if lost.loss.kind == "region" else None
    if everywhere or not decision.promises.capacity:
        target = None
    entries = read_capacity(architecture)
    outcomes: list[CapacityOutcome] = []
    for measure in MEASURES:
        mine = [entry for entry in entries if entry.measure == measure]
        serving = [e for e in mine if everywhere or architecture.region(e.resource) == primary]
        unknown = [e for e in mine if UNKNOWN in (e.amount, lost.state(e.resource))]
        if unknown:
            who = ", ".join(dict.fromkeys(entry.resource.address for entry in unknown))
            why = f"the capacity or the region of {who} is not known"
            outcomes.append(CapacityOutcome(measure, 1, None, target, why))
            continue
        total = sum(entry.amount for entry in serving)
        if total:
            # A lost zone is made good where it was lost; the other region serves nobody then.
            counted = serving if lost.loss.kind == ZONE else mine
            remaining = sum(_remains(architecture, lost, entry) for entry in counted)
            outcomes.append(CapacityOutcome(measure, total, remaining, target))
    return outcomes


def _remains(architecture: Architecture, lost: LostResources, entry: Capacity) -> int:
    """What remains of one resource at once: a group's machines stand evenly in its subnets."""
    amount = int(entry.amount)
    if entry.resource in lost:
        return 0
    path = {"aws_autoscaling_group": "vpc_zone_identifier", "aws_eks_node_group": "subnet_ids"}.get(
        entry.resource.type, "network_configuration"
    )
    subnets: list[Value] = [
        lost.state(subnet)
        for subnet in architecture.candidates(entry.resource, path, "aws_subnet").resources
    ]
    if not subnets:
        return amount
    return amount * sum(state is True for state in subnets) // len(subnets)
