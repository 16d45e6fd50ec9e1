"""LG_SUBNET_1: a VPC that faces the internet has two public subnets in two zones."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.networks import Vpc
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every VPC that has an internet gateway, a public subnet or such a load balancer."""
    facing = _internet_facing(architecture)
    for vpc in architecture.vpcs:
        public = [subnet for subnet in vpc.subnets if subnet.public is True]
        if not public and id(vpc.resource) not in facing:
            continue
        zones = {subnet.zone for subnet in public} - {UNKNOWN}
        if len(zones) >= 2:
            yield passed(vpc.address, f"public subnets in {', '.join(sorted(zones))}")
        elif gaps := _gaps(architecture, vpc):
            yield unknown(vpc.address, gaps)
        elif len(public) < 2:
            yield failed(
                vpc.address,
                f"has {len(public)} public subnet(s)"
                f"{''.join(f' ({subnet.address})' for subnet in public)}, two are needed",
            )
        else:
            where = ", ".join(sorted(zones)) or "none"
            yield failed(
                vpc.address,
                f"has its {len(public)} public subnets in one zone ({where}): "
                f"{', '.join(subnet.address for subnet in public)}",
            )


def _internet_facing(architecture: Architecture) -> set[int]:
    facing: set[int] = set()
    for gateway in architecture.of_type("aws_internet_gateway"):
        facing |= {id(v) for v in architecture.targets(gateway, "vpc_id", "aws_vpc").resources}
    for balancer in architecture.load_balancers:
        if balancer.internet_facing is False:
            continue
        for subnet in architecture.subnets:
            if subnet.resource in balancer.subnets.resources:
                facing |= {id(vpc) for vpc in subnet.vpc.resources}
    return facing


def _gaps(architecture: Architecture, vpc: Vpc) -> str:
    lost = [subnet for subnet in architecture.subnets if subnet.vpc.gaps]
    words = [subnet.vpc.why for subnet in lost]
    words += [subnet.why_unknown for subnet in vpc.subnets if subnet.public is UNKNOWN]
    words += [
        f"{subnet.address}: its availability zone is not known until apply, set availability_zone"
        for subnet in vpc.subnets
        if subnet.public is True and subnet.zone is UNKNOWN
    ]
    return "; ".join(dict.fromkeys(word for word in words if word))


RULE = Rule(
    id="LG_SUBNET_1",
    title="A VPC that faces the internet has public subnets in at least two zones",
    severity=Severity.HIGH,
    why=(
        "A load balancer needs subnets in two availability zones to survive the loss of one; a "
        "region that a zone failure takes down cannot be anyone's failover."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "application-load-balancers.html#subnets-load-balancer",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
    ),
    fix="Create a public subnet in each of at least two availability zones.",
    remediation="""\
resource "aws_subnet" "public" {
  for_each          = toset(["us-east-1a", "us-east-1b"])
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  # cidr_block = ...
}
""",
    subjects=("aws_vpc",),
    judge=judge,
)
