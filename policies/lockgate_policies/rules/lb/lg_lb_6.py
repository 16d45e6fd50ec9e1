"""LG_LB_6: encrypted listeners allow nothing older than TLS 1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import LISTENER_TYPES
from ...model.plan_values import UNKNOWN

# The predefined policies whose oldest protocol is TLS 1.2 or 1.3, by AWS's table. Their names tell:
# TLS13-1-2… and TLS13-1-3…, TLS-1-2…, FS-1-2…; not TLS13-1-0…, TLS13-1-1…, TLS-1-1….
_MODERN = re.compile(r"^ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)")
# What a listener without ssl_policy gets from the API.
_DEFAULT = "ELBSecurityPolicy-2016-08"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every HTTPS and TLS listener."""
    for listener in architecture.of_type(*LISTENER_TYPES):
        protocol = listener.value("protocol")
        if protocol is UNKNOWN and architecture.gives(listener, "protocol"):
            yield unknown(listener.address, "its protocol is not known until apply")
        if protocol not in ("HTTPS", "TLS"):
            continue
        policy = listener.value("ssl_policy")
        if policy is UNKNOWN and architecture.gives(listener, "ssl_policy"):
            yield unknown(listener.address, "ssl_policy is not known until apply")
            continue
        name = policy if isinstance(policy, str) and policy else _DEFAULT
        if _MODERN.match(name):
            yield passed(listener.address, name)
        else:
            given = "has" if name == policy else "sets no ssl_policy and so gets"
            yield failed(listener.address, f"{given} {name}, which allows TLS 1.0 or 1.1")


RULE = Rule(
    id="LG_LB_6",
    title="Encrypted listeners allow nothing older than TLS 1.2",
    severity=Severity.HIGH,
    why=("TLS 1.0 and 1.1 are broken, and AWS's default policy still allows them."),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
        "https://www.rfc-editor.org/rfc/rfc8996",
    ),
    fix="Set ssl_policy to one of TLS 1.2 or newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06.",
    remediation="""\
resource "aws_lb_listener" "https" {
  protocol   = "HTTPS"
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}
""",
    subjects=("aws_lb_listener", "aws_alb_listener"),
    judge=judge,
)
