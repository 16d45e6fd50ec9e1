"""LG_LB_4: production load balancers log their requests."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge application and network load balancers of production environments."""
    if not architecture.settings.production:
        return
    for resource in architecture.of_type("aws_lb", "aws_alb"):
        if resource.value("load_balancer_type") == "gateway":
            continue  # a gateway load balancer has no access logs
        enabled = resource.value("access_logs.0.enabled")
        bucket = resource.value("access_logs.0.bucket")
        named = bucket is UNKNOWN or bool(bucket)
        if enabled is UNKNOWN:
            yield unknown(resource.address, "access_logs.enabled is not known until apply")
        elif enabled is True and named:
            yield passed(resource.address)
        else:
            yield failed(resource.address, "has no enabled access_logs with a bucket")


RULE = Rule(
    id="LG_LB_4",
    title="Production load balancers log their requests",
    severity=Severity.MEDIUM,
    why=(
        "After a failover, the access logs are the only record of which requests were lost "
        "and when the first good answer came."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-5",
    ),
    fix="Add an access_logs block with enabled = true and a bucket in the same region.",
    remediation="""\
resource "aws_lb" "this" {
  access_logs {
    bucket  = module.access_logs.bucket
    enabled = true
  }
}
""",
    subjects=("aws_lb", "aws_alb"),
    judge=judge,
)
