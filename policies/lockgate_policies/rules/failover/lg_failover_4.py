"""LG_FAILOVER_4: failover alias records evaluate their target's health."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every alias record of every failover set."""
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            if not record.is_alias:
                continue
            if record.evaluates_target_health is UNKNOWN:
                yield unknown(record.address, "alias.evaluate_target_health is not known")
            elif record.evaluates_target_health:
                yield passed(record.address)
            else:
                yield failed(
                    record.address,
                    "alias.evaluate_target_health is false: a load balancer without healthy "
                    "targets keeps being answered with",
                )


RULE = Rule(
    id="LG_FAILOVER_4",
    title="Failover alias records evaluate the health of their target",
    severity=Severity.HIGH,
    why=(
        "With evaluate_target_health, Route 53 also leaves a load balancer whose target groups "
        "hold no healthy target, which a probe of the load balancer alone may miss."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "resource-record-sets-values-alias-common.html",
    ),
    fix="Set evaluate_target_health = true in the alias block.",
    remediation="""\
alias {
  name                   = module.load_balancer_primary.load_balancer_dns_name
  zone_id                = module.load_balancer_primary.load_balancer_zone_id
  evaluate_target_health = true
}
""",
    subjects=("aws_route53_record",),
    judge=judge,
)
