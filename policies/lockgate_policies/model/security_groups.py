"""What security groups let in and out, by whichever of the three ways the rules are written.

Inline ``ingress`` and ``egress`` blocks, ``aws_security_group_rule`` and
``aws_vpc_security_group_ingress_rule`` or ``..._egress_rule`` mean the same:
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html. A group of Terraform's
lets nothing out but what is written: it takes AWS's own rule away, which lets everything out
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group).
"""

from __future__ import annotations

from dataclasses import dataclass

from .address_ranges import address_range
from .arguments import flag
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_list
from .plan_view import PlanView
from .prefix_lists import PREFIX_LIST_TYPES
from .targets import Targets

GROUP_TYPES = ("aws_security_group", "aws_default_security_group")
INGRESS, EGRESS = "ingress", "egress"
_NOTHING = Targets()
_ALL_PROTOCOLS = ("-1", "all")
_SINGLE_RULES = {
    INGRESS: "aws_vpc_security_group_ingress_rule",
    EGRESS: "aws_vpc_security_group_egress_rule",
}


@dataclass(frozen=True)
class Permission:
    """One permission to come in or to go out.

    ``owner`` is the resource it is written in, ``groups`` the security groups it belongs to,
    ``ranges`` the IPv4 and IPv6 ranges on the other side (UNKNOWN if not all are known),
    ``peers`` the security groups there, and ``itself`` whether the members of its own groups are.
    ``prefix_lists`` tells whether it is for prefix lists, ``lists`` for which.
    """

    owner: Resource
    groups: Targets
    protocol: Value
    from_port: Value
    to_port: Value
    ranges: Value
    prefix_lists: bool = False
    peers: Targets = _NOTHING
    itself: Value = False
    lists: Targets = _NOTHING

    def admits(self, port: int) -> Value:
        """Whether it is for a TCP port: True, False or UNKNOWN."""
        if self.protocol in _ALL_PROTOCOLS:
            return True
        if self.protocol is UNKNOWN:
            return UNKNOWN
        if str(self.protocol).lower() not in ("tcp", "6"):
            return False
        if UNKNOWN in (self.from_port, self.to_port):
            return UNKNOWN
        if not isinstance(self.from_port, int | float) or not isinstance(self.to_port, int | float):
            return True  # no ports given means all of them
        return self.from_port <= port <= self.to_port

    @property
    def from_anywhere(self) -> Value:
        """Whether half of the world or more is on the other side: True, False or UNKNOWN."""
        if self.ranges is UNKNOWN:
            return UNKNOWN
        networks = [address_range(text) for text in self.ranges]
        return any(network is not None and network.prefixlen <= 1 for network in networks)


def read_permissions(plan: PlanView, direction: str = INGRESS) -> list[Permission]:
    """Every permission to come in, or to go out, that the plan's security groups give."""
    permissions: list[Permission] = []
    for group in plan.of_type(*GROUP_TYPES):
        permissions += _inline(plan, group, direction)
    for rule in plan.of_type("aws_security_group_rule"):
        if (rule.value("type") == EGRESS) is (direction == EGRESS):
            permissions.append(_separate(plan, rule))
    for rule in plan.of_type(_SINGLE_RULES[direction]):
        permissions.append(_single(plan, rule))
    return permissions


def _inline(plan: PlanView, group: Resource, direction: str) -> list[Permission]:
    blocks = group.value(direction)
    mine = Targets((group,))
    if blocks is UNKNOWN:
        if not plan.gives(group, direction):
            return []
        return [Permission(group, mine, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)]
    return [
        Permission(
            owner=group,
            groups=mine,
            protocol=block.get("protocol"),
            from_port=block.get("from_port"),
            to_port=block.get("to_port"),
            ranges=_ranges(block.get("cidr_blocks"), block.get("ipv6_cidr_blocks")),
            prefix_lists=_some(block.get("prefix_list_ids")),
            peers=_led_to(plan, group, direction, index, "security_groups", GROUP_TYPES),
            itself=UNKNOWN if block.get("self") is UNKNOWN else block.get("self") is True,
            lists=_led_to(plan, group, direction, index, "prefix_list_ids", PREFIX_LIST_TYPES),
        )
        for index, block in enumerate(as_list(blocks))
        if isinstance(block, dict)
    ]


def _led_to(
    plan: PlanView,
    group: Resource,
    direction: str,
    index: int,
    argument: str,
    types: tuple[str, ...],
) -> Targets:
    """What an argument of an inline rule leads to.

    Names tell it of all the group's inline rules together only.
    """
    path = f"{direction}.{index}.{argument}"
    if not _some(group.value(path)):
        return Targets()
    return plan.targets(group, path if plan.exact else direction).of_type(*types)


def _separate(plan: PlanView, rule: Resource) -> Permission:
    return Permission(
        owner=rule,
        groups=plan.targets(rule, "security_group_id", *GROUP_TYPES),
        protocol=rule.value("protocol"),
        from_port=rule.value("from_port"),
        to_port=rule.value("to_port"),
        ranges=_ranges(rule.value("cidr_blocks"), rule.value("ipv6_cidr_blocks")),
        prefix_lists=_some(rule.value("prefix_list_ids")),
        peers=_given(plan, rule, "source_security_group_id", GROUP_TYPES),
        itself=flag(plan, rule, "self"),
        lists=_given(plan, rule, "prefix_list_ids", PREFIX_LIST_TYPES),
    )


def _single(plan: PlanView, rule: Resource) -> Permission:
    singles = [rule.value("cidr_ipv4"), rule.value("cidr_ipv6")]
    return Permission(
        owner=rule,
        groups=plan.targets(rule, "security_group_id", *GROUP_TYPES),
        protocol=rule.value("ip_protocol"),
        from_port=rule.value("from_port"),
        to_port=rule.value("to_port"),
        ranges=_ranges(*([one] for one in singles if one is not None)),
        prefix_lists=plan.gives(rule, "prefix_list_id"),
        peers=_given(plan, rule, "referenced_security_group_id", GROUP_TYPES),
        lists=_given(plan, rule, "prefix_list_id", PREFIX_LIST_TYPES),
    )


def _given(plan: PlanView, rule: Resource, argument: str, types: tuple[str, ...]) -> Targets:
    return plan.targets(rule, argument, *types) if plan.gives(rule, argument) else Targets()


def _some(value: Value) -> bool:
    return value is UNKNOWN or bool(as_list(value))


def _ranges(*lists: Value) -> Value:
    ranges: list[str] = []
    for entries in lists:
        if entries is UNKNOWN or UNKNOWN in as_list(entries):
            return UNKNOWN
        ranges += [entry for entry in as_list(entries) if isinstance(entry, str)]
    return ranges
