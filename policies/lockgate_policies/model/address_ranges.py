"""IP ranges in CIDR notation, and those of VPCs."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

from .plan_tree import Resource
from .plan_values import Value
from .plan_view import PlanView

AddressRange: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

EVERYWHERE: AddressRange = ipaddress.ip_network("0.0.0.0/0")
"""All of IPv4: what an A record's clients come from."""


def address_range(value: Value) -> AddressRange | None:
    """The range that a text names; None for anything else. AWS zeroes host bits, so they may be."""
    try:
        return ipaddress.ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None


def overlap(one: AddressRange, other: AddressRange) -> bool:
    """Tell whether two ranges share an address; IPv4 and IPv6 never do."""
    return one.version == other.version and one.overlaps(other)


def lies_within(inner: AddressRange, outer: AddressRange) -> bool:
    """Tell whether all of one range belongs to another."""
    return (
        inner.version == outer.version
        and inner.network_address in outer
        and inner.broadcast_address in outer
    )


def vpc_ranges(plan: PlanView, vpc: Resource) -> list[AddressRange | None]:
    """A VPC's primary and added IPv4 ranges; None for each one that is not known."""
    added = [
        entry.value("cidr_block")
        for entry in plan.of_type("aws_vpc_ipv4_cidr_block_association")
        if vpc in plan.targets(entry, "vpc_id").resources
    ]
    return [address_range(cidr) for cidr in (vpc.value("cidr_block"), *added)]


def without(parts: Iterable[AddressRange], taken: AddressRange) -> list[AddressRange]:
    """What is left of some ranges when one is taken away."""
    left: list[AddressRange] = []
    for part in parts:
        if not overlap(part, taken):
            left.append(part)
        elif not lies_within(part, taken):
            # mypy cannot tell that both are of one version, which `overlap` has asked.
            left += part.address_exclude(taken)  # type: ignore[arg-type]
    return left


def uncovered(whole: AddressRange, ranges: Iterable[AddressRange]) -> list[AddressRange]:
    """The parts of a range that none of some ranges holds."""
    left = [whole]
    for taken in ranges:
        left = without(left, taken)
    return left


def share(parts: Iterable[AddressRange], whole: AddressRange) -> Fraction:
    """How much of a range some parts of it are, from 0 to 1; the parts must not overlap."""
    return Fraction(sum(part.num_addresses for part in parts), whole.num_addresses)
