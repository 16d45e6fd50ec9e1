"""LG_LB_5: in production, HTTP listeners only redirect to HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import LISTENER_TYPES
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge HTTP listeners, and the rules that would forward past their redirect."""
    if not architecture.settings.production:
        return
    plain = []
    for listener in architecture.of_type(*LISTENER_TYPES):
        protocol = listener.value("protocol")
        if protocol is UNKNOWN and architecture.gives(listener, "protocol"):
            yield unknown(listener.address, "its protocol is not known until apply")
        elif protocol == "HTTP":
            plain.append(listener)
            yield _judge_actions(listener, "default_action")
    for rule in architecture.of_type("aws_lb_listener_rule", "aws_alb_listener_rule"):
        listeners = architecture.targets(rule, "listener_arn", *LISTENER_TYPES)
        if any(listener in listeners.resources for listener in plain):
            yield _judge_actions(rule, "action")


def _judge_actions(resource: Resource, block: str) -> Finding:
    actions = resource.value(block)
    if actions is UNKNOWN:
        return unknown(resource.address, f"its {block} is not known until apply")
    kinds = [action.get("type") for action in resource.blocks(block)]
    protocols = [
        redirect.get("protocol")
        for action in resource.blocks(block)
        if isinstance(action.get("redirect"), list)
        for redirect in action["redirect"]
        if isinstance(redirect, dict)
    ]
    if UNKNOWN in [*kinds, *protocols]:
        return unknown(resource.address, f"the type of its {block} is not known until apply")
    if kinds and set(kinds) == {"redirect"} and set(protocols) == {"HTTPS"}:
        return passed(resource.address)
    what = ", ".join(str(kind) for kind in kinds) or "nothing"
    return failed(resource.address, f"answers HTTP with '{what}' instead of a redirect to HTTPS")


RULE = Rule(
    id="LG_LB_5",
    title="In production, HTTP listeners only redirect to HTTPS",
    severity=Severity.HIGH,
    why=("A service that also answers over HTTP sends what its users type in the clear."),
    sources=(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#redirect-actions",
    ),
    fix="Make the HTTP listener's default action a redirect to HTTPS, port 443.",
    remediation="""\
resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}
""",
    subjects=(
        "aws_lb_listener",
        "aws_alb_listener",
        "aws_lb_listener_rule",
        "aws_alb_listener_rule",
    ),
    judge=judge,
)
