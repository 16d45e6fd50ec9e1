"""LG_FAILOVER_2: the PRIMARY and the SECONDARY lead to load balancers in different regions."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import LOAD_BALANCER_TYPES, REGIONAL_API_TYPES, Architecture
from ...model.failover_records import FailoverRecord
from ...model.plan_values import UNKNOWN

_FRONT_DOORS = (*LOAD_BALANCER_TYPES, *REGIONAL_API_TYPES)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Resolve each record to its load balancer's region, then compare within the set."""
    for failover_set in architecture.failover_sets:
        regions: dict[str, list[FailoverRecord]] = {}
        for record in failover_set.records:
            balancers = record.leads_to.of_type(*_FRONT_DOORS).resources
            if not balancers:
                yield _without_balancer(record)
                continue
            for balancer in balancers:
                region = architecture.region(balancer)
                if region is UNKNOWN:
                    yield unknown(
                        record.address, f"the region of its target {balancer.address} is not known"
                    )
                else:
                    regions.setdefault(region, []).append(record)
        for region, records in regions.items():
            roles = {record.role for record in records}
            for record in records:
                if len(roles) > 1:
                    yield failed(
                        record.address,
                        f"PRIMARY and SECONDARY of {failover_set.title} both lead to {region}: "
                        f"{', '.join(record.leads_to.addresses)}",
                    )
                else:
                    yield passed(record.address, f"leads to {region}")


def _without_balancer(record: FailoverRecord) -> Finding:
    if record.leads_to.gaps:
        return unknown(record.address, record.leads_to.why)
    elsewhere = ", ".join(record.leads_to.addresses) or "nothing that this plan manages"
    return failed(record.address, f"leads to {elsewhere}, not to a load balancer or an API")


RULE = Rule(
    id="LG_FAILOVER_2",
    title="PRIMARY and SECONDARY lead to load balancers in different regions",
    severity=Severity.CRITICAL,
    why="Failing over to the region that was lost is no failover.",
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
    ),
    fix="Point the SECONDARY record at the load balancer of the other region.",
    remediation="""\
resource "aws_route53_record" "secondary" {
  # ...
  alias {
    name                   = module.load_balancer_secondary.load_balancer_dns_name
    zone_id                = module.load_balancer_secondary.load_balancer_zone_id
    evaluate_target_health = true
  }
}
""",
    looked_up=(
        "A load balancer that is looked up is accepted: it stands in the region of the provider "
        "that finds it. What it does with requests is asked by LG_LB_13, and not accepted there."
    ),
    subjects=("aws_route53_record",),
    judge=judge,
    waivable=False,
)
