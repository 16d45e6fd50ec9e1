"""LG_NET_2: what faces the internet sends all of it to the internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.address_ranges import lies_within
from ...model.architecture import Architecture
from ...model.connections import Connections
from ...model.effective_routes import EffectiveRoutes
from ...model.health_checkers import CHECKER_RANGES
from ...model.internet_ways import InternetWay, counts, internet_way, largest, where_to
from ...model.networks import Subnet
from ...model.plan_tree import Resource


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge the subnets of load balancers that face the internet, and of NAT gateways."""
    connections = Connections(architecture)
    routes = EffectiveRoutes(architecture)
    facing = [b.resource for b in architecture.load_balancers if b.internet_facing is True]
    translating = [
        gateway
        for gateway in architecture.of_type("aws_nat_gateway")
        if gateway.value("connectivity_type") != "private"
    ]
    told: set[tuple[str, str]] = set()
    for resource in (*facing, *translating):
        for subnet in connections.attached(resource).subnets:
            way = internet_way(architecture, routes, subnet)
            finding = _judge_way(resource, subnet, way)
            # One subnet of a route table says enough.
            if (finding.address, finding.verdict.value) not in told:
                told.add((finding.address, finding.verdict.value))
                yield finding


def _judge_way(resource: Resource, subnet: Subnet, way: InternetWay) -> Finding:
    elsewhere = [*way.lost, *way.translated]
    if counts(elsewhere) and not way.gaps:
        stretch = largest(elsewhere)
        where = stretch.route.owner if stretch.route else subnet.resource
        return failed(
            where.address,
            f"{where_to(stretch)} from {subnet.address}, past the internet gateway: "
            f"{resource.address} reaches nobody there, and its answers do not arrive",
        )
    if way.gaps:
        return unknown(
            resource.address,
            f"which way {subnet.address} goes to the internet is not known: {'; '.join(way.gaps)}",
        )
    if counts(way.beyond):
        return unknown(
            resource.address,
            f"whether {subnet.address} reaches the internet is not known: "
            f"{where_to(largest(way.beyond))}, and what is beyond is not in this plan",
        )
    for stretch in (*elsewhere, *way.beyond):
        astray = sum(lies_within(one, stretch.addresses) for one in CHECKER_RANGES)
        if astray and stretch.route is not None:
            return unknown(
                resource.address,
                f"whether enough of Route 53's health checkers get an answer: {where_to(stretch)} "
                f"from {subnet.address} ({stretch.route.owner.address}), and {astray} of their "
                f"{len(CHECKER_RANGES)} ranges lie there",
            )
    return passed(resource.address, f"{subnet.address} sends the internet to its gateway")


RULE = Rule(
    id="LG_NET_2",
    title="What faces the internet sends all of it to the internet gateway",
    severity=Severity.CRITICAL,
    why=(
        "Of the routes that match, the one with the longest prefix decides. A default route to the "
        "internet gateway makes a subnet public, and a route for half of the internet beside it "
        "sends the answers to half of the clients, and of Route 53's health checkers, elsewhere. "
        "Answers through another gateway than the request's are dropped."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority",
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
    ),
    fix="Remove the route that is more specific than the default one, or give it a private range.",
    remediation="""\
resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
""",
    looked_up=(
        "A route table that is only looked up is not accepted: its routes are not in the plan. Of "
        "subnets that are only looked up nothing is said."
    ),
    subjects=(
        "aws_alb",
        "aws_default_route_table",
        "aws_elb",
        "aws_lb",
        "aws_nat_gateway",
        "aws_route",
        "aws_route_table",
        "aws_subnet",
    ),
    judge=judge,
)
