"""LG_FAILOVER_6: a health check probes neither the failover name nor a single server."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.failover_health import checks_in_use, watched_records
from ...model.health_checks import HealthCheck
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN
from ...model.record_names import record_name

_SINGLE = (
    "aws_instance",
    "aws_eip",
    "aws_eip_association",
    "aws_network_interface",
    "aws_spot_instance_request",
    "aws_lightsail_instance",
    "aws_lightsail_static_ip",
)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge what every health check of a failover record probes."""
    records = watched_records(architecture)
    failing_over = [watched.record.resource for watched in records]
    names = {name for r in failing_over if (name := record_name(architecture.references, r))}
    for watched in records:
        for gap in watched.gaps:
            yield unknown(watched.record.address, gap)
    for check in checks_in_use(records):
        if check.kind != "CALCULATED":
            yield _judge_check(architecture, check, failing_over, names)


def _judge_check(
    architecture: Architecture, check: HealthCheck, failing_over: list[Resource], names: set[str]
) -> Finding:
    resource = check.resource
    address = resource.value("ip_address")
    if isinstance(address, str) and address:
        return failed(check.address, f"probes the one address {address}, not a load balancer")
    single = [target.address for target in check.probes.resources if target.type in _SINGLE]
    if single:
        return failed(check.address, f"probes {', '.join(single)}, a single server or address")
    if address is UNKNOWN and architecture.gives(resource, "ip_address"):
        return unknown(check.address, "which address it probes is not known: probe a name by fqdn")
    fqdn = resource.value("fqdn")
    name = fqdn.lower().rstrip(".") if isinstance(fqdn, str) else ""
    named = architecture.targets(resource, "fqdn").resources
    if name in names or any(target in failing_over for target in (*named, *check.probes.resources)):
        return failed(
            check.address,
            f"probes the failover name {name or 'itself'}: after a failover it sees the other "
            "region answer, and fails back into the fault",
        )
    if check.probes.gaps and not check.probes.resources:
        return unknown(check.address, check.probes.why)
    return passed(check.address)


RULE = Rule(
    id="LG_FAILOVER_6",
    title="A health check probes neither the failover name itself nor a single server",
    severity=Severity.CRITICAL,
    why=(
        "A check of the failover name follows the failover: it turns healthy as soon as the other "
        "region answers, and DNS flaps between them. A check of one instance or Elastic IP takes "
        "the whole region out of service for the fault of one server."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "health-checks-creating-values.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-problems.html",
    ),
    fix="Set fqdn to the DNS name of the region's own load balancer.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  fqdn = module.load_balancer_primary.load_balancer_dns_name
  # ...
}
""",
    subjects=("aws_route53_health_check", "aws_route53_record"),
    judge=judge,
)
