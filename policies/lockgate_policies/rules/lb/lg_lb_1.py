"""LG_LB_1: a load balancer that a failover record leads to is internet-facing."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each load balancer behind a public failover name."""
    behind: dict[int, Resource] = {}
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            behind.update((id(target), target) for target in record.leads_to.resources)
    for balancer in architecture.load_balancers:
        if id(balancer.resource) not in behind:
            continue
        if balancer.internet_facing is UNKNOWN:
            yield unknown(balancer.address, "internal is not known until apply: give it a constant")
        elif balancer.internet_facing:
            yield passed(balancer.address)
        else:
            yield failed(balancer.address, "is internal, and a public failover record leads to it")


RULE = Rule(
    id="LG_LB_1",
    title="A load balancer that a failover record leads to is internet-facing",
    severity=Severity.HIGH,
    why=(
        "Public DNS answers with its name, but an internal load balancer has private "
        "addresses only: clients and Route 53's health checkers cannot reach it."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme",
    ),
    fix="Set internal = false, and place it in public subnets.",
    remediation="""\
resource "aws_lb" "this" {
  internal = false
  subnets  = module.network.public_subnet_ids
}
""",
    subjects=("aws_lb", "aws_alb", "aws_elb"),
    judge=judge,
)
