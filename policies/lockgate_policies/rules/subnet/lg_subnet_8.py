"""LG_SUBNET_8: a subnet's range lies within its VPC's, and overlaps no other subnet's."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.address_ranges import AddressRange, address_range, lies_within, overlap, vpc_ranges
from ...model.architecture import Architecture
from ...model.networks import Subnet
from ...model.plan_values import UNKNOWN
from ...model.targets import Targets


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge the IPv4 range of every subnet; one for IPv6 alone has none."""
    ranges: dict[str, list[AddressRange | None]] = {}
    neighbours: dict[str, list[tuple[Subnet, AddressRange]]] = {}
    for subnet in architecture.subnets:
        mine = address_range(subnet.resource.value("cidr_block"))
        for vpc in subnet.vpc.resources:
            if vpc.address not in ranges:
                ranges[vpc.address] = vpc_ranges(architecture, vpc)
            if mine is not None:
                neighbours.setdefault(vpc.address, []).append((subnet, mine))
    for subnet in architecture.subnets:
        cidr = subnet.resource.value("cidr_block")
        mine = address_range(cidr)
        if cidr is UNKNOWN:
            networks = architecture.references.by_argument(subnet.resource).get(
                "cidr_block", Targets()
            )
            looked_up = "".join(f"; {address} is only looked up" for address in networks.looked_up)
            yield unknown(
                subnet.address,
                f"cidr_block is not known until apply: derive it from a known range{looked_up}",
            )
        elif mine is None and cidr is not None:
            yield failed(subnet.address, f"cidr_block {cidr} is no address range")
        elif mine is not None and not subnet.vpc.resources:
            yield unknown(subnet.address, subnet.vpc.why or "which VPC it belongs to is not known")
        elif mine is not None:
            yield next(
                finding
                for vpc in subnet.vpc.addresses
                for finding in (
                    _within(subnet, mine, vpc, ranges[vpc]),
                    _apart(subnet, mine, neighbours[vpc]),
                    passed(subnet.address),
                )
                if finding is not None
            )


def _within(
    subnet: Subnet, mine: AddressRange, vpc: str, ranges: list[AddressRange | None]
) -> Finding | None:
    if any(other is not None and lies_within(mine, other) for other in ranges):
        return None
    if None in ranges:
        return unknown(subnet.address, f"the address ranges of {vpc} are not known")
    named = ", ".join(str(one) for one in ranges)
    return failed(subnet.address, f"{mine} does not lie within {named} of {vpc}")


def _apart(
    subnet: Subnet, mine: AddressRange, neighbours: list[tuple[Subnet, AddressRange]]
) -> Finding | None:
    for other, theirs in neighbours:
        if other is not subnet and overlap(mine, theirs):
            return failed(subnet.address, f"{mine} overlaps {theirs} of {other.address}")
    return None


RULE = Rule(
    id="LG_SUBNET_8",
    title="A subnet's range lies within its VPC's and overlaps no other subnet's",
    severity=Severity.MEDIUM,
    why=(
        "AWS refuses such a subnet only when the plan is applied, with half of the network built. "
        "It tells of a range that was changed in one place and not in the other."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",),
    fix="Derive the ranges of subnets from their VPC's with cidrsubnet().",
    remediation="""\
resource "aws_subnet" "public" {
  for_each   = { us-east-1a = 0, us-east-1b = 1 }
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
}
""",
    looked_up="A VPC that is only looked up is not accepted: its ranges are not in the plan.",
    subjects=("aws_subnet",),
    judge=judge,
)
