"""Where a subnet's packets go: of the routes that match, the one with the longest prefix.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority
"""

from __future__ import annotations

from dataclasses import dataclass

from .address_ranges import AddressRange, address_range, lies_within, overlap, vpc_ranges, without
from .architecture import Architecture
from .networks import Subnet
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .targets import Targets

INTERNET_GATEWAY = "aws_internet_gateway"
NAT_GATEWAY = "aws_nat_gateway"
LOCAL = "local"
# The arguments of a route that name its target, and the types that each may name.
_TARGETS: dict[str, tuple[str, ...]] = {
    "gateway_id": (INTERNET_GATEWAY, "aws_vpn_gateway", "aws_vpc_endpoint"),
    "nat_gateway_id": (NAT_GATEWAY,),
    "vpc_peering_connection_id": (
        "aws_vpc_peering_connection",
        "aws_vpc_peering_connection_accepter",
    ),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_endpoint_id": ("aws_vpc_endpoint",),
    "network_interface_id": ("aws_network_interface", "aws_instance"),
    "instance_id": ("aws_instance",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "carrier_gateway_id": ("aws_ec2_carrier_gateway",),
    "local_gateway_id": ("aws_ec2_local_gateway",),
    "core_network_arn": ("aws_networkmanager_core_network",),
}


@dataclass(frozen=True)
class Route:
    """A route: ``destination`` is its IPv4 range, or UNKNOWN.

    ``argument`` names the kind of its target (``local`` for a VPC's own ranges) and ``target`` what
    that leads to; ``either`` of it says that it is one of several.
    """

    owner: Resource
    destination: AddressRange | Value
    argument: str
    target: Targets


@dataclass(frozen=True)
class Stretch:
    """A part of some addresses with the route that it takes; None if no route matches."""

    addresses: AddressRange
    route: Route | None


@dataclass(frozen=True)
class Way:
    """The stretches of some addresses, and what could not be told of the routes."""

    stretches: tuple[Stretch, ...]
    gaps: tuple[str, ...]


class EffectiveRoutes:
    """The routes of each subnet of an architecture."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._separate = [
            (route, architecture.targets(route, "route_table_id"))
            for route in architecture.of_type("aws_route")
        ]
        self._by_table: dict[int, tuple[list[Route], list[str]]] = {}

    def way(self, subnet: Subnet, addresses: AddressRange) -> Way:
        """How a subnet's packets to some addresses go."""
        routes: list[Route] = []
        gaps = list(subnet.gaps)
        for table in subnet.route_tables:
            if id(table.resource) not in self._by_table:
                self._by_table[id(table.resource)] = self._of_table(table.resource)
            own, untold = self._by_table[id(table.resource)]
            routes += own
            gaps += untold
        for vpc in subnet.vpc.resources:
            for known in vpc_ranges(self._architecture, vpc):
                if known is not None:
                    routes.append(Route(vpc, known, LOCAL, Targets((vpc,))))
        gaps += [
            f"{route.owner.address}: its destination is not known"
            for route in routes
            if route.destination is UNKNOWN
        ]
        known_routes = [route for route in routes if route.destination is not UNKNOWN]
        return Way(_stretches(known_routes, addresses), tuple(dict.fromkeys(gaps)))

    def _of_table(self, table: Resource) -> tuple[list[Route], list[str]]:
        architecture = self._architecture
        routes: list[Route] = []
        gaps: list[str] = []
        if table.value("route") is UNKNOWN and architecture.gives(table, "route"):
            gaps.append(f"{table.address}: its inline routes are not known until apply")
        for index, block in enumerate(table.blocks("route")):
            prefix = f"route.{index}."
            routes += self._routes(table, block, block.get("cidr_block"), prefix)
        for route, tables in self._separate:
            if table in tables.resources:
                destination = route.value("destination_cidr_block")
                routes += self._routes(route, route.values, destination, "")
            elif tables.gaps and not tables.resources:
                gaps += tables.gaps
        return routes, gaps

    def _routes(
        self, owner: Resource, values: dict[str, Value], destination: Value, prefix: str
    ) -> list[Route]:
        """The route that some values give, unless it is for IPv6 or for a prefix list."""
        if destination is None or destination == "":
            return []
        known = address_range(destination)
        for argument, types in _TARGETS.items():
            value = values.get(argument)
            if not self._names(owner, argument, value, prefix):
                continue
            if value == LOCAL:
                return [Route(owner, known or UNKNOWN, LOCAL, Targets())]
            path = f"{prefix}{argument}"
            if prefix and not self._architecture.exact:
                target = self._architecture.candidates(owner, "route").of_type(*types)
            else:
                target = self._architecture.candidates(owner, path)
            return [Route(owner, known or UNKNOWN, argument, target)]
        gap = f"{owner.address}: what its route leads to is not known"
        return [Route(owner, known or UNKNOWN, "", Targets(gaps=(gap,)))]

    def _names(self, owner: Resource, argument: str, value: Value, prefix: str) -> bool:
        if isinstance(value, str):
            return bool(value)
        if value is not UNKNOWN:
            return False
        # What a separate route leaves out is computed; inside of a block, all is written.
        return bool(prefix) or self._architecture.gives(owner, argument)


def _stretches(routes: list[Route], addresses: AddressRange) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    left = [addresses]
    for route in sorted(routes, key=lambda route: -route.destination.prefixlen):
        for part in left:
            if overlap(part, route.destination):
                inside = lies_within(part, route.destination)
                stretches.append(Stretch(part if inside else route.destination, route))
        left = without(left, route.destination)
    return (*stretches, *(Stretch(part, None) for part in left))
