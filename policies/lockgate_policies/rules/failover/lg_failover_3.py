"""LG_FAILOVER_3: the PRIMARY's health check probes the load balancer of its own region."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import (
    LOAD_BALANCER_TYPES,
    REGIONAL_API_TYPES,
    Architecture,
    named_region,
)
from ...model.failover_records import FailoverRecord
from ...model.health_checks import PROBING_TYPES, HealthCheck
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Follow each PRIMARY record to its health check, and the check to what it probes."""
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            if record.role == "PRIMARY":
                yield from _judge_primary(architecture, record)


def _judge_primary(architecture: Architecture, record: FailoverRecord) -> Iterator[Finding]:
    if record.has_health_check is False:
        yield failed(
            record.address, "the PRIMARY record has no health_check_id: it always counts as healthy"
        )
        return
    checks = record.health_checks
    if not checks.resources:
        yield unknown(record.address, checks.why or "its health check is not managed in this plan")
        return
    for check in checks.resources:
        yield from _judge_check(architecture, record, HealthCheck(architecture, check), 0)


def _judge_check(
    architecture: Architecture, record: FailoverRecord, check: HealthCheck, depth: int
) -> Iterator[Finding]:
    if check.kind == "CALCULATED" and depth < 8:
        children = check.children
        if not children.resources:
            yield unknown(check.address, children.why or "its child health checks are not known")
        for child in children.resources:
            yield from _judge_check(
                architecture, record, HealthCheck(architecture, child), depth + 1
            )
        return
    if check.kind is UNKNOWN or check.kind not in PROBING_TYPES:
        yield unknown(
            check.address,
            f"a health check of type {check.kind} probes no endpoint that a plan can name; use "
            "HTTP or HTTPS against the region's load balancer",
        )
        return
    home = _balancers(record.leads_to.resources)
    probed = _balancers(check.probes.resources)
    if not probed:
        elsewhere = ", ".join(check.probes.addresses)
        if check.probes.gaps:
            yield unknown(check.address, check.probes.why)
        else:
            yield failed(
                check.address,
                f"probes {elsewhere or 'nothing of this plan'}, not the load balancer that "
                f"{record.address} leads to",
            )
        return
    if not home:
        yield unknown(record.address, record.leads_to.why or "its load balancer is not known")
        return
    if set(probed) <= set(home) or _are_of_one_api(architecture, probed, home):
        yield passed(check.address, f"probes {', '.join(b.address for b in probed)}")
        return
    regions = ", ".join(f"{b.address} in {named_region(architecture.region(b))}" for b in probed)
    yield failed(
        check.address,
        f"probes {regions}, but {record.address} leads to "
        f"{', '.join(b.address for b in home)}: losing that region goes unnoticed",
    )


def _are_of_one_api(
    architecture: Architecture, probed: list[Resource], home: list[Resource]
) -> bool:
    """Whether a check asks an API of the region in which the record's domain name stands."""
    regions = {architecture.region(resource) for resource in (*probed, *home)}
    apis = all(resource.type in REGIONAL_API_TYPES for resource in (*probed, *home))
    return apis and len(regions) == 1 and UNKNOWN not in regions


def _balancers(resources: tuple[Resource, ...]) -> list[Resource]:
    return [
        resource
        for resource in resources
        if resource.type in (*LOAD_BALANCER_TYPES, *REGIONAL_API_TYPES)
    ]


RULE = Rule(
    id="LG_FAILOVER_3",
    title="The PRIMARY record has a health check that probes its own region's load balancer",
    severity=Severity.CRITICAL,
    why=(
        "Route 53 leaves the PRIMARY only when its health check fails. A missing check, or one "
        "that looks at the other region, keeps sending users to a region that is gone."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-configuring.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "health-checks-creating-values.html",
    ),
    fix="Give the PRIMARY a health check whose fqdn is its own load balancer's DNS name.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  fqdn              = module.load_balancer_primary.load_balancer_dns_name
  type              = "HTTPS"
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 10
  failure_threshold = 3
}

resource "aws_route53_record" "primary" {
  # ...
  health_check_id = aws_route53_health_check.primary.id
}
""",
    looked_up=(
        "A load balancer that is looked up is accepted: that the check and the record "
        "name the same is asked."
    ),
    subjects=("aws_route53_record", "aws_route53_health_check"),
    judge=judge,
)
