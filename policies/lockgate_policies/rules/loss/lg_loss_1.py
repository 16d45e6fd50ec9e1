"""LG_LOSS_1: when either region is lost, every name still answers."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.what_if import expected_losses


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Take each region away and ask, for every name, what Route 53 would answer then."""
    for what_if in expected_losses(architecture):
        region = what_if.loss.name
        for name in what_if.names:
            if not name.judged:
                continue
            if name.answers is None:
                yield unknown(name.record, f"without {region}, {name.name}: {name.why}")
            elif name.answers:
                yield passed(name.record, f"without {region}, {name.name} leads to {name.endpoint}")
            else:
                yield failed(
                    name.record, f"without {region}, {name.name} does not answer: {name.why}"
                )


RULE = Rule(
    id="LG_LOSS_1",
    title="When either region is lost, every name still answers",
    severity=Severity.CRITICAL,
    why=(
        "The other rules judge parts. This one takes a region away, with everything that needs it, "
        "and follows Route 53's own rules: what the health checks then say, which record is "
        "answered, and whether anything serves behind it. `lockgate whatif ENV --lose REGION` "
        "shows it in full. A name that leads to one endpoint behind a failover name is left out."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "health-checks-how-route-53-chooses-records.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
    ),
    fix="Run lockgate whatif ENV --lose REGION, and repair the record or check that it names.",
    remediation="""\
resource "aws_route53_record" "secondary" {
  # ...
  failover_routing_policy {
    type = "SECONDARY"
  }

  alias {
    name                   = aws_lb.secondary.dns_name # in the region that remains
    zone_id                = aws_lb.secondary.zone_id
    evaluate_target_health = true
  }
}
""",
    looked_up=(
        "A name that leads to something only looked up is not accepted: whether it "
        "remains is not known."
    ),
    subjects=("aws_route53_record",),
    judge=judge,
)
