"""What an environment is for: the disaster recovery strategies, and what each promises.

Sources: https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
and https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Strategy(Enum):
    """How an environment meets the loss of a region, by the value of the setting ``strategy``."""

    ACTIVE_PASSIVE = "active-passive"
    ACTIVE_ACTIVE = "active-active"
    WARM_STANDBY = "warm-standby"
    PILOT_LIGHT = "pilot-light"
    BACKUP_RESTORE = "backup-restore"
    SINGLE_REGION = "single-region"
    NONE = "none"

    @property
    def promises(self) -> Promises:
        """What still holds when a region is lost, before any person does anything."""
        return _PROMISES.get(self, Promises())

    @property
    def counts_undeclared(self) -> bool:
        """Tell whether it may be inferred: only where a lost region needs no person."""
        return self.promises.names


@dataclass(frozen=True)
class Promises:
    """``names`` answer again by themselves, with ``capacity``; ``data`` keeps a live copy."""

    names: bool = False
    capacity: bool = False
    data: bool = False


EVERYTHING = Promises(names=True, capacity=True, data=True)
_PROMISES = {
    Strategy.ACTIVE_PASSIVE: EVERYTHING,
    Strategy.ACTIVE_ACTIVE: EVERYTHING,
    Strategy.WARM_STANDBY: EVERYTHING,
    Strategy.PILOT_LIGHT: Promises(data=True),
}


@dataclass(frozen=True)
class StrategyDecision:
    """The strategy that an environment is judged by, and where that comes from.

    ``seen`` are the facts of the plan, in words, that it was inferred from.
    """

    strategy: Strategy
    declared: bool
    seen: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Tell whether it is enough: an inference never lowers the bar."""
        return self.declared or self.strategy.counts_undeclared

    @property
    def promises(self) -> Promises:
        """What a loss is measured by; one that does not count excuses nothing."""
        return self.strategy.promises if self.counts else EVERYTHING
