"""LG_FAILOVER_10: failover records that are no aliases have a TTL of at most 60 seconds."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN

_LONGEST = 60


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every failover record with a TTL of its own."""
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            if record.is_alias:
                continue
            if record.ttl is UNKNOWN:
                yield unknown(record.address, "its ttl is not known: give it as a number")
            elif record.ttl > _LONGEST:
                yield failed(
                    record.address,
                    f"ttl {record.ttl} is more than {_LONGEST} s: resolvers keep the lost region's "
                    "address that long",
                )
            else:
                yield passed(record.address)


RULE = Rule(
    id="LG_FAILOVER_10",
    title="Failover records that are no aliases have a TTL of 60 seconds or less",
    severity=Severity.HIGH,
    why=(
        "Resolvers answer from their cache until the TTL is over, whatever Route 53 has learned "
        "in the meantime. AWS recommends 60 seconds or less for records with a health check."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "resource-record-sets-values-failover.html",
    ),
    fix="Set ttl to 60 or less, or make it an alias of the load balancer.",
    remediation="""\
resource "aws_route53_record" "primary" {
  # ...
  ttl     = 60
  records = [module.load_balancer_primary.load_balancer_dns_name]
}
""",
    subjects=("aws_route53_record",),
    judge=judge,
)
