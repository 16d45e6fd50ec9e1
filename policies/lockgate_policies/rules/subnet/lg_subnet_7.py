"""LG_SUBNET_7: the address ranges of the VPCs do not overlap."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.address_ranges import overlap, vpc_ranges
from ...model.architecture import Architecture, named_region


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Compare every VPC with every other one, whatever their regions."""
    ranges = {vpc.address: vpc_ranges(architecture, vpc.resource) for vpc in architecture.vpcs}
    if len(ranges) < 2:
        return
    for vpc in architecture.vpcs:
        clashes = [
            f"{other.address} ({theirs}, {named_region(other.region)})"
            for other in architecture.vpcs
            if other is not vpc
            for theirs in ranges[other.address]
            for mine in ranges[vpc.address]
            if theirs is not None and mine is not None and overlap(mine, theirs)
        ]
        if clashes:
            mine_named = ", ".join(str(mine) for mine in ranges[vpc.address])
            yield failed(vpc.address, f"{mine_named} overlaps {', '.join(clashes)}")
        elif None in ranges[vpc.address]:
            yield unknown(
                vpc.address,
                "cidr_block is not known until apply: give it as a constant or variable",
            )
        else:
            yield passed(vpc.address)


RULE = Rule(
    id="LG_SUBNET_7",
    title="The address ranges of the VPCs do not overlap",
    severity=Severity.MEDIUM,
    why=(
        "Networks whose ranges overlap can be neither peered nor joined by a transit gateway, so "
        "replication between the regions is cut off for good: a VPC's range cannot be changed."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html"
        "#vpc-peering-limitations",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_planning_network_topology_non_overlap_ip.html",
    ),
    fix="Give every VPC a range of its own, such as 10.0.0.0/16 and 10.1.0.0/16.",
    remediation="""\
resource "aws_vpc" "secondary" {
  provider   = aws.secondary
  cidr_block = "10.1.0.0/16" # the primary's: 10.0.0.0/16
}
""",
    subjects=("aws_vpc",),
    judge=judge,
)
