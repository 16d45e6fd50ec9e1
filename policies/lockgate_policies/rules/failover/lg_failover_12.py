"""LG_FAILOVER_12: the SECONDARY's health is judged too."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every SECONDARY record (the PRIMARY's health check is LG_FAILOVER_3's)."""
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            if record.role is UNKNOWN:
                yield unknown(record.address, "its failover type is not known until apply")
            elif record.role != "SECONDARY":
                continue
            elif record.has_health_check is True:
                yield passed(record.address, "has a health check")
            elif record.evaluates_target_health is UNKNOWN:
                yield unknown(record.address, "alias.evaluate_target_health is not known")
            elif record.evaluates_target_health:
                yield passed(record.address, "evaluates its target's health")
            else:
                yield failed(
                    record.address,
                    "the SECONDARY record has no health_check_id and does not evaluate its "
                    "target's health: nobody notices when the standby is broken",
                )


RULE = Rule(
    id="LG_FAILOVER_12",
    title="The SECONDARY record has a health check or evaluates its target's health",
    severity=Severity.HIGH,
    why=(
        "A standby that nobody looks at is found broken on the day it is needed. With its health "
        "judged, Route 53 also knows to answer with the PRIMARY when both are unhealthy."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "resource-record-sets-values-failover-alias.html",
    ),
    fix="Tie the SECONDARY to a health check of its own region's load balancer.",
    remediation="""\
resource "aws_route53_record" "secondary" {
  # ...
  health_check_id = aws_route53_health_check.secondary.id
}
""",
    subjects=("aws_route53_record",),
    judge=judge,
)
