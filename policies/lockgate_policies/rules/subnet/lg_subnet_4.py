"""LG_SUBNET_4: subnets called private have no route to an internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every subnet that its tags or its name call private."""
    for subnet in architecture.subnets:
        if subnet.declared_tier != "private":
            continue
        routes = subnet.gateway_routes
        if routes:
            yield failed(
                subnet.address,
                f"is called private, but {routes[0].owner.address} routes it to "
                f"{routes[0].gateway}",
            )
        elif subnet.public is UNKNOWN:
            yield unknown(
                subnet.address, f"whether it is public is not known: {subnet.why_unknown}"
            )
        else:
            yield passed(subnet.address)


RULE = Rule(
    id="LG_SUBNET_4",
    title="A subnet called private has no route to an internet gateway",
    severity=Severity.CRITICAL,
    why=(
        "Whoever places a database in a private subnet trusts its name. One route to an internet "
        "gateway, also by the VPC's main route table or for IPv6 alone, makes the name a lie."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",),
    fix="Associate the subnet with a route table that has no route to an internet gateway.",
    remediation="""\
resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id # only the local route, or one to a NAT gateway
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}
""",
    looked_up=(
        "A route table or VPC that is only looked up is not accepted: its routes are not "
        "in the plan."
    ),
    subjects=("aws_subnet",),
    judge=judge,
)
