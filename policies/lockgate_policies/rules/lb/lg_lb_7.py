"""LG_LB_7: a listener's certificate belongs to its load balancer's region."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture, named_region
from ...model.load_balancers import LISTENER_TYPES
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

_CERTIFICATES = ("aws_acm_certificate", "aws_acm_certificate_validation")


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every HTTPS and TLS listener, and further certificates attached to listeners."""
    for listener in architecture.of_type(*LISTENER_TYPES):
        if listener.value("protocol") in ("HTTPS", "TLS"):
            yield _judge_certificate(architecture, listener)
    for attached in architecture.of_type("aws_lb_listener_certificate"):
        yield _judge_certificate(architecture, attached)


def _judge_certificate(architecture: Architecture, resource: Resource) -> Finding:
    home = architecture.region(resource)
    arn = resource.value("certificate_arn")
    certificates = architecture.targets(resource, "certificate_arn", *_CERTIFICATES)
    if not architecture.gives(resource, "certificate_arn") and not arn:
        return failed(resource.address, "is encrypted, but names no certificate")
    regions = {architecture.region(certificate) for certificate in certificates.resources}
    names = ", ".join(certificates.addresses)
    if not regions and isinstance(arn, str) and arn.count(":") >= 5:
        # arn:aws:acm:REGION:ACCOUNT:certificate/ID
        regions, names = {arn.split(":")[3]}, arn
    if home is UNKNOWN or not regions or UNKNOWN in regions:
        why = certificates.why or f"the region of {names or 'its certificate'} is not known"
        return unknown(resource.address, f"whether its certificate is of its region: {why}")
    if regions == {home}:
        return passed(resource.address)
    elsewhere = ", ".join(sorted(named_region(region) for region in regions))
    return failed(resource.address, f"is in {home}, but its certificate {names} is in {elsewhere}")


RULE = Rule(
    id="LG_LB_7",
    title="A listener's certificate belongs to its load balancer's region",
    severity=Severity.HIGH,
    why=(
        "Certificates do not cross regions: a secondary that is given the primary's "
        "certificate cannot be created, or serves nobody when it is needed."
    ),
    sources=(
        "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html",
    ),
    fix="Request a certificate in each region, with that region's provider.",
    remediation="""\
module "certificate_secondary" {
  source    = "../../modules/certificate"
  providers = { aws = aws.secondary }
}
""",
    looked_up=(
        "A certificate that is looked up is accepted: ACM finds only those of the region "
        "it is asked in."
    ),
    subjects=("aws_lb_listener", "aws_alb_listener", "aws_lb_listener_certificate"),
    judge=judge,
)
