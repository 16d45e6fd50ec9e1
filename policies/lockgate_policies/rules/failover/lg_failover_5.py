"""LG_FAILOVER_5: failover hangs on HTTP(S) health checks of a path."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.failover_health import checks_in_use, watched_records
from ...model.health_checks import HTTP_TYPES, HealthCheck
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every health check of a failover record; of a calculated one, its children."""
    records = watched_records(architecture)
    for watched in records:
        for gap in watched.gaps:
            yield unknown(watched.record.address, gap)
    for check in checks_in_use(records):
        if check.kind != "CALCULATED":
            yield _judge_check(architecture, check)


def _judge_check(architecture: Architecture, check: HealthCheck) -> Finding:
    if check.kind is UNKNOWN:
        return unknown(check.address, "its type is not known until apply: give it as a constant")
    if check.kind not in HTTP_TYPES:
        return failed(
            check.address,
            f"is of type {check.kind}, which sees no answer of the service: use HTTPS or HTTP",
        )
    path = check.resource.value("resource_path")
    if path is UNKNOWN and architecture.gives(check.resource, "resource_path"):
        return unknown(check.address, "resource_path is not known until apply")
    if not isinstance(path, str) or not path:
        return failed(check.address, "has no resource_path: any page counts as healthy")
    return passed(check.address, f"asks for {path}")


RULE = Rule(
    id="LG_FAILOVER_5",
    title="The health checks of failover records are HTTP or HTTPS and ask for a path",
    severity=Severity.HIGH,
    why=(
        "A TCP check is content with an open port: a load balancer accepts connections although "
        "every answer is an error. Only a path that the service answers proves that it serves."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "dns-failover-determining-health-of-endpoints.html",
    ),
    fix="Set type to HTTPS (or HTTP) and resource_path to a page that proves the service works.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  fqdn          = module.load_balancer_primary.load_balancer_dns_name
  type          = "HTTPS"
  port          = 443
  resource_path = "/healthz"
}
""",
    subjects=("aws_route53_health_check", "aws_route53_record"),
    judge=judge,
)
