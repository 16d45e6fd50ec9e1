"""LG_SUBNET_2: public means a default route to the VPC's own internet gateway, and only then."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.networks import Subnet
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Hold what a subnet is declared to be against the routes it gets."""
    for subnet in architecture.subnets:
        finding = _judge_subnet(subnet)
        if finding is not None:
            yield finding


def _judge_subnet(subnet: Subnet) -> Finding | None:
    foreign = [route for route in subnet.gateway_routes if route.own is False]
    if foreign:
        return failed(
            subnet.address,
            f"{foreign[0].owner.address} routes to {foreign[0].gateway}, which is not attached to "
            "this subnet's VPC",
        )
    if subnet.declared_tier != "public":
        return None
    if subnet.public is True:
        if any(route.own is True and route.everywhere for route in subnet.gateway_routes):
            return passed(subnet.address)
        return failed(
            subnet.address,
            "is called public, but its route to the internet gateway is not a default route "
            "(0.0.0.0/0 or ::/0)",
        )
    if subnet.public is UNKNOWN:
        return unknown(subnet.address, f"whether it is public is not known: {subnet.why_unknown}")
    tables = ", ".join(table.resource.address for table in subnet.route_tables)
    return failed(
        subnet.address,
        "is called public, but no route leads to its VPC's internet gateway "
        f"({tables or 'it has no route table of its own'})",
    )


RULE = Rule(
    id="LG_SUBNET_2",
    title="A subnet called public has a default route to its own VPC's internet gateway",
    severity=Severity.HIGH,
    why=(
        "A public subnet is one whose route table has a route to an internet gateway, whatever "
        "its name says. A load balancer in a subnet without it answers nobody."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",),
    fix="Route 0.0.0.0/0 to the VPC's own internet gateway in the subnet's route table.",
    remediation="""\
resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}
""",
    looked_up=(
        "A route table or VPC that is only looked up is not accepted: its routes are not "
        "in the plan."
    ),
    subjects=("aws_subnet",),
    judge=judge,
)
