"""LG_FAILOVER_13: an active-active name is answered by both regions, and drops a lost one."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.cross_region_routing import ACCELERATOR, read_routing
from ...model.failover_records import FailoverRecord
from ...model.plan_values import UNKNOWN
from ...model.routed_records import RoutedSet, read_routed_sets


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each set of records that share a name, and that there is any way to both regions."""
    sets = read_routed_sets(architecture)
    accelerated = [r for r in read_routing(architecture) if r.kind == ACCELERATOR]
    yield from (passed("", route.words) for route in accelerated)
    if not sets and not accelerated:
        yield failed(
            "",
            "no name is led to both regions: neither by weighted, latency, geolocation or "
            "multivalue records nor by Global Accelerator",
        )
    for routed in sets:
        for record in routed.records:
            yield _judge_record(architecture, routed, record)


def _judge_record(architecture: Architecture, routed: RoutedSet, record: FailoverRecord) -> Finding:
    wanted = set(architecture.expected_regions)
    if not routed.regions - {UNKNOWN} and UNKNOWN not in routed.regions:
        return unknown(record.address, f"what {routed.title} leads to is not known")
    if missing := sorted(wanted - routed.regions):
        message = f"{routed.title} has no record that leads to {' or '.join(missing)}"
        return (
            unknown(record.address, message)
            if UNKNOWN in routed.regions
            else failed(record.address, message)
        )
    notices = (record.has_health_check, record.evaluates_target_health)
    if any(notice is True for notice in notices):
        return passed(record.address)
    if UNKNOWN in notices:
        return unknown(record.address, "whether it has a health check is not known until apply")
    return failed(
        record.address,
        "it has no health_check_id and does not evaluate its target's health, so clients are led "
        "to its region also when that is lost",
    )


RULE = Rule(
    id="LG_FAILOVER_13",
    title="An active-active name leads to both regions, and each of its records notices a loss",
    severity=Severity.CRITICAL,
    why=(
        "In an active-active pair the name leads to both regions all the time. Route 53 leaves a "
        "weighted, latency, geolocation or multivalue record out of its answers only while that "
        "record counts as unhealthy: by a health check, or by its alias target's health. Without "
        "either it goes on sending its share of the clients to a region that is lost. Global "
        "Accelerator checks its endpoints by itself."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "health-checks-how-route-53-chooses-records.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html#multi-site-activeactive",
    ),
    fix="Give each record a health check, or set evaluate_target_health in its alias.",
    remediation="""\
resource "aws_route53_record" "east" {
  # ...
  set_identifier  = "us-east-1"
  health_check_id = aws_route53_health_check.east.id

  latency_routing_policy {
    region = "us-east-1"
  }

  alias {
    name                   = aws_lb.east.dns_name
    zone_id                = aws_lb.east.zone_id
    evaluate_target_health = true
  }
}
""",
    subjects=("aws_route53_record",),
    judge=judge,
)
