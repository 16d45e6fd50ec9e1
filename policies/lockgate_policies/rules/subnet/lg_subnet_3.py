"""LG_SUBNET_3: internet-facing load balancers stand in public subnets only."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import LoadBalancer
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every load balancer that is, or may be, internet-facing."""
    for balancer in architecture.load_balancers:
        if balancer.internet_facing is False:
            continue
        yield _judge_balancer(architecture, balancer)


def _judge_balancer(architecture: Architecture, balancer: LoadBalancer) -> Finding:
    if balancer.internet_facing is UNKNOWN:
        return unknown(balancer.address, "whether it is internal is not known until apply")
    subnets = [architecture.subnet(r) for r in balancer.subnets.resources if r.mode == "managed"]
    private = [subnet.address for subnet in subnets if subnet.public is False]
    if private:
        return failed(
            balancer.address, f"is internet-facing and stands in {', '.join(private)}, not public"
        )
    if balancer.subnets.gaps:
        return unknown(balancer.address, balancer.subnets.why)
    if len(subnets) < len(balancer.subnets.resources):
        return unknown(
            balancer.address,
            f"{', '.join(balancer.subnets.looked_up)} is only looked up: its routes are not in "
            "this plan",
        )
    unclear = [subnet for subnet in subnets if subnet.public is UNKNOWN]
    if unclear:
        return unknown(
            balancer.address,
            f"whether {unclear[0].address} is public is not known: {unclear[0].why_unknown}",
        )
    if not subnets:
        return failed(balancer.address, "names no subnet")
    return passed(balancer.address)


RULE = Rule(
    id="LG_SUBNET_3",
    title="An internet-facing load balancer stands in public subnets only",
    severity=Severity.HIGH,
    why=(
        "The nodes of an internet-facing load balancer have public addresses, but in a subnet "
        "without a route to an internet gateway they cannot answer."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "application-load-balancers.html#subnets-load-balancer",
    ),
    fix="Place the load balancer in the public subnets of its VPC.",
    remediation="""\
resource "aws_lb" "this" {
  internal = false
  subnets  = module.network.public_subnet_ids
}
""",
    looked_up="Subnets that are only looked up are not accepted: their routes are not in the plan.",
    subjects=("aws_lb", "aws_alb", "aws_elb"),
    judge=judge,
)
