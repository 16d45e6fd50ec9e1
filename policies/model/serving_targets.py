"""What puts servers behind load balancers: attachments, scaling groups, ECS services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .plan_tree import Resource
from .plan_values import UNKNOWN

if TYPE_CHECKING:
    from .architecture import Architecture

ATTACHMENT_TYPES = (
    "aws_lb_target_group_attachment",
    "aws_alb_target_group_attachment",
    "aws_elb_attachment",
    "aws_autoscaling_attachment",
    "aws_autoscaling_traffic_source_attachment",
)
# Types that register what they run by an argument of their own.
_REGISTERING = {
    "aws_autoscaling_group": ("target_group_arns", "load_balancers", "traffic_source"),
    "aws_ecs_service": ("load_balancer",),
    "aws_elb": ("instances",),
}


def registrations(architecture: Architecture) -> list[Resource]:
    """The resources that register targets (instances, tasks, functions) with a load balancer."""
    found = architecture.of_type(*ATTACHMENT_TYPES)
    for kind, arguments in _REGISTERING.items():
        found += [
            resource
            for resource in architecture.of_type(kind)
            if any(_gives_some(architecture, resource, name) for name in arguments)
        ]
    return found


def _gives_some(architecture: Architecture, resource: Resource, name: str) -> bool:
    value = resource.value(name)
    return architecture.gives(resource, name) if value is UNKNOWN else bool(value)
