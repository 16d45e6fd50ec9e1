"""Load balancers: their scheme, subnets, security groups, listeners, actions, target groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView
from .targets import Targets, merge

LISTENER_TYPES = ("aws_lb_listener", "aws_alb_listener")
TARGET_GROUP_TYPES = ("aws_lb_target_group", "aws_alb_target_group")
_RULE_TYPES = ("aws_lb_listener_rule", "aws_alb_listener_rule")


@dataclass(frozen=True)
class Action:
    """What a listener, or one of its rules (``owner``), does with requests.

    ``kind`` is ``forward``, ``fixed-response``, ``redirect`` or another type, or UNKNOWN;
    ``groups`` are the target groups that it forwards to.
    """

    listener: Resource
    owner: Resource
    kind: Value
    groups: Targets


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
        return [listener for listener, of in self._attached if self.resource in of.resources]

    @cached_property
    def listener_gaps(self) -> tuple[str, ...]:
        """The listeners of which it is not known whether they are its own."""
        return tuple(dict.fromkeys(gap for _, of in self._attached for gap in of.gaps))

    @cached_property
    def _attached(self) -> list[tuple[Resource, Targets]]:
        listeners = self._plan.of_type(*LISTENER_TYPES)
        return [
            (listener, self._plan.targets(listener, "load_balancer_arn")) for listener in listeners
        ]

    @cached_property
    def actions(self) -> list[Action]:
        """What its listeners and their rules do."""
        actions = [
            action
            for listener in self.listeners
            for action in self._actions(listener, listener, "default_action")
        ]
        for rule in self._plan.of_type(*_RULE_TYPES):
            of = self._plan.targets(rule, "listener_arn", *LISTENER_TYPES)
            for listener in self.listeners:
                if listener in of.resources:
                    actions += self._actions(listener, rule, "action")
        return actions

    def _actions(self, listener: Resource, owner: Resource, block: str) -> Iterator[Action]:
        if owner.value(block) is UNKNOWN:
            groups = self._plan.targets(owner, block, *TARGET_GROUP_TYPES)
            yield Action(listener, owner, UNKNOWN, groups)
        for index, action in enumerate(owner.blocks(block)):
            # The target group stands either beside `type` or inside of `forward`.
            paths = [f"{block}.{index}.{name}" for name in ("target_group_arn", "forward")]
            forwards = action.get("type") in ("forward", UNKNOWN)
            parts = [
                self._plan.targets(owner, path, *TARGET_GROUP_TYPES)
                for path in paths
                if forwards and self._plan.gives(owner, block)
            ]
            yield Action(listener, owner, action.get("type"), merge(parts))

    @cached_property
    def target_groups(self) -> Targets:
        """The target groups that its listeners and their rules forward to."""
        return merge(action.groups for action in self.actions)
