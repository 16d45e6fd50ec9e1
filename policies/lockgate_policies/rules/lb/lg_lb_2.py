"""LG_LB_2: a load balancer stands in at least two zones of one VPC."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import LoadBalancer
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Count the zones and the VPCs of each load balancer's subnets."""
    for balancer in architecture.load_balancers:
        yield _judge_balancer(architecture, balancer)


def _judge_balancer(architecture: Architecture, balancer: LoadBalancer) -> Finding:
    managed = [resource for resource in balancer.subnets.resources if resource.mode == "managed"]
    subnets = [architecture.subnet(resource) for resource in managed]
    vpcs = {vpc.address for subnet in subnets for vpc in subnet.vpc.resources}
    if len(vpcs) > 1:
        return failed(balancer.address, f"has subnets in several VPCs: {', '.join(sorted(vpcs))}")
    zones = {subnet.zone for subnet in subnets} - {UNKNOWN}
    if len(zones) >= 2:
        return passed(balancer.address, f"stands in {', '.join(sorted(zones))}")
    if balancer.subnets.gaps or len(managed) < len(balancer.subnets.resources):
        why = balancer.subnets.why or (
            f"{', '.join(balancer.subnets.looked_up)} is only looked up, not managed in this plan"
        )
        return unknown(balancer.address, f"its zones are not known: {why}")
    unzoned = [subnet.address for subnet in subnets if subnet.zone is UNKNOWN]
    if unzoned:
        return unknown(
            balancer.address,
            f"the zone of {', '.join(unzoned)} is not known until apply: set availability_zone",
        )
    where = f"only {zones.pop()}" if zones else "no zone"
    names = ", ".join(subnet.address for subnet in subnets) or "none"
    return failed(balancer.address, f"stands in {where} (subnets: {names}), two zones are needed")


RULE = Rule(
    id="LG_LB_2",
    title="A load balancer stands in at least two zones of one VPC",
    severity=Severity.HIGH,
    why=(
        "A load balancer in one zone goes down with it; its subnets decide the zones, and all "
        "of them must belong to one VPC."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer",
    ),
    fix="Give it one subnet in each of at least two availability zones of its VPC.",
    remediation="""\
resource "aws_lb" "this" {
  subnets = module.network.public_subnet_ids # one per zone
}
""",
    looked_up=(
        "Subnets that are only looked up are not accepted: their zones and VPC are not in the plan."
    ),
    subjects=("aws_lb", "aws_alb", "aws_elb"),
    judge=judge,
)
