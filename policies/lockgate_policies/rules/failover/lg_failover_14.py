"""LG_FAILOVER_14: a calculated health check can be both healthy and unhealthy."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import number
from ...model.health_checks import HealthCheck
from ...model.plan_values import UNKNOWN

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
_MOST_CHILDREN = 255


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every calculated health check; not given, its threshold is all of its children."""
    for check in architecture.health_checks:
        if check.kind == "CALCULATED":
            yield _judge_check(architecture, check)


def _judge_check(architecture: Architecture, check: HealthCheck) -> Finding:
    named = check.resource.value("child_healthchecks")
    children = len(named) if isinstance(named, list) else len(check.children.resources)
    certain = isinstance(named, list) or not check.children.gaps
    threshold = number(architecture, check.resource, "child_health_threshold", children)
    if threshold == 0:
        return failed(
            check.address, "child_health_threshold is 0: it is healthy whatever its children say"
        )
    if certain and not children:
        return failed(check.address, "has no child health check: it is never healthy")
    if certain and children > _MOST_CHILDREN:
        return failed(check.address, f"has {children} children, and AWS takes {_MOST_CHILDREN}")
    if threshold is UNKNOWN or not certain:
        why = check.children.why if threshold is not UNKNOWN else ""
        return unknown(
            check.address,
            f"child_health_threshold or its children are not known: {why or 'give a number'}",
        )
    if threshold > children:
        return failed(
            check.address,
            f"child_health_threshold is {threshold}, and it has {children} child health check(s): "
            "it is never healthy",
        )
    return passed(check.address, f"{threshold} of {children} must be healthy")


RULE = Rule(
    id="LG_FAILOVER_14",
    title="A calculated health check asks for at least one and at most all of its children",
    severity=Severity.CRITICAL,
    why=(
        "With a threshold of 0 a calculated check is healthy always, and nothing fails over. With "
        "one above the number of its children it is unhealthy always, and the region that it is "
        "for gets no request."
    ),
    sources=("https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",),
    fix="Set child_health_threshold to a number from 1 to that of child_healthchecks.",
    remediation="""\
resource "aws_route53_health_check" "whole" {
  type                   = "CALCULATED"
  child_health_threshold = 2
  child_healthchecks = [
    aws_route53_health_check.web.id,
    aws_route53_health_check.api.id,
  ]
}
""",
    subjects=("aws_route53_health_check",),
    judge=judge,
)
