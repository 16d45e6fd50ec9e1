"""LG_LB_3: production load balancers are protected from deletion."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge application, network and gateway load balancers of production environments."""
    if not architecture.settings.production:
        return
    for resource in architecture.of_type("aws_lb", "aws_alb"):
        protected = resource.value("enable_deletion_protection")
        if protected is UNKNOWN:
            yield unknown(resource.address, "enable_deletion_protection is not known until apply")
        elif protected is True:
            yield passed(resource.address)
        else:
            yield failed(resource.address, "enable_deletion_protection is not set in production")


RULE = Rule(
    id="LG_LB_3",
    title="Production load balancers are protected from deletion",
    severity=Severity.MEDIUM,
    why=(
        "Deleting the load balancer takes the region out of service as surely as losing it; "
        "protection makes that a decision instead of a slip."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#deletion-protection",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-6",
    ),
    fix="Set enable_deletion_protection = true.",
    remediation="""\
resource "aws_lb" "this" {
  enable_deletion_protection = true
}
""",
    subjects=("aws_lb", "aws_alb"),
    judge=judge,
)
