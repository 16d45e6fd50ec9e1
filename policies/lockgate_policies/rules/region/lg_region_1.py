"""LG_REGION_1: at least two regions each host a network, a load balancer and its targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

_LOOKED_UP = {"aws_vpc": "network", "aws_lb": "load balancer", "aws_alb": "load balancer"}
_UNREGISTERED = (
    "no target is registered in this plan at all (something else, such as Kubernetes, must do it), "
    "so only networks and load balancers are judged"
)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Count the regions that have all three; a provider alias that nothing uses does not count.

    Targets are asked for where the plan registers any: a plan without one leaves that to others.
    """
    parts = {
        "network": [vpc.resource for vpc in architecture.vpcs],
        "load balancer": [balancer.resource for balancer in architecture.load_balancers],
        "target": [registration.by for registration in architecture.registrations],
    }
    judged = [name for name, resources in parts.items() if resources or name != "target"]
    regions = {name: {architecture.region(r) for r in parts[name]} for name in judged}
    hosts = sorted(set.intersection(*regions.values()) - {UNKNOWN})
    registered = "target" in judged or bool(architecture.registration_gaps)
    if len(hosts) >= 2 and ("target" in judged or not registered):
        hosting = ", ".join(hosts)
        yield passed(
            "",
            f"{hosting} host network, load balancer and targets"
            if registered
            else f"{hosting} host a network and a load balancer; {_UNREGISTERED}",
        )
        return
    if gaps := _gaps(architecture, parts) or _looked_up(architecture, regions, set(hosts)):
        yield unknown("", gaps)
        return
    seen = sorted(set.union(*regions.values()))
    lacking = [
        f"{region} has no {' and no '.join(missing)}"
        for region in seen
        if (missing := [name for name in judged if region not in regions[name]])
    ]
    counted = f"only {hosts[0]} hosts" if hosts else "no region hosts"
    everything = "a network (aws_vpc), a load balancer (aws_lb) and registered targets"
    if "target" not in judged:
        everything = "both a network (aws_vpc) and a load balancer (aws_lb)"
    notes = [*lacking, *([] if "target" in judged else [_UNREGISTERED])]
    yield failed(
        "",
        f"{counted} {everything}, two regions must" + (f": {'; '.join(notes)}" if notes else ""),
    )


def _looked_up(architecture: Architecture, regions: dict[str, set[Any]], hosts: set[str]) -> str:
    """What data sources find of the parts that a region lacks: it exists, and may be complete."""
    words = []
    for resource in architecture.tree.data:
        part = _LOOKED_UP.get(resource.type)
        region = architecture.region(resource)
        if part in regions and region not in hosts and region not in regions[str(part)]:
            words.append(f"the {part} in {region} is only looked up by {resource.address}")
    return "; ".join(words)


def _gaps(architecture: Architecture, parts: dict[str, list[Resource]]) -> str:
    lost = [r.address for rs in parts.values() for r in rs if architecture.region(r) is UNKNOWN]
    words = list(architecture.registration_gaps)
    if lost:
        words.insert(
            0,
            f"the region of {', '.join(lost)} is not known: give its provider a region that is a "
            "constant or a root variable",
        )
    return "; ".join(words)


RULE = Rule(
    id="LG_REGION_1",
    title="At least two regions each host a network, a load balancer and its targets",
    severity=Severity.CRITICAL,
    why=(
        "A service in one region goes down with it. A second provider alias protects nothing until "
        "a network, a load balancer and something that answers stand behind it."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
    ),
    fix="Build network, load balancer and targets with the other region's provider as well.",
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
    looked_up="A VPC or load balancer that is only looked up is not accepted as a region's own.",
    subjects=(),
    judge=judge,
    waivable=False,
)
