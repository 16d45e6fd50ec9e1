"""Which rules are asked of an environment, by what it is for: the one table of that.

A rule that is in no row of a strategy is asked of it. Rules about single resources, about the
state and about providers belong to all. The page docs/strategies.md has the same table.

Sources: https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
for what each strategy runs in the second region before a disaster, and
https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model.strategy import Strategy

NAMED = {
    Strategy.ACTIVE_PASSIVE: "an active-passive pair",
    Strategy.ACTIVE_ACTIVE: "an active-active pair",
    Strategy.WARM_STANDBY: "a warm standby",
    Strategy.PILOT_LIGHT: "a pilot light",
    Strategy.BACKUP_RESTORE: "a backup to restore from",
    Strategy.SINGLE_REGION: "a single region",
    Strategy.NONE: "an environment with no strategy",
}
"""Each strategy as the object of a sentence."""


@dataclass(frozen=True)
class NotAsked:
    """Rules, or families by a final ``_``, that do not belong to a strategy, and why."""

    rules: tuple[str, ...]
    why: str

    def covers(self, rule: str) -> bool:
        """Tell whether a rule is one of these."""
        return any(
            rule == name or (name[-1] == "_" and rule.startswith(name)) for name in self.rules
        )


_ROUTES = ("LG_FAILOVER_13",)
_PILOT = ("LG_REGION_11",)
_BACKUPS = ("LG_DATA_6",)
# All that is about a name which leads to the other region by itself.
_NAMES = (
    *(f"LG_FAILOVER_{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)),
    "LG_LB_1",
    "LG_LB_13",
    "LG_LOSS_1",
)
_SECOND_REGION = ("LG_REGION_1", "LG_REGION_2", "LG_REGION_7", "LG_REGION_8", "LG_REGION_9")
_LIVE_COPIES = ("LG_DATA_1", "LG_LOSS_2")

_ONLY_ACTIVE = NotAsked(_ROUTES, "names have one region to answer from while all is well")
_ONLY_PILOT = NotAsked(_PILOT, "only a pilot light is started by a person")
_ONLY_BACKUPS = NotAsked(_BACKUPS, "live copies are asked for instead, by LG_DATA_1")
_ONE_REGION = NotAsked(_SECOND_REGION, "it has one region")
_BY_HAND = NotAsked((*_NAMES, *_ROUTES), "a person leads the names to the other region")

NOT_ASKED: dict[Strategy, tuple[NotAsked, ...]] = {
    Strategy.ACTIVE_PASSIVE: (_ONLY_ACTIVE, _ONLY_PILOT, _ONLY_BACKUPS),
    Strategy.ACTIVE_ACTIVE: (
        NotAsked(("LG_FAILOVER_1",), "both regions answer, so no record is a standby's"),
        _ONLY_PILOT,
        _ONLY_BACKUPS,
    ),
    Strategy.WARM_STANDBY: (_ONLY_ACTIVE, _ONLY_PILOT, _ONLY_BACKUPS),
    Strategy.PILOT_LIGHT: (
        _BY_HAND,
        NotAsked(
            ("LG_REGION_1", "LG_REGION_7", "LG_REGION_8"),
            "its second region runs nothing until a person starts it",
        ),
        _ONLY_BACKUPS,
    ),
    Strategy.BACKUP_RESTORE: (
        _BY_HAND,
        NotAsked((*_SECOND_REGION, *_PILOT), "its second region is built when it is needed"),
        NotAsked(_LIVE_COPIES, "data comes back from backups, which LG_DATA_6 asks for"),
    ),
    Strategy.SINGLE_REGION: (
        _ONE_REGION,
        NotAsked((*_NAMES, *_ROUTES, *_PILOT), "nothing takes over when its region is lost"),
        NotAsked((*_LIVE_COPIES, *_BACKUPS), "its data may be lost with its region"),
    ),
    Strategy.NONE: (
        NotAsked(
            (*_SECOND_REGION, *_PILOT, "LG_FAILOVER_", "LG_LOSS_", "LG_LB_1", "LG_LB_13"),
            "nothing in it has to survive a region",
        ),
        NotAsked(
            (
                "LG_DATA_1",
                "LG_DATA_2",
                "LG_DATA_3",
                "LG_DATA_5",
                "LG_DATA_6",
                "LG_LB_2",
                "LG_SUBNET_1",
            ),
            "nothing in it has to serve or to keep data",
        ),
    ),
}


BEGINNING = "not asked of "
"""How every reason begins; a report knows by it what was not asked."""


def why_not_asked(strategy: Strategy, rule: str) -> str:
    """Why a rule does not belong to a strategy; "" if it does."""
    for row in NOT_ASKED[strategy]:
        if row.covers(rule):
            return f"{BEGINNING}{NAMED[strategy]}: {row.why}"
    return ""
