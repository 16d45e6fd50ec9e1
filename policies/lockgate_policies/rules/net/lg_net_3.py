"""LG_NET_3: production servers have the way out that their security groups allow."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.acl_obstacles import AclObstacles
from ...model.admission import CLIENTS, admitted
from ...model.architecture import Architecture
from ...model.attachments import Attachment
from ...model.connections import Connections
from ...model.effective_routes import EffectiveRoutes
from ...model.internet_ways import InternetWay, counts, internet_way, largest, where_to
from ...model.networks import Subnet
from ...model.plan_values import UNKNOWN

_HTTPS = 443


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge what is registered with target groups and may ask the internet over HTTPS."""
    if not architecture.settings.production:
        return
    connections = Connections(architecture)
    routes = EffectiveRoutes(architecture)
    obstacles = AclObstacles(architecture)
    for server in connections.servers:
        permissions = architecture.egress_of(server.groups.resources)
        if admitted(architecture, permissions, _HTTPS, CLIENTS) is not True:
            yield passed(server.resource.address, "is not allowed to ask the internet")
            continue
        ways = [(s, internet_way(architecture, routes, s)) for s in server.subnets]
        cut_off = [finding for s, way in ways for finding in _cut_off(architecture, server, s, way)]
        denied = list(_denied(connections, obstacles, server, [way for _, way in ways]))
        yield from cut_off[:1]
        yield from denied
        if not cut_off and not denied:
            yield passed(server.resource.address, "reaches the internet, or endpoints in its VPC")


def _cut_off(
    architecture: Architecture, server: Attachment, subnet: Subnet, way: InternetWay
) -> Iterator[Finding]:
    where = server.resource.address
    if not counts(way.lost) and not way.gaps:
        return
    if _has_interface_endpoint(architecture, subnet):
        return  # which of AWS's APIs it asks, nothing in the plan says
    if way.gaps:
        if not counts((*way.direct, *way.translated)):
            gaps = "; ".join(way.gaps)
            yield unknown(where, f"its way out of {subnet.address} is not known: {gaps}")
        return
    stretch = largest(way.lost)
    owner = stretch.route.owner.address if stretch.route else where
    yield failed(
        owner,
        f"{where} may ask the internet on port {_HTTPS}, but from {subnet.address} "
        f"{where_to(stretch)}, and its VPC has no interface endpoint: it reaches no API of AWS "
        "but those of gateway endpoints",
    )


def _has_interface_endpoint(architecture: Architecture, subnet: Subnet) -> bool:
    """Tell whether the subnet's VPC has one, or may have one."""
    for endpoint in architecture.of_type("aws_vpc_endpoint"):
        # Not given, it is a gateway endpoint.
        kind = endpoint.value("vpc_endpoint_type")
        if kind is UNKNOWN or kind == "Interface":
            vpcs = architecture.targets(endpoint, "vpc_id", "aws_vpc")
            if vpcs.gaps or any(vpc in subnet.vpc.resources for vpc in vpcs.resources):
                return True
    return False


def _denied(
    connections: Connections,
    obstacles: AclObstacles,
    server: Attachment,
    ways: list[InternetWay],
) -> Iterator[Finding]:
    """The network ACLs between a server, its NAT gateways and the internet."""
    gateways = {id(g): g for way in ways if way.certain for g in way.nat_gateways}
    told: set[str] = set()
    for gateway in gateways.values():
        for obstacle in obstacles.of_way_out(server, connections.attached(gateway), _HTTPS):
            where = obstacle.owner.address if obstacle.owner else server.resource.address
            if where in told:
                continue
            told.add(where)
            stops = f"{server.resource.address} on its way to the internet by {gateway.address}"
            if obstacle.owner is None:
                yield unknown(where, f"{obstacle.words} ({stops})")
            else:
                yield failed(where, f"{obstacle.words}. It stops {stops}")


RULE = Rule(
    id="LG_NET_3",
    title="Production servers have the way out that their security groups allow",
    severity=Severity.HIGH,
    why=(
        "A server that may ask the internet is meant to: for AWS's APIs, secrets, packages, other "
        "services. Without a NAT gateway and without interface endpoints in its VPC, it starts "
        "and waits. Both regions are alike then, so nothing that compares them notices."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    ),
    fix=(
        "Route the private subnets to NAT gateways or give the VPC interface endpoints; or take "
        "the permission to ask the internet away."
    ),
    remediation="""\
resource "aws_route" "nat" {
  for_each = aws_route_table.private

  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.key].id
}
""",
    looked_up=(
        "A route table that is only looked up is not accepted: its routes are not in the plan. A "
        "NAT gateway is, and so is what stands beyond a transit gateway, a firewall or an "
        "appliance."
    ),
    subjects=(
        "aws_autoscaling_group",
        "aws_default_network_acl",
        "aws_default_route_table",
        "aws_ecs_service",
        "aws_instance",
        "aws_network_acl",
        "aws_network_acl_rule",
        "aws_route",
        "aws_route_table",
    ),
    judge=judge,
)
