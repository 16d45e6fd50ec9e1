"""What is lost: a region, an availability zone or a resource, and all that needs it.

What needs a lost resource is lost with it, where AWS knows no substitute: a load balancer without
any of its subnets, a group without its launch template. Arguments that name redundant things (the
subnets of a load balancer) take the resource along only when all of them are lost. Records and
health checks are never lost: Route 53's data plane is in no region
(https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .global_services import is_global
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text

if TYPE_CHECKING:
    from .architecture import Architecture

REGION = "region"
ZONE = "zone"
RESOURCE = "resource"

# They are declared through one region's API and stand in several: what is lost is a member.
_SPANNING = (
    "aws_rds_global_cluster",
    "aws_docdb_global_cluster",
    "aws_neptune_global_cluster",
    "aws_elasticache_global_replication_group",
    "aws_dynamodb_global_table",
)
# Type, argument, and whether any one of what it names is enough.
_NEEDS: tuple[tuple[str, str, bool], ...] = (
    ("aws_subnet", "vpc_id", False),
    ("aws_internet_gateway", "vpc_id", False),
    ("aws_nat_gateway", "subnet_id", False),
    ("aws_lb", "subnets", True),
    ("aws_lb", "subnet_mapping", True),
    ("aws_alb", "subnets", True),
    ("aws_alb", "subnet_mapping", True),
    ("aws_elb", "subnets", True),
    ("aws_elb", "instances", True),
    ("aws_lb_listener", "load_balancer_arn", False),
    ("aws_alb_listener", "load_balancer_arn", False),
    ("aws_lb_target_group", "vpc_id", False),
    ("aws_alb_target_group", "vpc_id", False),
    ("aws_lb_target_group_attachment", "target_group_arn", False),
    ("aws_lb_target_group_attachment", "target_id", False),
    ("aws_alb_target_group_attachment", "target_group_arn", False),
    ("aws_alb_target_group_attachment", "target_id", False),
    ("aws_autoscaling_attachment", "autoscaling_group_name", False),
    ("aws_autoscaling_group", "vpc_zone_identifier", True),
    ("aws_autoscaling_group", "launch_template", False),
    ("aws_autoscaling_group", "launch_configuration", False),
    ("aws_instance", "subnet_id", False),
    ("aws_instance", "vpc_security_group_ids", False),
    ("aws_eip", "instance", False),
    ("aws_eip_association", "instance_id", False),
    ("aws_ecs_service", "cluster", False),
    ("aws_ecs_service", "task_definition", False),
    ("aws_ecs_service", "network_configuration", True),
    ("aws_eks_node_group", "cluster_name", False),
    ("aws_eks_node_group", "subnet_ids", True),
    ("aws_rds_cluster_instance", "cluster_identifier", False),
    ("aws_docdb_cluster_instance", "cluster_identifier", False),
    ("aws_neptune_cluster_instance", "cluster_identifier", False),
    ("aws_db_subnet_group", "subnet_ids", True),
    ("aws_db_instance", "db_subnet_group_name", False),
    ("aws_rds_cluster", "db_subnet_group_name", False),
)
# The kinds of thing that those arguments name beside what the resource cannot be without.
_NEVER_NEEDED = ("aws_security_group", "aws_default_security_group", "aws_iam_instance_profile")


@dataclass(frozen=True)
class Loss:
    """What is taken away: a ``region``, a ``zone`` or a ``resource``, by its name."""

    kind: str
    name: str


class LostResources:
    """The resources that a loss takes away, each with the reason."""

    def __init__(self, architecture: Architecture, loss: Loss) -> None:
        self._architecture = architecture
        self.loss = loss
        self._reasons: dict[int, str] = {}
        self.gaps: list[str] = []
        """What could not be told to be lost or not."""
        self._take()
        self._take_along()

    @cached_property
    def resources(self) -> list[Resource]:
        """What is lost, in plan order."""
        return [r for r in self._architecture.tree.resources if id(r) in self._reasons]

    def __contains__(self, resource: Resource) -> bool:
        return id(resource) in self._reasons

    def reason(self, resource: Resource) -> str:
        """Why a resource is lost."""
        return self._reasons[id(resource)]

    def state(self, resource: Resource) -> Value:
        """Whether a resource remains: True, False, or UNKNOWN where its region is not known."""
        if resource in self:
            return False
        return UNKNOWN if id(resource) in self._uncertain else True

    def _take(self) -> None:
        self._uncertain: set[int] = set()
        for resource in self._architecture.tree.resources:
            here = self._stands_in(resource)
            if here is UNKNOWN:
                self._uncertain.add(id(resource))
                self.gaps.append(f"{resource.address}: where it stands is not known")
            elif here:
                self._reasons[id(resource)] = here

    def _stands_in(self, resource: Resource) -> Value:
        """Why a resource is lost by itself, "" if it is not, or UNKNOWN."""
        loss = self.loss
        if loss.kind == RESOURCE:
            return "is what is lost" if _is_named(resource.address, loss.name) else ""
        if is_global(resource.type) or resource.type in _SPANNING:
            return ""
        if loss.kind == ZONE:
            zones = (resource.value("availability_zone"), resource.value("availability_zone_id"))
            return f"stands in {loss.name}" if loss.name in zones else ""
        region = self._architecture.region(resource)
        if region is UNKNOWN:
            return UNKNOWN
        return f"stands in {loss.name}" if region == loss.name else ""

    def _take_along(self) -> None:
        """Follow what needs what until nothing more is lost."""
        if not self._reasons:
            return
        needs: list[tuple[Resource, str, bool, list[Resource]]] = []
        for kind, argument, any_is_enough in _NEEDS:
            for resource in self._architecture.of_type(kind):
                if not self._architecture.gives(resource, argument):
                    continue
                targets = self._architecture.candidates(resource, argument)
                named = [
                    r
                    for r in targets.resources
                    if r.type not in _NEVER_NEEDED and not is_global(r.type)
                ]
                # One that is not known is lost for certain only with all that it may be.
                needs.append((resource, argument, any_is_enough or bool(targets.either), named))
        changed = True
        while changed:
            changed = False
            for resource, argument, any_is_enough, named in needs:
                if resource in self or not named:
                    continue
                gone = [target for target in named if target in self]
                if gone and (not any_is_enough or len(gone) == len(named)):
                    addresses = ", ".join(target.address for target in gone)
                    self._reasons[id(resource)] = f"needs {addresses} ({argument})"
                    changed = True


def zones_of(architecture: Architecture) -> list[str]:
    """The availability zones that the plan's resources name."""
    zones: dict[str, None] = {}
    for resource in architecture.tree.resources:
        zone = as_text(resource.value("availability_zone"))
        if zone:
            zones[zone] = None
    return sorted(zones)


def addressed(architecture: Architecture, address: str) -> list[Resource]:
    """The resource instances that an address names: one, all of a resource's, or a module's."""
    return [r for r in architecture.tree.resources if _is_named(r.address, address)]


def _is_named(address: str, name: str) -> bool:
    return address == name or address.startswith((f"{name}[", f"{name}."))
