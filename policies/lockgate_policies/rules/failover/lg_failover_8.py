"""LG_FAILOVER_8: the interval and threshold of health checks are ones that AWS accepts."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.failover_health import checks_in_use, watched_records
from ...model.health_checks import PROBING_TYPES, HealthCheck
from ...model.plan_values import UNKNOWN

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
_INTERVALS = (10, 30)
_THRESHOLDS = range(1, 11)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every probing health check of a failover record."""
    records = watched_records(architecture)
    for watched in records:
        for gap in watched.gaps:
            yield unknown(watched.record.address, gap)
    for check in checks_in_use(records):
        if check.kind is UNKNOWN or check.kind in PROBING_TYPES:
            yield _judge_check(check)


def _judge_check(check: HealthCheck) -> Finding:
    wrong = []
    if check.interval is not UNKNOWN and check.interval not in _INTERVALS:
        wrong.append(f"request_interval {check.interval} is not 10 or 30 seconds")
    if check.threshold is not UNKNOWN and check.threshold not in _THRESHOLDS:
        wrong.append(f"failure_threshold {check.threshold} is not 1 to 10")
    if wrong:
        return failed(check.address, "; ".join(wrong))
    if UNKNOWN in (check.interval, check.threshold):
        return unknown(
            check.address,
            "request_interval or failure_threshold is not known until apply: give them as numbers",
        )
    return passed(check.address)


RULE = Rule(
    id="LG_FAILOVER_8",
    title="A health check's interval is 10 or 30 seconds and its threshold 1 to 10",
    severity=Severity.HIGH,
    why=(
        "Route 53 knows no other values. It refuses them when the plan is applied, possibly after "
        "the rest of the failover has already changed."
    ),
    sources=("https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",),
    fix="Set request_interval to 10 or 30 and failure_threshold to a number from 1 to 10.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  # ...
  request_interval  = 10
  failure_threshold = 3
}
""",
    subjects=("aws_route53_health_check", "aws_route53_record"),
    judge=judge,
)
