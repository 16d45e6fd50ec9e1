"""How much each region runs, in three measures that a plan can tell.

Machines count alike, whatever their type: parity of instance types is a matter of review. What
scales by itself from nothing (Lambda) has no capacity to compare, and an ECS service of daemons
follows its machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .arguments import number
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value

if TYPE_CHECKING:
    from .architecture import Architecture

RUNNING = "machines at start"
FLOOR = "machines that scaling never goes below"
TASKS = "ECS tasks"
MEASURES = (RUNNING, FLOOR, TASKS)
CAPACITY_TYPES = (
    "aws_autoscaling_group",
    "aws_instance",
    "aws_eks_node_group",
    "aws_ecs_service",
)


@dataclass(frozen=True)
class Capacity:
    """What one resource adds to a measure; the amount may be UNKNOWN."""

    resource: Resource
    measure: str
    amount: Value


def read_capacity(architecture: Architecture) -> list[Capacity]:
    """Every resource's share of each measure.

    An Auto Scaling group without ``desired_capacity`` starts with ``min_size``
    (https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html); an ECS
    service without ``desired_count`` gets 0 from the provider
    (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service).
    """
    return [entry for r in architecture.of_type(*CAPACITY_TYPES) for entry in _of(architecture, r)]


def _of(architecture: Architecture, resource: Resource) -> Iterator[Capacity]:
    if resource.type == "aws_instance":
        yield Capacity(resource, RUNNING, 1)
        yield Capacity(resource, FLOOR, 1)
    elif resource.type == "aws_ecs_service":
        if resource.value("scheduling_strategy") != "DAEMON":
            yield Capacity(resource, TASKS, number(architecture, resource, "desired_count", 0))
    else:
        group = resource.type == "aws_autoscaling_group"
        prefix = "" if group else "scaling_config.0."
        floor = number(architecture, resource, f"{prefix}min_size", UNKNOWN)
        desired = "desired_capacity" if group else "scaling_config.0.desired_size"
        yield Capacity(resource, RUNNING, number(architecture, resource, desired, floor))
        yield Capacity(resource, FLOOR, floor)
