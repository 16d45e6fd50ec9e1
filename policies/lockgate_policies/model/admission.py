"""Whether security groups let a connection in, or out.

A connection passes if any rule of any group of the one side is for the other: by one of its
security groups, or by the addresses that it has.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .address_ranges import EVERYWHERE, AddressRange, address_range, overlap, share, uncovered
from .certainty import every
from .health_checkers import CHECKER_RANGES
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView
from .prefix_lists import listed_ranges, lists_health_checkers
from .security_groups import Permission

# A few addresses that are kept out are somebody's decision; an eighth of them is a part of the way.
TOLERATED = Fraction(1, 8)


@dataclass(frozen=True)
class Side:
    """One side of a connection: its security groups, and the IPv4 ranges that all belong to it.

    ``within`` are ranges of which it has some addresses, which ones is not known; None stands for
    one that is not known itself.
    """

    groups: Sequence[Resource] = ()
    ranges: Sequence[AddressRange | None] = ()
    within: Sequence[AddressRange | None] = ()


CLIENTS = Side(ranges=(EVERYWHERE,))
"""Whoever has an IPv4 address."""


def admitted(plan: PlanView, permissions: Iterable[Permission], port: int, side: Side) -> Value:
    """Whether permissions are for a TCP port and a side: True, False or UNKNOWN."""
    certain: list[AddressRange] = []
    uncertain = False
    for permission in permissions:
        here = permission.admits(port)
        if here is False:
            continue
        by_group = _is_for_groups(permission, side)
        if by_group is True and here is True:
            return True
        ranges, told = _ranges(plan, permission)
        if here is True:
            certain += ranges
        uncertain = uncertain or by_group is not False or not told or here is UNKNOWN
    parts = [_covers(certain, wanted) for wanted in side.ranges]
    parts += [_may_cover(certain, wanted) for wanted in side.within]
    covered = every(parts) if parts else False
    if covered is True:
        return True
    return UNKNOWN if uncertain or covered is UNKNOWN else False


def checkers_admitted(plan: PlanView, permissions: Iterable[Permission], port: int) -> Value:
    """Whether Route 53's health checkers are admitted to a TCP port: True, False or UNKNOWN.

    It is not known where only some of them are: a share of them decides.
    """
    here = [permission for permission in permissions if permission.admits(port) is not False]
    for permission in here:
        listed = any(map(lists_health_checkers, permission.lists.resources))
        if listed and permission.admits(port) is True:
            return True
    shares = {admitted(plan, here, port, Side(ranges=(one,))) for one in CHECKER_RANGES}
    return shares.pop() if len(shares) == 1 else UNKNOWN


def share_of_clients(plan: PlanView, permissions: Iterable[Permission], port: int) -> Fraction:
    """How much of the whole IPv4 world permissions are known to be for, from 0 to 1."""
    ranges = [
        known
        for permission in permissions
        if permission.admits(port) is True
        for known in _ranges(plan, permission)[0]
    ]
    return 1 - share(uncovered(EVERYWHERE, ranges), EVERYWHERE)


def _is_for_groups(permission: Permission, side: Side) -> Value:
    peers = permission.peers
    if any(group in peers.resources for group in side.groups):
        return True
    if permission.itself is not False and any(
        group in permission.groups.resources for group in side.groups
    ):
        return permission.itself
    return UNKNOWN if (peers.gaps or peers.looked_up) and side.groups else False


def _ranges(plan: PlanView, permission: Permission) -> tuple[list[AddressRange], bool]:
    """The known IPv4 ranges of a permission, and whether these are all of them."""
    told = permission.ranges is not UNKNOWN
    ranges = [address_range(text) for text in permission.ranges] if told else []
    if permission.prefix_lists:
        told = told and not permission.lists.gaps and bool(permission.lists.resources)
        for prefix_list in permission.lists.resources:
            # The checkers' own list holds them and nobody else.
            if not lists_health_checkers(prefix_list):
                ranges += listed_ranges(plan, prefix_list)
    known = [network for network in ranges if network is not None]
    return known, told and len(known) == len(ranges)


def _covers(ranges: Sequence[AddressRange], wanted: AddressRange | None) -> Value:
    if wanted is None:
        return _may_cover(ranges, wanted)
    return share(uncovered(wanted, ranges), wanted) < TOLERATED


def _may_cover(ranges: Sequence[AddressRange], wanted: AddressRange | None) -> Value:
    """Whether ranges hold some addresses of a range, which ones is not known."""
    if _covers(ranges, wanted or EVERYWHERE):
        return True
    return UNKNOWN if any(wanted is None or overlap(one, wanted) for one in ranges) else False
