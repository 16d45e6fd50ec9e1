"""LG_REGION_1: at least two regions each host a network and a load balancer."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Count the regions that have both; a provider alias that nothing uses does not count."""
    networks = {vpc.region for vpc in architecture.vpcs}
    balancers = {balancer.region for balancer in architecture.load_balancers}
    hosts = sorted((networks & balancers) - {UNKNOWN})
    if len(hosts) >= 2:
        yield passed("", f"{', '.join(hosts)} host a network and a load balancer")
        return
    unresolved = [vpc.address for vpc in architecture.vpcs if vpc.region is UNKNOWN]
    unresolved += [
        balancer.address for balancer in architecture.load_balancers if balancer.region is UNKNOWN
    ]
    if unresolved:
        yield unknown(
            "",
            f"the region of {', '.join(unresolved)} is not known: give its provider a region that "
            "is a constant or a root variable",
        )
        return
    lacking = "; ".join(
        f"{region} has {'no load balancer' if region in networks else 'no network'}"
        for region in sorted(networks ^ balancers)
    )
    found = f"only {hosts[0]} hosts" if hosts else "no region hosts"
    yield failed(
        "",
        f"{found} both a network (aws_vpc) and a load balancer (aws_lb), two regions must"
        + (f": {lacking}" if lacking else ""),
    )


RULE = Rule(
    id="LG_REGION_1",
    title="At least two regions each host a network and a load balancer",
    severity=Severity.CRITICAL,
    why=(
        "A service in one region goes down with it. A second provider alias protects nothing until "
        "a network and a load balancer stand behind it."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
    ),
    fix="Call the network and load balancer modules once more, with the other region's provider.",
    remediation="""\
module "network_secondary" {
  source    = "../../modules/network"
  providers = { aws = aws.secondary }
  # ...
}

module "load_balancer_secondary" {
  source    = "../../modules/load_balancer"
  providers = { aws = aws.secondary }
  # ...
}
""",
    subjects=("aws_vpc", "aws_lb", "aws_alb", "aws_elb"),
    judge=judge,
)
