"""What Route 53 would think of endpoints, health checks and records after a loss.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
and https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import flag, number
from .certainty import at_least, every, opposite, some
from .failover_records import FailoverRecord
from .health_checks import PROBING_TYPES, HealthCheck
from .load_balancers import LoadBalancer
from .loss import LostResources
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text

if TYPE_CHECKING:
    from .architecture import Architecture

_DEEPEST_CHECK = 16


class EndpointHealth:
    """The health of everything that answers a name, once ``lost`` is gone."""

    def __init__(self, architecture: Architecture, lost: LostResources) -> None:
        self._architecture = architecture
        self._lost = lost
        self._balancers = {
            id(load_balancer.resource): load_balancer
            for load_balancer in architecture.load_balancers
        }
        self._answers: dict[int, Value] = {}

    def answers(self, resource: Resource) -> Value:
        """Whether an endpoint (a load balancer, an address, an instance) still serves."""
        key = id(resource)
        if key not in self._answers:
            self._answers[key] = self._serves(resource)
        return self._answers[key]

    def _serves(self, resource: Resource) -> Value:
        if resource.mode != "managed":
            return UNKNOWN
        here = self._lost.state(resource)
        balancer = self._balancers.get(id(resource))
        if here is not True or balancer is None or resource.type == "aws_elb":
            return here
        return self._has_a_target(balancer)

    def _has_a_target(self, balancer: LoadBalancer) -> Value:
        """A load balancer that forwards nowhere answers by itself; one that forwards, does not.

        A group without a target answers nothing, unless the plan leaves registering to others.
        """
        groups = balancer.target_groups
        registers = bool(self._architecture.registrations)
        untold: list[Value] = [UNKNOWN] if self._architecture.registration_gaps else []
        forwards: list[Value] = []
        for group in groups.resources:
            registered = [r for r in self._architecture.registrations if r.target_group is group]
            behind = [
                every([self._lost.state(r.by), *map(self._lost.state, r.targets.resources)])
                for r in registered
            ]
            if behind or (registers and group.mode == "managed"):
                forwards.append(some([*behind, *untold]))
        return some(forwards) if forwards else True

    def health(self, check: HealthCheck, depth: int = 0) -> Value:
        """Whether Route 53 considers a health check healthy, or UNKNOWN."""
        state = self._unturned(check, depth)
        inverted = flag(self._architecture, check.resource, "invert_healthcheck")
        if inverted is UNKNOWN:
            return UNKNOWN
        return opposite(state) if inverted else state

    def _unturned(self, check: HealthCheck, depth: int) -> Value:
        disabled = flag(self._architecture, check.resource, "disabled")
        if disabled is not False:
            return disabled  # a disabled check counts as healthy
        if check.kind in PROBING_TYPES:
            probes = check.probes
            unknown = [UNKNOWN] if probes.gaps or not probes.resources else []
            return every([*map(self.answers, probes.resources), *unknown])
        if check.kind == "CALCULATED" and depth < _DEEPEST_CHECK:
            children = [
                self.health(HealthCheck(self._architecture, child), depth + 1)
                for child in check.children.resources
            ]
            if check.children.gaps:
                children.append(UNKNOWN)
            needed = number(
                self._architecture, check.resource, "child_health_threshold", len(children)
            )
            return at_least(needed, children)
        if check.kind == "CLOUDWATCH_METRIC" and self._alarm_is_lost(check):
            fallback = as_text(check.resource.value("insufficient_data_health_status"))
            return {"Healthy": True, "Unhealthy": False}.get(fallback or "", UNKNOWN)
        return UNKNOWN

    def _alarm_is_lost(self, check: HealthCheck) -> bool:
        region = check.resource.value("cloudwatch_alarm_region")
        return self._lost.loss.kind == "region" and region == self._lost.loss.name

    def record(self, record: FailoverRecord) -> Value:
        """Whether Route 53 considers a record healthy, or UNKNOWN."""
        parts = [self.checks(record)]
        if record.evaluates_target_health is not False:
            parts.append(
                self.leads_somewhere(record) if record.evaluates_target_health is True else UNKNOWN
            )
        return every(parts)

    def checks(self, record: FailoverRecord) -> Value:
        """Whether the health checks of a record call it healthy; True for one that has none."""
        if record.has_health_check is UNKNOWN:
            return UNKNOWN
        if not record.has_health_check:
            return True
        behind = record.health_checks
        checks = [HealthCheck(self._architecture, resource) for resource in behind.resources]
        parts = [self.health(check) for check in checks if check.resource.mode == "managed"]
        if behind.gaps or not parts:
            parts.append(UNKNOWN)
        return every(parts)

    def leads_somewhere(self, record: FailoverRecord) -> Value:
        """Whether what the record leads to still serves."""
        targets = record.leads_to
        gaps = [UNKNOWN] if targets.gaps or not targets.resources else []
        return every([*map(self.answers, targets.resources), *gaps])
