"""Which part of the internet a subnet's packets reach, and by what.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .address_ranges import EVERYWHERE, share
from .admission import TOLERATED
from .architecture import Architecture
from .effective_routes import INTERNET_GATEWAY, LOCAL, NAT_GATEWAY, EffectiveRoutes, Route, Stretch
from .networks import Subnet
from .plan_tree import Resource
from .plan_values import as_text

# Beyond these stands something that a plan does not look into: a firewall, an appliance, a hub.
_BEYOND_THE_PLAN = (
    "core_network_arn",
    "instance_id",
    "local_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
)


@dataclass(frozen=True)
class InternetWay:
    """How a subnet's packets to the internet go.

    ``direct`` go to an internet gateway, ``translated`` to a NAT gateway, ``beyond`` to what a plan
    does not look into, and ``lost`` nowhere that leads there. ``gaps`` say what is not known.
    """

    direct: tuple[Stretch, ...]
    translated: tuple[Stretch, ...]
    beyond: tuple[Stretch, ...]
    lost: tuple[Stretch, ...]
    gaps: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Tell whether it is known which NAT gateway each stretch goes to."""
        targets = [stretch.route.target for stretch in self.translated if stretch.route]
        return not any(target.either and len(target.resources) > 1 for target in targets)

    @property
    def nat_gateways(self) -> list[Resource]:
        """The NAT gateways on the way."""
        gateways = {
            id(gateway): gateway
            for stretch in self.translated
            if stretch.route is not None
            for gateway in stretch.route.target.resources
        }
        return list(gateways.values())


def internet_way(
    architecture: Architecture, routes: EffectiveRoutes, subnet: Subnet
) -> InternetWay:
    """How a subnet's packets to the internet go."""
    way = routes.way(subnet, EVERYWHERE)
    kinds: dict[str, list[Stretch]] = {"direct": [], "translated": [], "beyond": [], "lost": []}
    gaps = list(way.gaps)
    for stretch in way.stretches:
        route = stretch.route
        if route is not None and route.argument == LOCAL:
            continue
        # Whichever NAT gateway it is, its argument names no other thing.
        untold = route is not None and route.target.gaps and not route.target.resources
        if route is not None and untold and route.argument != "nat_gateway_id":
            # What it leads to may be what is wanted, if its argument can name that.
            gaps += route.target.gaps
            continue
        kinds[_kind(route)].append(stretch)
    return InternetWay(
        direct=tuple(kinds["direct"]),
        translated=tuple(kinds["translated"]),
        beyond=tuple(kinds["beyond"]),
        lost=tuple(kinds["lost"]),
        gaps=tuple(dict.fromkeys(gaps)),
    )


def counts(stretches: Iterable[Stretch]) -> bool:
    """Tell whether some stretches are a part of the internet that cannot be done without."""
    return share((stretch.addresses for stretch in stretches), EVERYWHERE) >= TOLERATED


def largest(stretches: Iterable[Stretch]) -> Stretch:
    """The stretch with the most addresses."""
    return max(stretches, key=lambda stretch: stretch.addresses.num_addresses)


def where_to(stretch: Stretch) -> str:
    """A stretch and what its route leads to, in words."""
    if stretch.route is None:
        return f"{stretch.addresses} has no route"
    targets = " or ".join(stretch.route.target.addresses) or f"its {stretch.route.argument}"
    return f"{stretch.route.destination} goes to {targets}"


def _kind(route: Route | None) -> str:
    if route is None:
        return "lost"
    if route.argument in _BEYOND_THE_PLAN:
        return "beyond"
    if any(target.type == INTERNET_GATEWAY for target in route.target.resources):
        return "direct"
    if route.argument == "nat_gateway_id" and not route.target.resources:
        return "translated"
    gateways = [target for target in route.target.resources if target.type == NAT_GATEWAY]
    public = [g for g in gateways if as_text(g.value("connectivity_type")) != "private"]
    if public:
        return "translated"
    return "beyond" if route.argument == "gateway_id" and not _is_vpn(route) else "lost"


def _is_vpn(route: Route) -> bool:
    return any(target.type == "aws_vpn_gateway" for target in route.target.resources)
