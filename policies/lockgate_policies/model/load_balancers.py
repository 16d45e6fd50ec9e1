"""Load balancers: their scheme, subnets, security groups, listeners and target groups."""

from __future__ import annotations

from functools import cached_property

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView
from .targets import Targets, merge

LISTENER_TYPES = ("aws_lb_listener", "aws_alb_listener")
TARGET_GROUP_TYPES = ("aws_lb_target_group", "aws_alb_target_group")


class LoadBalancer:
    """One load balancer (application, network, gateway or classic)."""

    def __init__(self, plan: PlanView, resource: Resource) -> None:
        self._plan = plan
        self.resource = resource

    @property
    def address(self) -> str:
        """The load balancer's resource address."""
        return self.resource.address

    @property
    def region(self) -> Value:
        """The region it stands in, or UNKNOWN."""
        return self._plan.region(self.resource)

    @property
    def internet_facing(self) -> Value:
        """True, False or UNKNOWN. Not given, AWS makes an internet-facing one.

        Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
        """
        internal = self.resource.value("internal")
        if isinstance(internal, bool):
            return not internal
        return UNKNOWN if self._plan.gives(self.resource, "internal") else True

    @cached_property
    def subnets(self) -> Targets:
        """The subnets it stands in, by ``subnets`` or ``subnet_mapping``."""
        direct = self._plan.targets(self.resource, "subnets", "aws_subnet")
        mapped = [
            self._plan.targets(self.resource, f"subnet_mapping.{index}.subnet_id", "aws_subnet")
            for index, _ in enumerate(self.resource.blocks("subnet_mapping"))
        ]
        return merge([direct, *mapped])

    @cached_property
    def security_groups(self) -> Targets:
        """The security groups in front of it."""
        return self._plan.targets(
            self.resource, "security_groups", "aws_security_group", "aws_default_security_group"
        )

    @cached_property
    def listeners(self) -> list[Resource]:
        """The listeners known to be attached to it."""
        return [
            listener
            for listener in self._plan.of_type(*LISTENER_TYPES)
            if self.resource in self._plan.targets(listener, "load_balancer_arn").resources
        ]

    @cached_property
    def target_groups(self) -> Targets:
        """The target groups that its listeners and their rules forward to."""
        parts = [self._forwards(listener, "default_action") for listener in self.listeners]
        for rule in self._plan.of_type("aws_lb_listener_rule", "aws_alb_listener_rule"):
            of = self._plan.targets(rule, "listener_arn", *LISTENER_TYPES)
            if any(listener in of.resources for listener in self.listeners):
                parts.append(self._forwards(rule, "action"))
        return merge(parts)

    def _forwards(self, resource: Resource, block: str) -> Targets:
        # The whole block, because the target group stands either beside `type` or inside
        # `forward`; anything else it refers to (a certificate, a user pool) is filtered out.
        return self._plan.references.targets(resource, block, *TARGET_GROUP_TYPES)
