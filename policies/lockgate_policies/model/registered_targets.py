"""What serves behind target groups: instances, auto scaling groups, ECS services.

A target group without a target answers nothing, however healthy the load balancer in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .load_balancers import TARGET_GROUP_TYPES
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView
from .security_groups import GROUP_TYPES
from .targets import Targets, merge

# Type of the registering resource, the argument that names the target group, and the one that
# names what is registered (None: the resource itself).
_REGISTRATIONS: tuple[tuple[str, str, str | None], ...] = (
    ("aws_lb_target_group_attachment", "target_group_arn", "target_id"),
    ("aws_alb_target_group_attachment", "target_group_arn", "target_id"),
    ("aws_autoscaling_group", "target_group_arns", None),
    ("aws_autoscaling_attachment", "lb_target_group_arn", "autoscaling_group_name"),
    ("aws_autoscaling_attachment", "alb_target_group_arn", "autoscaling_group_name"),
    ("aws_autoscaling_traffic_source_attachment", "traffic_source", "autoscaling_group_name"),
    ("aws_ecs_service", "load_balancer", None),
)


@dataclass(frozen=True)
class Registration:
    """Something registered with a target group; ``port`` is the one that it serves there.

    An attachment may name a port of its own, and ECS registers that of the container: the target
    group's is the default for others. Sources:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html
    """

    by: Resource
    target_group: Resource
    targets: Targets
    port: Value


def read_registrations(plan: PlanView) -> tuple[list[Registration], tuple[str, ...]]:
    """The registrations of the plan, and what could not be followed."""
    registrations: list[Registration] = []
    gaps: list[str] = []
    for kind, group_path, target_path in _REGISTRATIONS:
        for resource in plan.of_type(kind):
            if not plan.gives(resource, group_path):
                continue
            groups = plan.targets(resource, group_path, *TARGET_GROUP_TYPES)
            gaps += groups.gaps
            what = plan.targets(resource, target_path) if target_path else Targets((resource,))
            registrations += [
                Registration(resource, group, what, _port(plan, resource, group))
                for group in groups.resources
            ]
    return registrations, tuple(dict.fromkeys(gaps))


def _port(plan: PlanView, resource: Resource, group: Resource) -> Value:
    if resource.type == "aws_ecs_service":
        blocks = list(enumerate(resource.blocks("load_balancer")))
        ports = [
            block.get("container_port")
            for index, block in blocks
            if len(blocks) == 1
            or group in plan.targets(resource, f"load_balancer.{index}.target_group_arn").resources
        ]
        return ports[0] if len(ports) == 1 else UNKNOWN
    if resource.type.endswith("_target_group_attachment") and plan.gives(resource, "port"):
        return resource.value("port")
    return group.value("port")


def security_groups_of(plan: PlanView, target: Resource) -> Targets:
    """The security groups in front of a target: of an instance, or of what a group launches."""
    if target.type == "aws_instance":
        return merge(
            [
                plan.targets(target, "vpc_security_group_ids", *GROUP_TYPES),
                plan.targets(target, "security_groups", *GROUP_TYPES),
            ]
        )
    if target.type == "aws_ecs_service":
        return plan.targets(target, "network_configuration", *GROUP_TYPES)
    if target.type == "aws_autoscaling_group":
        templates = launch_templates_of(plan, target)
        parts = [Targets(gaps=templates.gaps)]
        for template in templates.resources:
            for path in ("vpc_security_group_ids", "network_interfaces", "security_groups"):
                if plan.gives(template, path):
                    parts.append(plan.targets(template, path).of_type(*GROUP_TYPES))
        return merge(parts)
    return Targets(gaps=(f"{target.address}: its security groups are not modelled",))


def launch_templates_of(plan: PlanView, group: Resource) -> Targets:
    """The launch templates or configurations that an auto scaling group launches from."""
    kinds = ("aws_launch_template", "aws_launch_configuration")
    parts = [
        plan.targets(group, path).of_type(*kinds)
        for path in ("launch_template", "launch_configuration", "mixed_instances_policy")
        if plan.gives(group, path)
    ]
    return merge(parts)
