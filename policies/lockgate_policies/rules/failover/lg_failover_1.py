"""LG_FAILOVER_1: a failover name has one PRIMARY and one SECONDARY record."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.cross_region_routing import read_routing
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each set of records for one zone, name and type; without any, there is no failover."""
    if not architecture.failover_sets:
        nothing = "no aws_route53_record has a failover_routing_policy"
        if others := [route.words for route in read_routing(architecture)]:
            yield unknown("", f"{nothing}; whether {' and '.join(others)} fails over is not judged")
        else:
            yield failed("", f"{nothing}: no name ever fails over")
    for failover_set in architecture.failover_sets:
        roles = {record.role for record in failover_set.records}
        identifiers = [record.resource.value("set_identifier") for record in failover_set.records]
        for record in failover_set.records:
            where = record.address
            if UNKNOWN in roles or UNKNOWN in identifiers:
                yield unknown(where, "its failover type or set_identifier is not known until apply")
            elif record.resource.value("name") is UNKNOWN:
                yield unknown(where, "its name is not known until apply, so neither is its pair")
            elif not failover_set.zone:
                yield unknown(
                    where,
                    "its hosted zone is not known, so it may not be its partner's: "
                    f"{architecture.targets(record.resource, 'zone_id').why}",
                )
            elif missing := {"PRIMARY", "SECONDARY"} - roles:
                yield failed(
                    where,
                    f"{failover_set.title} has no {' and no '.join(sorted(missing))} record in its "
                    "hosted zone: nothing answers when this one is unhealthy",
                )
            elif len(failover_set.records) > 2:
                yield failed(
                    where,
                    f"{failover_set.title} has {len(failover_set.records)} failover records, "
                    "not two",
                )
            elif len(set(identifiers)) < len(identifiers):
                yield failed(
                    where,
                    f"{failover_set.title}: its records share set_identifier '{identifiers[0]}'",
                )
            else:
                yield passed(where)


RULE = Rule(
    id="LG_FAILOVER_1",
    title="A failover name has one PRIMARY and one SECONDARY record in the same hosted zone",
    severity=Severity.CRITICAL,
    why=(
        "Route 53 answers with the SECONDARY record when the PRIMARY is unhealthy; without its "
        "partner (same hosted zone, name and type, another set identifier) a failover record has "
        "nothing to fail over to."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "resource-record-sets-values-failover-alias.html",
    ),
    fix="Give the name one PRIMARY and one SECONDARY record with distinct set identifiers.",
    remediation="""\
resource "aws_route53_record" "secondary" {
  zone_id        = aws_route53_zone.this.zone_id
  name           = "www.example.com"
  type           = "A"
  set_identifier = "secondary"

  failover_routing_policy {
    type = "SECONDARY"
  }
  # alias { ... }
}
""",
    looked_up=(
        "A hosted zone that is looked up by its name is accepted: both records stand in the zone "
        "of that name, which is all that is asked of it."
    ),
    subjects=("aws_route53_record",),
    judge=judge,
    waivable=False,
)
