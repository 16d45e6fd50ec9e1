"""LG_LB_8: application load balancers drop invalid header fields."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every application load balancer; the other types know no headers."""
    for resource in architecture.of_type("aws_lb", "aws_alb"):
        if resource.value("load_balancer_type") in ("network", "gateway"):
            continue
        drops = resource.value("drop_invalid_header_fields")
        if drops is UNKNOWN:
            yield unknown(resource.address, "drop_invalid_header_fields is not known until apply")
        elif drops is True:
            yield passed(resource.address)
        else:
            yield failed(resource.address, "drop_invalid_header_fields is false, the default")


RULE = Rule(
    id="LG_LB_8",
    title="Application load balancers drop invalid header fields",
    severity=Severity.MEDIUM,
    why=(
        "Header names that are not valid HTTP are how requests are smuggled past a load "
        "balancer; dropping them costs nothing."
    ),
    sources=("https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-4",),
    fix="Set drop_invalid_header_fields = true.",
    remediation="""\
resource "aws_lb" "this" {
  drop_invalid_header_fields = true
}
""",
    subjects=("aws_lb", "aws_alb"),
    judge=judge,
)
