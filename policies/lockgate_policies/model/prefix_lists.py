"""The address ranges that prefix lists hold.

A list that the plan manages holds its entries and no more. One that is only looked up holds what
somebody put there. AWS's own hold public addresses of one service, and none of a VPC; of these,
the one of Route 53's health checkers is told by its name.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

from __future__ import annotations

import re

from .address_ranges import AddressRange, address_range
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .plan_view import PlanView

_MANAGED = "aws_ec2_managed_prefix_list"
_ENDPOINT = "aws_vpc_endpoint"
PREFIX_LIST_TYPES = (_MANAGED, "aws_prefix_list", _ENDPOINT)
"""What has the ID of a prefix list; a gateway endpoint has that of its service's own."""

_AWS_OWN = re.compile(r"^com\.amazonaws\.")
_CHECKERS = re.compile(r"^com\.amazonaws\.[a-z0-9-]+\.route53-healthchecks$")


def listed_ranges(plan: PlanView, prefix_list: Resource) -> list[AddressRange | None]:
    """The ranges in a prefix list; None stands for what is in it and is not known.

    One of AWS's own counts as empty: it holds neither a VPC's addresses nor the whole world.
    """
    if prefix_list.type == _ENDPOINT or _AWS_OWN.match(as_text(prefix_list.value("name")) or ""):
        return []
    if prefix_list.mode != "managed" or prefix_list.type != _MANAGED:
        return [None]
    ranges: list[AddressRange | None] = []
    if prefix_list.value("entry") is UNKNOWN and plan.gives(prefix_list, "entry"):
        ranges.append(None)
    ranges += [_range(block.get("cidr")) for block in prefix_list.blocks("entry")]
    for entry in plan.of_type(f"{_MANAGED}_entry"):
        lists = plan.targets(entry, "prefix_list_id", _MANAGED)
        if prefix_list in lists.resources:
            ranges.append(_range(entry.value("cidr")))
        elif lists.gaps:
            ranges.append(None)
    return ranges


def lists_health_checkers(prefix_list: Resource) -> bool:
    """Tell whether it is AWS's list of the addresses that Route 53's health checkers ask from."""
    name = as_text(prefix_list.value("name"))
    return prefix_list.mode == "data" and bool(name and _CHECKERS.match(name))


def _range(value: Value) -> AddressRange | None:
    return address_range(value)
