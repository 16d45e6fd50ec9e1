"""Which record Route 53 answers with.

Sources:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lockgate.base.errors import UsageError
from lockgate.drill.records import Record, Role

# "If an alias record points to an Elastic Load Balancing load balancer, Route 53 uses the TTL of
# the load balancer", 60 seconds.
LOAD_BALANCER_TTL = 60


@dataclass(frozen=True)
class RecordSet:
    """The records that answer for one name and type: a failover pair, or a single record."""

    name: str
    type: str
    records: tuple[Record, ...]

    def with_role(self, role: Role) -> Record | None:
        """The record of a role, if there is one."""
        return next((record for record in self.records if record.role is role), None)


def record_sets(records: Iterable[Record]) -> list[RecordSet]:
    """Records grouped by name and type.

    Raises UsageError for a group that Route 53 would not take either: a role twice, or failover
    and simple records together.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.name, record.type), []).append(record)
    sets = []
    for (name, kind), members in groups.items():
        roles = [record.role for record in members]
        if len(set(roles)) < len(roles) or (None in roles and len(roles) > 1):
            named = ", ".join(role.value if role else "simple" for role in roles)
            raise UsageError(f"{name} {kind}: {named} do not go together in one name")
        sets.append(RecordSet(name, kind, tuple(members)))
    return sets


def is_healthy(
    record: Record,
    check_healthy: Mapping[str, bool],
    target_healthy: Callable[[str], bool],
) -> bool:
    """Whether a record counts as healthy.

    Its health check must be healthy, and so must the target of an alias that evaluates it. A
    record with neither is always healthy.
    """
    if record.health_check is not None and not check_healthy[record.health_check]:
        return False
    if record.alias is not None and record.evaluates_target_health:
        return target_healthy(record.alias)
    return True


def choose(
    records: RecordSet,
    check_healthy: Mapping[str, bool],
    target_healthy: Callable[[str], bool],
) -> Record | None:
    """The record that answers; None when a set has no record to answer with.

    The primary while it is healthy, else a healthy secondary. When all are unhealthy, Route 53
    takes all for healthy, and so the primary answers. A lone secondary answers for itself.
    """
    primary, secondary = records.with_role(Role.PRIMARY), records.with_role(Role.SECONDARY)
    if primary is None and secondary is None:
        return records.records[0] if records.records else None
    if primary is None or secondary is None:
        return primary or secondary
    if is_healthy(primary, check_healthy, target_healthy):
        return primary
    if is_healthy(secondary, check_healthy, target_healthy):
        return secondary
    return primary


def time_to_live(record: Record) -> int:
    """Seconds for which a resolver may keep the answer."""
    return LOAD_BALANCER_TTL if record.ttl is None else record.ttl
