"""Route 53 failover records, grouped into the sets that answer for one name.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .plan_view import PlanView
from .record_names import record_name, zone_identity
from .targets import Targets

# Route 53 answers for an alias record with the target's own TTL, which is 60 seconds for an
# Elastic Load Balancing name:
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
LOAD_BALANCER_ALIAS_TTL = 60


class FailoverRecord:
    """One record with a failover routing policy."""

    def __init__(self, plan: PlanView, resource: Resource) -> None:
        self._plan = plan
        self.resource = resource

    @property
    def address(self) -> str:
        """The record's resource address."""
        return self.resource.address

    @property
    def role(self) -> Value:
        """``PRIMARY`` or ``SECONDARY``, or UNKNOWN."""
        role = self.resource.value("failover_routing_policy.0.type")
        return role.upper() if isinstance(role, str) else UNKNOWN

    @property
    def is_alias(self) -> bool:
        """Tell whether it is an alias record."""
        return bool(self.resource.blocks("alias"))

    @property
    def evaluates_target_health(self) -> Value:
        """Whether an alias record also asks its target's health; False for other records."""
        value = self.resource.value("alias.0.evaluate_target_health") if self.is_alias else False
        return value if value is UNKNOWN else value is True

    @property
    def ttl(self) -> Value:
        """Seconds for which resolvers may keep the answer; for an alias, its target's."""
        if self.is_alias:
            return LOAD_BALANCER_ALIAS_TTL
        value = self.resource.value("ttl")
        if isinstance(value, str) and value.isdigit():
            return int(value)
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return int(value) if known else UNKNOWN

    @cached_property
    def leads_to(self) -> Targets:
        """The resources that the record's answer leads to."""
        path = "alias.0.name" if self.is_alias else "records"
        return self._plan.endpoints(self.resource, path)

    @property
    def has_health_check(self) -> Value:
        """Whether the record is tied to a health check, or UNKNOWN."""
        value = self.resource.value("health_check_id")
        if value is UNKNOWN:
            return self._plan.gives(self.resource, "health_check_id")
        return bool(value)

    @cached_property
    def health_checks(self) -> Targets:
        """The health check tied to the record."""
        return self._plan.targets(self.resource, "health_check_id", "aws_route53_health_check")


@dataclass(eq=False)
class FailoverSet:
    """The failover records of one hosted zone ("" if it is not known), name and type."""

    zone: str
    name: str
    type: str
    records: list[FailoverRecord]

    @property
    def title(self) -> str:
        """The name and type that it answers for."""
        return f"{self.name} ({self.type})"

    def with_role(self, role: str) -> list[FailoverRecord]:
        """The records of a role, ``PRIMARY`` or ``SECONDARY``."""
        return [record for record in self.records if record.role == role]


def read_failover_sets(plan: PlanView) -> list[FailoverSet]:
    """Group the failover records; one whose name is unknown stands in a set of its own.

    Records of one name whose hosted zone is unknown are taken for one set: the zone of each is
    then a gap that ``FailoverSet.zone`` shows as "".
    """
    sets: dict[tuple[str, str, str], FailoverSet] = {}
    for resource in plan.of_type("aws_route53_record"):
        policy = resource.value("failover_routing_policy")
        if policy is not UNKNOWN and not resource.blocks("failover_routing_policy"):
            continue
        zone = zone_identity(plan.references, resource)
        name = record_name(plan.references, resource)
        kind = as_text(resource.value("type")) or "?"
        key = (zone or "", name or f"(unknown) {resource.address}", kind)
        failover_set = sets.setdefault(key, FailoverSet(*key, records=[]))
        failover_set.records.append(FailoverRecord(plan, resource))
    return list(sets.values())
