"""LG_FAILOVER_7: the health checks of failover records are neither disabled nor inverted."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.failover_health import checks_in_use, watched_records
from ...model.health_checks import HealthCheck
from ...model.plan_values import UNKNOWN

_MEANS = {
    "disabled": "is disabled: Route 53 counts it as healthy always",
    "invert_healthcheck": "is inverted: it counts as healthy when its endpoint is not",
}


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every health check of a failover record, calculated ones and their children too."""
    records = watched_records(architecture)
    for watched in records:
        for gap in watched.gaps:
            yield unknown(watched.record.address, gap)
    for check in checks_in_use(records):
        yield _judge_check(architecture, check)


def _judge_check(architecture: Architecture, check: HealthCheck) -> Finding:
    # Both are false by default:
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    values = {name: flag(architecture, check.resource, name) for name in _MEANS}
    for name, words in _MEANS.items():
        if values[name] is True:
            return failed(check.address, f"{words} ({name} = true)")
    for name, value in values.items():
        if value is UNKNOWN:
            return unknown(check.address, f"{name} is not known until apply: give it as a constant")
    return passed(check.address)


RULE = Rule(
    id="LG_FAILOVER_7",
    title="The health checks of failover records are neither disabled nor inverted",
    severity=Severity.CRITICAL,
    why=(
        "A disabled check is healthy whatever happens, so nothing ever fails over. An inverted one "
        "sends users away from a region that works, and keeps them in one that is gone."
    ),
    sources=("https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",),
    fix="Remove disabled and invert_healthcheck from the health check.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  # ...
  disabled           = false
  invert_healthcheck = false
}
""",
    subjects=("aws_route53_health_check", "aws_route53_record"),
    judge=judge,
)
