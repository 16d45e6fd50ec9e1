"""LG_NET_6: a VPC with subnets resolves names."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.networks import Vpc
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every VPC with subnets. By default it resolves names, and gives none to its hosts."""
    for vpc in architecture.vpcs:
        if vpc.subnets:
            yield _judge_vpc(architecture, vpc)


def _judge_vpc(architecture: Architecture, vpc: Vpc) -> Finding:
    support = flag(architecture, vpc.resource, "enable_dns_support", default=True)
    if support is False:
        return failed(
            vpc.address,
            "enable_dns_support is false: nothing in it finds its database, or any API of AWS, by "
            "name",
        )
    names = flag(architecture, vpc.resource, "enable_dns_hostnames", default=False)
    needing = _needing_hostnames(architecture, vpc)
    if names is False and needing:
        return failed(
            vpc.address,
            f"enable_dns_hostnames is not set, and {needing} is found by name only with it",
        )
    if support is UNKNOWN or (names is UNKNOWN and needing):
        return unknown(
            vpc.address,
            "enable_dns_support or enable_dns_hostnames is not known until apply: give it as a "
            "constant",
        )
    return passed(vpc.address)


def _needing_hostnames(architecture: Architecture, vpc: Vpc) -> str:
    """What in a VPC needs DNS hostnames beside DNS support, or "" if nothing is known to."""
    for endpoint in architecture.of_type("aws_vpc_endpoint"):
        if flag(architecture, endpoint, "private_dns_enabled") is True and _is_in(
            architecture, endpoint, "vpc_id", vpc
        ):
            return endpoint.address
    for zone in architecture.of_type("aws_route53_zone"):
        for index, _ in enumerate(zone.blocks("vpc")):
            if _is_in(architecture, zone, f"vpc.{index}.vpc_id", vpc):
                return zone.address
    for association in architecture.of_type("aws_route53_zone_association"):
        if _is_in(architecture, association, "vpc_id", vpc):
            return association.address
    subnets = [subnet.resource for subnet in vpc.subnets]
    for mount in architecture.of_type("aws_efs_mount_target"):
        targets = architecture.targets(mount, "subnet_id", "aws_subnet")
        if any(subnet in targets.resources for subnet in subnets):
            return mount.address
    return ""


def _is_in(architecture: Architecture, resource: Resource, path: str, vpc: Vpc) -> bool:
    return vpc.resource in architecture.targets(resource, path, "aws_vpc").resources


RULE = Rule(
    id="LG_NET_6",
    title="A VPC with subnets resolves names",
    severity=Severity.CRITICAL,
    why=(
        "Databases, caches and AWS's APIs are found by name. Without DNS support nobody in the VPC "
        "answers for a name. Without DNS hostnames, private hosted zones, the private names of "
        "endpoints and file systems are not found."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html",
    ),
    fix="Set enable_dns_support and enable_dns_hostnames of the VPC to true.",
    remediation="""\
resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}
""",
    looked_up="Of a VPC that is only looked up nothing is said.",
    subjects=("aws_vpc",),
    judge=judge,
)
