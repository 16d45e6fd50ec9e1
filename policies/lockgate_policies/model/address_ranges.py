"""IP ranges in CIDR notation, and those of VPCs."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, TypeAlias

from .plan_tree import Resource
from .plan_values import Value

if TYPE_CHECKING:
    from .architecture import Architecture

AddressRange: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


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


def vpc_ranges(architecture: Architecture, vpc: Resource) -> list[AddressRange | None]:
    """A VPC's primary and added IPv4 ranges; None for each one that is not known."""
    added = [
        entry.value("cidr_block")
        for entry in architecture.of_type("aws_vpc_ipv4_cidr_block_association")
        if vpc in architecture.targets(entry, "vpc_id").resources
    ]
    return [address_range(cidr) for cidr in (vpc.value("cidr_block"), *added)]
