"""LG_FAILOVER_9: detection and the record's TTL fit into the recovery time objective."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.failover_health import WatchedRecord, watched_records
from ...model.health_checks import PROBING_TYPES, HealthCheck
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Add up, for every PRIMARY, how long its name may lead to a region that is gone."""
    budget = architecture.settings.recovery_time_objective
    for watched in watched_records(architecture):
        if watched.record.role == "SECONDARY":
            continue
        for gap in watched.gaps:
            yield unknown(watched.record.address, gap)
        for check in watched.checks:
            # A calculated check is as slow as its children; only probes take time of their own.
            if check.kind is UNKNOWN or check.kind in PROBING_TYPES:
                yield _judge_check(watched, check, budget)


def _judge_check(watched: WatchedRecord, check: HealthCheck, budget: int) -> Finding:
    record = watched.record
    missing = [
        name
        for name, value in (
            ("request_interval", check.interval),
            ("failure_threshold", check.threshold),
            (f"the ttl of {record.address}", record.ttl),
        )
        if value is UNKNOWN
    ]
    if missing:
        return unknown(
            check.address,
            f"{' and '.join(missing)} must be known to add up the recovery time: give a number",
        )
    total = check.detection + record.ttl
    arithmetic = f"{check.interval} s × {check.threshold} + {record.ttl} s = {total} s"
    if total <= budget:
        return passed(check.address, f"{arithmetic}, within the budget of {budget} s")
    return failed(
        check.address,
        f"{arithmetic} exceeds the budget of {budget} s (interval × threshold, then the TTL of "
        f"{record.address})",
    )


RULE = Rule(
    id="LG_FAILOVER_9",
    title="Detection and TTL fit into the recovery time objective",
    severity=Severity.HIGH,
    why=(
        "A region counts as lost after `failure_threshold` failed probes, one per "
        "`request_interval`, and resolvers keep the old answer for the record's TTL (60 seconds "
        "for the alias of a load balancer). Only then do users arrive in the other region."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "dns-failover-determining-health-of-endpoints.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "resource-record-sets-choosing-alias-non-alias.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_planning_for_recovery_objective_defined_recovery.html",
    ),
    fix="Lower request_interval, failure_threshold or the TTL, or promise a longer recovery time.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  # ...
  request_interval  = 10
  failure_threshold = 3 # 10 s × 3 + 60 s = 90 s
}
""",
    subjects=("aws_route53_health_check", "aws_route53_record"),
    judge=judge,
)
