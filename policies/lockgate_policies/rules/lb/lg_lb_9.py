"""LG_LB_9: every target group is health-checked."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import TARGET_GROUP_TYPES
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every target group."""
    for group in architecture.of_type(*TARGET_GROUP_TYPES):
        yield _judge_group(architecture, group)


def _judge_group(architecture: Architecture, group: Resource) -> Finding:
    enabled = group.value("health_check.0.enabled")
    path = group.value("health_check.0.path")
    protocol = group.value("health_check.0.protocol")
    http = group.value("protocol") in ("HTTP", "HTTPS") or protocol in ("HTTP", "HTTPS")
    given = architecture.gives(group, "health_check")
    if not given and (enabled is UNKNOWN or enabled is None):
        # AWS's default is an enabled check of "/" over HTTP, or of TCP for a network load balancer.
        if http:
            return failed(
                group.address, "gives no health_check: the default asks / and not the app"
            )
        return passed(group.address, "the default TCP health check")
    if enabled is False:
        return failed(group.address, "health_check.enabled is false")
    if enabled is UNKNOWN and architecture.targets(group, "health_check.0.enabled").gaps:
        return unknown(group.address, "health_check.enabled is not known until apply")
    if http and protocol == "TCP":
        return failed(group.address, "serves HTTP, but its health check only opens a connection")
    # Not given, the path is computed, and so unknown; a dynamic block's path is not in a plan.
    given = not group.sets("health_check") or group.expression("health_check.0.path") is not None
    if http and (path is None or (path is UNKNOWN and not given)):
        return failed(group.address, "its health check has no path")
    return passed(group.address)


RULE = Rule(
    id="LG_LB_9",
    title="Every target group is health-checked",
    severity=Severity.HIGH,
    why=(
        "evaluate_target_health and the load balancer itself rely on the target group's "
        "health check: without one, dead targets keep getting requests and the region keeps "
        "being answered with."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ),
    fix="Give the target group an enabled health_check, for HTTP with a path.",
    remediation="""\
resource "aws_lb_target_group" "this" {
  health_check {
    enabled  = true
    protocol = "HTTP"
    path     = "/healthz"
  }
}
""",
    subjects=("aws_lb_target_group", "aws_alb_target_group"),
    judge=judge,
)
