"""VPCs and subnets, and which subnets are public.

"If a subnet is associated with a route table that has a route to an internet gateway, it's known
as a public subnet" (https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html). The
route may be inline or separate, in an associated route table, in the VPC's main one, for IPv4 or
IPv6; the gateway must be attached to the subnet's own VPC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .plan_view import PlanView
from .targets import Targets, merge

_INTERNET_GATEWAY = "aws_internet_gateway"
_ROUTE_TABLES = ("aws_route_table", "aws_default_route_table")
_ANYWHERE = ("0.0.0.0/0", "::/0")
_TIER_WORD = re.compile(r"(?<![a-z])(public|private)(?![a-z])")


@dataclass(frozen=True)
class GatewayRoute:
    """A route that leads to an internet gateway.

    ``owner`` is the route or route table that holds it; ``own`` tells whether the gateway is
    attached to the route table's VPC (UNKNOWN if that cannot be told).
    """

    owner: Resource
    destination: Value
    gateway: str
    own: Value

    @property
    def everywhere(self) -> bool:
        """Tell whether the route is a default route, for IPv4 or IPv6."""
        return self.destination in _ANYWHERE


@dataclass(frozen=True)
class RouteTable:
    """A route table's routes to internet gateways, and what could not be told of its routes."""

    resource: Resource
    gateway_routes: tuple[GatewayRoute, ...]
    gaps: tuple[str, ...]


@dataclass(eq=False)
class Subnet:
    """A subnet, with the route tables that rule it."""

    resource: Resource
    region: Value
    vpc: Targets
    route_tables: tuple[RouteTable, ...]
    gaps: tuple[str, ...]

    @property
    def address(self) -> str:
        """The subnet's resource address."""
        return self.resource.address

    @property
    def zone(self) -> Value:
        """The availability zone (name or ID), UNKNOWN if AWS chooses it."""
        zone = self.resource.value("availability_zone")
        if isinstance(zone, str) and zone:
            return zone
        zone_id = self.resource.value("availability_zone_id")
        return zone_id if isinstance(zone_id, str) and zone_id else UNKNOWN

    @property
    def gateway_routes(self) -> tuple[GatewayRoute, ...]:
        """The routes to internet gateways that apply to this subnet."""
        return tuple(route for table in self.route_tables for route in table.gateway_routes)

    @property
    def public(self) -> Value:
        """True, False, or UNKNOWN when a route or an association could not be told."""
        routes = self.gateway_routes
        if any(route.own is True and route.everywhere for route in routes):
            return True
        if self.gaps or any(table.gaps for table in self.route_tables):
            return UNKNOWN
        if any(UNKNOWN in (route.own, route.destination) for route in routes):
            return UNKNOWN
        return any(route.own is True for route in routes)

    @property
    def why_unknown(self) -> str:
        """What keeps ``public`` from being known, in words."""
        gaps = [*self.gaps, *(gap for table in self.route_tables for gap in table.gaps)]
        gaps += [
            f"{route.owner.address}: whose gateway {route.gateway} is, or its destination, is not "
            "known"
            for route in self.gateway_routes
            if UNKNOWN in (route.own, route.destination)
        ]
        return "; ".join(dict.fromkeys(gaps))

    @property
    def declared_tier(self) -> str | None:
        """``public`` or ``private`` if the subnet's tags or names say so, otherwise None.

        The ``Tier`` tag speaks first, then the ``Name`` tag, then the resource's own name.
        """
        tags = self.resource.value("tags")
        named = tags if isinstance(tags, dict) else {}
        for text in (named.get("Tier"), named.get("Name"), self.resource.name):
            words = set(_TIER_WORD.findall(text.lower())) if isinstance(text, str) else set()
            if len(words) == 1:
                return str(words.pop())
        return None


@dataclass(eq=False)
class Vpc:
    """A VPC and the subnets known to stand in it."""

    resource: Resource
    region: Value
    subnets: list[Subnet] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The VPC's resource address."""
        return self.resource.address

    @property
    def cidr(self) -> Value:
        """The VPC's primary IPv4 range, or UNKNOWN."""
        cidr = self.resource.value("cidr_block")
        return cidr if isinstance(cidr, str) and cidr else UNKNOWN


def read_networks(architecture: PlanView) -> tuple[list[Vpc], list[Subnet]]:
    """The VPCs and subnets of an architecture."""
    reader = _Reader(architecture)
    vpcs = [
        Vpc(resource, architecture.region(resource)) for resource in architecture.of_type("aws_vpc")
    ]
    subnets = [reader.subnet(resource) for resource in architecture.of_type("aws_subnet")]
    for subnet in subnets:
        for vpc in vpcs:
            if vpc.resource in subnet.vpc.resources:
                vpc.subnets.append(subnet)
    return vpcs, subnets


class _Reader:
    def __init__(self, architecture: PlanView) -> None:
        self._architecture = architecture
        self._routes = [
            (route, architecture.targets(route, "route_table_id", *_ROUTE_TABLES))
            for route in architecture.of_type("aws_route")
        ]
        self._associations = [
            (entry, architecture.candidates(entry, "subnet_id", "aws_subnet"))
            for entry in architecture.of_type("aws_route_table_association")
            if entry.sets("subnet_id") or entry.value("subnet_id") is not None
        ]
        self._tables = {
            id(table): self._route_table(table) for table in architecture.of_type(*_ROUTE_TABLES)
        }

    def subnet(self, resource: Resource) -> Subnet:
        architecture = self._architecture
        vpc = architecture.targets(resource, "vpc_id", "aws_vpc")
        own = [
            entry for entry, subnets in self._associations if resource in subnets.settled.resources
        ]
        gaps: list[str] = []
        tables: list[Targets] = []
        if own:
            tables = [
                architecture.targets(entry, "route_table_id", *_ROUTE_TABLES) for entry in own
            ]
        else:
            gaps += [
                gap
                for _, subnets in self._associations
                if not subnets.either or resource in subnets.resources
                for gap in subnets.settled.gaps
            ]
            tables = [self._main_route_table(vpc)]
        merged = merge(tables)
        gaps += [
            f"{address} is only looked up: its routes are not in this plan"
            for address in merged.looked_up
        ]
        return Subnet(
            resource=resource,
            region=architecture.region(resource),
            vpc=vpc,
            route_tables=tuple(
                self._tables[id(table)] for table in merged.resources if table.mode == "managed"
            ),
            gaps=tuple(dict.fromkeys([*gaps, *merged.gaps])),
        )

    def _main_route_table(self, vpc: Targets) -> Targets:
        """The route table of subnets without an association of their own.

        A VPC's main route table is the one AWS made with it (local route only) unless
        ``aws_main_route_table_association`` or ``aws_default_route_table`` takes its place.
        """
        architecture = self._architecture
        if not vpc.resources:
            return Targets(gaps=vpc.gaps or ("its VPC, and so its main route table, is not known",))
        parts = [
            Targets(gaps=(f"{address} is only looked up, and so is its main route table",))
            for address in vpc.looked_up
        ]
        for entry in architecture.of_type("aws_main_route_table_association"):
            whose = architecture.targets(entry, "vpc_id", "aws_vpc")
            if any(one in vpc.resources for one in whose.resources):
                parts.append(architecture.targets(entry, "route_table_id", *_ROUTE_TABLES))
            else:
                parts.append(Targets(gaps=whose.gaps))
        for table in architecture.of_type("aws_default_route_table"):
            whose = architecture.targets(table, "default_route_table_id", "aws_vpc")
            if any(one in vpc.resources for one in whose.resources):
                parts.append(Targets((table,)))
            else:
                parts.append(Targets(gaps=whose.gaps))
        return merge(parts)

    def _route_table(self, table: Resource) -> RouteTable:
        architecture = self._architecture
        path = "default_route_table_id" if table.type == "aws_default_route_table" else "vpc_id"
        vpc = architecture.targets(table, path, "aws_vpc")
        routes: list[GatewayRoute] = []
        gaps: list[str] = []
        inline = table.value("route")
        # Unset, the argument is computed and so unknown as well: only a given one is a gap.
        if inline is UNKNOWN and architecture.gives(table, "route"):
            gaps.append(f"{table.address}: its inline routes are not known until apply")
        for block in table.blocks("route"):
            self._inline(table, block, vpc, routes, gaps)
        for route, tables in self._routes:
            if table in tables.resources:
                self._separate(route, vpc, routes, gaps)
            elif tables.gaps and not tables.resources:
                gaps += tables.gaps
        return RouteTable(table, tuple(routes), tuple(dict.fromkeys(gaps)))

    def _inline(
        self,
        table: Resource,
        block: dict[str, Value],
        vpc: Targets,
        routes: list[GatewayRoute],
        gaps: list[str],
    ) -> None:
        gateway = block.get("gateway_id")
        if gateway is None or gateway == "":
            return
        destination = _destination(block, ("cidr_block", "ipv6_cidr_block"))
        if isinstance(gateway, str):
            self._by_identifier(table, destination, gateway, vpc, routes)
            return
        targets = self._architecture.targets(table, "route")
        self._by_reference(table, destination, targets, vpc, routes, gaps)

    def _separate(
        self, route: Resource, vpc: Targets, routes: list[GatewayRoute], gaps: list[str]
    ) -> None:
        gateway = route.value("gateway_id")
        given = route.sets("gateway_id") or isinstance(gateway, str)
        if not given or gateway == "":
            return
        destination = _destination(
            route.values, ("destination_cidr_block", "destination_ipv6_cidr_block")
        )
        targets = self._architecture.targets(route, "gateway_id")
        if isinstance(gateway, str) and not targets.resources:
            self._by_identifier(route, destination, gateway, vpc, routes)
            return
        self._by_reference(route, destination, targets, vpc, routes, gaps)

    def _by_identifier(
        self,
        owner: Resource,
        destination: Value,
        gateway: str,
        vpc: Targets,
        routes: list[GatewayRoute],
    ) -> None:
        if not gateway.startswith("igw-"):
            return  # "local", a virtual private gateway, a VPC endpoint
        for managed in self._architecture.of_type(_INTERNET_GATEWAY):
            if managed.value("id") == gateway:
                own = self._attached_to(managed, vpc)
                routes.append(GatewayRoute(owner, destination, managed.address, own))
                return
        routes.append(GatewayRoute(owner, destination, gateway, UNKNOWN))

    def _by_reference(
        self,
        owner: Resource,
        destination: Value,
        targets: Targets,
        vpc: Targets,
        routes: list[GatewayRoute],
        gaps: list[str],
    ) -> None:
        gaps += targets.gaps
        for gateway in targets.of_type(_INTERNET_GATEWAY).resources:
            own = self._attached_to(gateway, vpc)
            routes.append(GatewayRoute(owner, destination, gateway.address, own))
        # A gateway that is only looked up may be this VPC's own or not.
        if not targets.gaps and not targets.resources:
            gaps.append(f"{owner.address}: which gateway its route leads to is not known")
        for looked_up in targets.resources:
            if looked_up.mode == "data" and looked_up.type == _INTERNET_GATEWAY:
                gaps.append(f"{owner.address}: {looked_up.address} is not managed in this plan")

    def _attached_to(self, gateway: Resource, vpc: Targets) -> Value:
        architecture = self._architecture
        attached = [architecture.targets(gateway, "vpc_id", "aws_vpc")]
        for entry in architecture.of_type("aws_internet_gateway_attachment"):
            gateways = architecture.targets(entry, "internet_gateway_id", _INTERNET_GATEWAY)
            if gateway in gateways.resources:
                attached.append(architecture.targets(entry, "vpc_id", "aws_vpc"))
        to = merge(attached)
        if any(one in vpc.resources for one in to.resources):
            return True
        return UNKNOWN if to.gaps or vpc.gaps else False


def _destination(values: dict[str, Value], names: tuple[str, ...]) -> Value:
    for name in names:
        value = values.get(name)
        if value is UNKNOWN:
            return UNKNOWN
        text = as_text(value)
        if text:
            return text
    return None
