"""What security groups let in, by whichever of the three ways the rules are written.

Inline ``ingress`` blocks, ``aws_security_group_rule`` and ``aws_vpc_security_group_ingress_rule``
mean the same: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from dataclasses import dataclass

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_list
from .plan_view import PlanView
from .targets import Targets

GROUP_TYPES = ("aws_security_group", "aws_default_security_group")
WORLD = frozenset({"0.0.0.0/0", "::/0"})
_ALL_PROTOCOLS = ("-1", "all")


@dataclass(frozen=True)
class Ingress:
    """One permission to come in.

    ``owner`` is the resource it is written in, ``groups`` the security groups it belongs to,
    ``ranges`` the IPv4 and IPv6 ranges it admits (UNKNOWN if not all are known), ``sources`` the
    security groups it admits.
    """

    owner: Resource
    groups: Targets
    protocol: Value
    from_port: Value
    to_port: Value
    ranges: Value
    prefix_lists: bool
    sources: Targets

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
        """Whether the whole world is admitted: True, False or UNKNOWN."""
        if self.ranges is UNKNOWN:
            return UNKNOWN
        return bool(WORLD & set(self.ranges))


def read_ingress(plan: PlanView) -> list[Ingress]:
    """Every permission to come in that the plan's security groups give."""
    ingress: list[Ingress] = []
    for group in plan.of_type(*GROUP_TYPES):
        ingress += _inline(plan, group)
    for rule in plan.of_type("aws_security_group_rule"):
        if rule.value("type") != "egress":
            ingress.append(_separate(plan, rule))
    for rule in plan.of_type("aws_vpc_security_group_ingress_rule"):
        ingress.append(_modern(plan, rule))
    return ingress


def _inline(plan: PlanView, group: Resource) -> list[Ingress]:
    blocks = group.value("ingress")
    mine = Targets((group,))
    if blocks is UNKNOWN:
        if not plan.gives(group, "ingress"):
            return []
        nowhere = Targets()
        return [Ingress(group, mine, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, False, nowhere)]
    sources = plan.targets(group, "ingress").of_type(*GROUP_TYPES)
    return [
        Ingress(
            owner=group,
            groups=mine,
            protocol=block.get("protocol"),
            from_port=block.get("from_port"),
            to_port=block.get("to_port"),
            ranges=_ranges(block.get("cidr_blocks"), block.get("ipv6_cidr_blocks")),
            prefix_lists=bool(as_list(block.get("prefix_list_ids"))),
            sources=(
                sources
                if block.get("security_groups") is UNKNOWN or as_list(block.get("security_groups"))
                else Targets()
            ),
        )
        for block in as_list(blocks)
        if isinstance(block, dict)
    ]


def _separate(plan: PlanView, rule: Resource) -> Ingress:
    return Ingress(
        owner=rule,
        groups=plan.targets(rule, "security_group_id", *GROUP_TYPES),
        protocol=rule.value("protocol"),
        from_port=rule.value("from_port"),
        to_port=rule.value("to_port"),
        ranges=_ranges(rule.value("cidr_blocks"), rule.value("ipv6_cidr_blocks")),
        prefix_lists=bool(
            rule.value("prefix_list_ids") is UNKNOWN or rule.value("prefix_list_ids")
        ),
        sources=(
            plan.targets(rule, "source_security_group_id", *GROUP_TYPES)
            if plan.gives(rule, "source_security_group_id")
            else Targets()
        ),
    )


def _modern(plan: PlanView, rule: Resource) -> Ingress:
    singles = [rule.value("cidr_ipv4"), rule.value("cidr_ipv6")]
    return Ingress(
        owner=rule,
        groups=plan.targets(rule, "security_group_id", *GROUP_TYPES),
        protocol=rule.value("ip_protocol"),
        from_port=rule.value("from_port"),
        to_port=rule.value("to_port"),
        ranges=_ranges(*([one] for one in singles if one is not None)),
        prefix_lists=plan.gives(rule, "prefix_list_id"),
        sources=(
            plan.targets(rule, "referenced_security_group_id", *GROUP_TYPES)
            if plan.gives(rule, "referenced_security_group_id")
            else Targets()
        ),
    )


def _ranges(*lists: Value) -> Value:
    ranges: list[str] = []
    for entries in lists:
        if entries is UNKNOWN or UNKNOWN in as_list(entries):
            return UNKNOWN
        ranges += [entry for entry in as_list(entries) if isinstance(entry, str)]
    return ranges
