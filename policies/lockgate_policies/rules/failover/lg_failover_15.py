"""LG_FAILOVER_15: the arguments of a health check are ones that AWS accepts for its type."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.health_checkers import CHECKER_REGIONS, FEWEST_REGIONS
from ...model.health_checks import PROBING_TYPES, HealthCheck
from ...model.plan_values import UNKNOWN, as_list

_LONGEST = 255
_LAST_PORT = 65535
# What each type cannot be without, beside what it probes.
_NEEDED = {
    "HTTP_STR_MATCH": ("search_string",),
    "HTTPS_STR_MATCH": ("search_string",),
    "TCP": ("port",),
    "CALCULATED": ("child_healthchecks",),
    "CLOUDWATCH_METRIC": ("cloudwatch_alarm_name", "cloudwatch_alarm_region"),
    "RECOVERY_CONTROL": ("routing_control_arn",),
}
_WITHOUT_DATA = ("Healthy", "LastKnownStatus", "Unhealthy")


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every health check, whether a record hangs on it or not."""
    for check in architecture.health_checks:
        if check.kind is UNKNOWN:
            yield unknown(check.address, "its type is not known until apply: give it as a constant")
            continue
        wrong = [
            *_missing(architecture, check),
            *_out_of_range(check),
            *_regions(check),
        ]
        if wrong:
            yield failed(check.address, "; ".join(wrong))
        else:
            yield passed(check.address)


def _missing(architecture: Architecture, check: HealthCheck) -> Iterator[str]:
    def given(name: str) -> bool:
        value = check.resource.value(name)
        if value is UNKNOWN:
            return architecture.gives(check.resource, name)
        return value not in (None, "", [], 0)

    for name in _NEEDED.get(check.kind, ()):
        if not given(name):
            yield f"gives no {name}, which the type {check.kind} needs"
    if check.kind in PROBING_TYPES and not given("fqdn") and not given("ip_address"):
        yield "gives neither fqdn nor ip_address"
    if given("search_string") and not check.kind.endswith("_STR_MATCH"):
        yield f"gives search_string, which the type {check.kind} does not take"


def _out_of_range(check: HealthCheck) -> Iterator[str]:
    for name in ("search_string", "resource_path", "fqdn"):
        text = check.resource.value(name)
        if isinstance(text, str) and len(text) > _LONGEST:
            yield f"{name} has {len(text)} characters, and AWS takes {_LONGEST}"
    port = check.port
    if isinstance(port, int) and not 1 <= port <= _LAST_PORT:
        yield f"port {port} is not 1 to {_LAST_PORT}"
    address = check.resource.value("ip_address")
    if isinstance(address, str) and address and not _is_public(address):
        yield f"ip_address {address} is no public address: no health checker reaches it"
    status = check.resource.value("insufficient_data_health_status")
    if isinstance(status, str) and status and status not in _WITHOUT_DATA:
        yield f"insufficient_data_health_status {status} is none of {', '.join(_WITHOUT_DATA)}"


def _is_public(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    # Addresses that documentation uses are nobody's, and stand for public ones in examples.
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_multicast) and not any(
        parsed in network for network in _PRIVATE
    )


_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def _regions(check: HealthCheck) -> Iterator[str]:
    regions = check.resource.value("regions")
    if not isinstance(regions, list) or not regions or UNKNOWN in as_list(regions):
        return
    if len(set(regions)) < FEWEST_REGIONS:
        yield f"regions are {len(set(regions))}, and AWS asks for {FEWEST_REGIONS} at least"
    if strangers := sorted({str(region) for region in regions} - CHECKER_REGIONS):
        yield f"no health checkers stand in {', '.join(strangers)}"


RULE = Rule(
    id="LG_FAILOVER_15",
    title="The arguments of a health check are ones that AWS accepts for its type",
    severity=Severity.HIGH,
    why=(
        "AWS refuses a search for no text, an address that is not public, fewer than three regions "
        "of checkers. It does so when the plan is applied, possibly after the rest of the failover "
        "has already changed."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html",
    ),
    fix="Give the arguments that the type needs, in the values that AWS takes, and no others.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  fqdn          = module.load_balancer_primary.load_balancer_dns_name
  type          = "HTTPS_STR_MATCH"
  port          = 443
  resource_path = "/healthz"
  search_string = "healthy"
  regions       = ["us-east-1", "us-west-2", "eu-west-1"]
}
""",
    subjects=("aws_route53_health_check",),
    judge=judge,
)
