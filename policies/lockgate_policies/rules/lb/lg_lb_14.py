"""LG_LB_14: a scaling group replaces the servers that its load balancer finds unhealthy."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

_GROUP = "aws_autoscaling_group"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge scaling groups behind target groups. By default they ask EC2 only.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    """
    groups = {
        id(target): target
        for registration in architecture.registrations
        for target in registration.targets.resources
        if target.type == _GROUP and target.mode == "managed"
    }
    for group in groups.values():
        yield _judge_group(architecture, group)


def _judge_group(architecture: Architecture, group: Resource) -> Finding:
    kind = group.value("health_check_type")
    if kind is UNKNOWN and architecture.gives(group, "health_check_type"):
        return unknown(group.address, "health_check_type is not known until apply")
    # Newer providers take several, with commas.
    kinds = [part.strip() for part in kind.split(",")] if isinstance(kind, str) else []
    if "ELB" in kinds:
        return passed(group.address)
    shown = f'is "{kind}"' if kinds and kind else "is not given, which means EC2"
    return failed(
        group.address,
        f"health_check_type {shown}: a server that its load balancer finds unhealthy is kept, and "
        "never replaced",
    )


RULE = Rule(
    id="LG_LB_14",
    title="Scaling groups replace the servers that their load balancer finds unhealthy",
    severity=Severity.HIGH,
    why=(
        "EC2 calls a machine healthy that runs, whatever its program does. A server that answers "
        "nothing gets no requests any more, and still counts as one of the group: capacity is gone "
        "that nothing brings back, in the region that has to carry all."
    ),
    sources=(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-add-elb-healthcheck.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html",
    ),
    fix='Set health_check_type = "ELB", with a health_check_grace_period for the start.',
    remediation="""\
resource "aws_autoscaling_group" "this" {
  target_group_arns         = [aws_lb_target_group.this.arn]
  health_check_type         = "ELB"
  health_check_grace_period = 120
  # ...
}
""",
    subjects=(_GROUP,),
    judge=judge,
)
