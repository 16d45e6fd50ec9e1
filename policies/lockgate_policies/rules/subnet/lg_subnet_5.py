"""LG_SUBNET_5: only public subnets hand out public addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.networks import Subnet
from ...model.plan_values import UNKNOWN, Value

_IPV4 = "map_public_ip_on_launch"
_IPV6 = "assign_ipv6_address_on_creation"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every subnet that hands out public addresses, or may.

    Both arguments are false by default. Every IPv6 address is public, but without a route to an
    internet gateway nobody can reach it, so IPv6 matters only beside such a route.
    """
    for subnet in architecture.subnets:
        ipv4 = flag(architecture, subnet.resource, _IPV4)
        ipv6 = flag(architecture, subnet.resource, _IPV6)
        if ipv4 is not False:
            yield _judge_subnet(subnet, _IPV4, ipv4)
        if ipv6 is not False and subnet.gateway_routes:
            yield _judge_subnet(subnet, _IPV6, ipv6)


def _judge_subnet(subnet: Subnet, argument: str, value: Value) -> Finding:
    if subnet.public is True and subnet.declared_tier != "private":
        return passed(subnet.address)
    if value is UNKNOWN:
        return unknown(
            subnet.address, f"{argument} is not known until apply: give it as a constant"
        )
    if subnet.public is UNKNOWN and subnet.declared_tier != "private":
        return unknown(
            subnet.address,
            f"{argument} is true, and whether the subnet is public is not known: "
            f"{subnet.why_unknown}",
        )
    kind = "called private" if subnet.declared_tier == "private" else "not public"
    return failed(subnet.address, f"{argument} is true, but the subnet is {kind}")


RULE = Rule(
    id="LG_SUBNET_5",
    title="Only public subnets hand out public addresses",
    severity=Severity.HIGH,
    why=(
        "A public address in a private subnet is useless at best. At worst one route, added later, "
        "puts everything in the subnet on the internet at once."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-15",
    ),
    fix="Set map_public_ip_on_launch and assign_ipv6_address_on_creation to false.",
    remediation="""\
resource "aws_subnet" "private" {
  # ...
  map_public_ip_on_launch = false
}
""",
    subjects=("aws_subnet",),
    judge=judge,
)
