"""The two-region architecture that a plan describes: what every rule is judged on.

Each part is read on demand and once. A part never hides what could not be told: regions may be
UNKNOWN, and ``Targets`` carry their gaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from .failover_records import FailoverSet, read_failover_sets
from .hcl_facts import HclFacts
from .health_checks import HealthCheck
from .load_balancers import LoadBalancer
from .networks import Subnet, Vpc, read_networks
from .plan_tree import Resource, read_plan
from .plan_values import UNKNOWN, Value, as_dict, as_text
from .plan_view import PlanView
from .registered_targets import Registration, read_registrations
from .resolved_plan import ResolvedPlan
from .security_groups import EGRESS, INGRESS, Permission, read_permissions
from .settings import Settings

LOAD_BALANCER_TYPES = ("aws_lb", "aws_alb", "aws_elb")
# An API answers by a domain name of its region; a check may ask the API behind it directly.
REGIONAL_API_TYPES = (
    "aws_api_gateway_domain_name",
    "aws_api_gateway_rest_api",
    "aws_api_gateway_stage",
    "aws_apigatewayv2_api",
    "aws_apigatewayv2_domain_name",
    "aws_apigatewayv2_stage",
)


class Architecture(PlanView):
    """A plan, read as networks, load balancers, records and health checks."""

    @cached_property
    def _networks(self) -> tuple[list[Vpc], list[Subnet]]:
        return read_networks(self)

    @property
    def vpcs(self) -> list[Vpc]:
        """The VPCs that the plan manages."""
        return self._networks[0]

    @property
    def subnets(self) -> list[Subnet]:
        """The subnets that the plan manages."""
        return self._networks[1]

    def subnet(self, resource: Resource) -> Subnet:
        """The subnet that a resource instance is."""
        return self._subnets_by_resource[id(resource)]

    @cached_property
    def _subnets_by_resource(self) -> dict[int, Subnet]:
        return {id(subnet.resource): subnet for subnet in self.subnets}

    @cached_property
    def load_balancers(self) -> list[LoadBalancer]:
        """The load balancers that the plan manages."""
        return [LoadBalancer(self, resource) for resource in self.of_type(*LOAD_BALANCER_TYPES)]

    @cached_property
    def failover_sets(self) -> list[FailoverSet]:
        """The failover record sets: the records of one zone, name and type."""
        return read_failover_sets(self)

    @cached_property
    def health_checks(self) -> list[HealthCheck]:
        """The Route 53 health checks that the plan manages."""
        return [
            HealthCheck(self, resource) for resource in self.of_type("aws_route53_health_check")
        ]

    @cached_property
    def ingress(self) -> list[Permission]:
        """Every permission to come in that the plan's security groups give."""
        return read_permissions(self, INGRESS)

    @cached_property
    def egress(self) -> list[Permission]:
        """Every permission to go out that the plan's security groups give."""
        return read_permissions(self, EGRESS)

    def ingress_of(self, groups: Iterable[Resource]) -> list[Permission]:
        """The permissions to come in that belong to any of some security groups."""
        return _of_groups(self._ingress_by_group, groups)

    def egress_of(self, groups: Iterable[Resource]) -> list[Permission]:
        """The permissions to go out that belong to any of some security groups."""
        return _of_groups(self._egress_by_group, groups)

    @cached_property
    def unplaced_ingress(self) -> list[Permission]:
        """The permissions to come in that may belong to any group: to which is not known."""
        return _unplaced(self.ingress)

    @cached_property
    def unplaced_egress(self) -> list[Permission]:
        """The permissions to go out that may belong to any group: to which is not known."""
        return _unplaced(self.egress)

    @cached_property
    def _ingress_by_group(self) -> dict[int, list[Permission]]:
        return _by_group(self.ingress)

    @cached_property
    def _egress_by_group(self) -> dict[int, list[Permission]]:
        return _by_group(self.egress)

    @cached_property
    def _registrations(self) -> tuple[list[Registration], tuple[str, ...]]:
        return read_registrations(self)

    @property
    def registrations(self) -> list[Registration]:
        """What is registered with the plan's target groups."""
        return self._registrations[0]

    @property
    def registration_gaps(self) -> tuple[str, ...]:
        """The registrations that could not be followed to a target group."""
        return self._registrations[1]

    @property
    def expected_regions(self) -> tuple[str, str]:
        """The primary and the secondary region that the settings name."""
        return self.settings.primary_region, self.settings.secondary_region


def read_architecture(
    document: dict[str, Any], settings: Settings | None = None, environment: str = ""
) -> Architecture:
    """Read a plan document, with the HCL facts that travel in it. Never raises on odd JSON."""
    name = environment or as_text(as_dict(document.get("lockgate")).get("environment")) or ""
    resolved = ResolvedPlan.from_document(document)
    tree = read_plan(document, resolved)
    return Architecture(tree, HclFacts.from_document(document), settings, name, resolved)


def named_region(region: Value) -> str:
    """A region in words."""
    return "a region that is not known" if region is UNKNOWN else str(region)


def _by_group(permissions: list[Permission]) -> dict[int, list[Permission]]:
    by_group: dict[int, list[Permission]] = {}
    for permission in permissions:
        for group in permission.groups.resources:
            by_group.setdefault(id(group), []).append(permission)
    return by_group


def _of_groups(
    by_group: dict[int, list[Permission]], groups: Iterable[Resource]
) -> list[Permission]:
    permissions = [permission for group in groups for permission in by_group.get(id(group), [])]
    return list({id(permission): permission for permission in permissions}.values())


def _unplaced(permissions: list[Permission]) -> list[Permission]:
    return [
        permission
        for permission in permissions
        if permission.groups.gaps and permission.owner.value("security_group_id") is UNKNOWN
    ]
