"""IP ranges in CIDR notation."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from .plan_values import Value

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
