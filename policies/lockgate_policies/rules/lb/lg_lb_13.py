"""LG_LB_13: a load balancer behind a failover name forwards to target groups with targets."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import LOAD_BALANCER_TYPES, Architecture
from ...model.load_balancers import Action, LoadBalancer
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

_SERVING = ("aws_autoscaling_group", "aws_instance", "aws_ecs_service")
_SHOWN = 3


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each load balancer that a failover record leads to: its listeners, then its targets."""
    behind = {
        id(target)
        for failover_set in architecture.failover_sets
        for record in failover_set.records
        for target in record.leads_to.resources
    }
    for failover_set in architecture.failover_sets:
        for record in failover_set.records:
            for address in record.leads_to.of_type(*LOAD_BALANCER_TYPES).looked_up:
                yield unknown(
                    record.address,
                    f"leads to {address}, which is only looked up: what it does with requests is "
                    "not in this plan",
                )
    for balancer in architecture.load_balancers:
        if id(balancer.resource) in behind and balancer.resource.type != "aws_elb":
            yield from _judge_balancer(architecture, balancer)


def _judge_balancer(architecture: Architecture, balancer: LoadBalancer) -> Iterator[Finding]:
    if not balancer.listeners:
        gaps = "; ".join(balancer.listener_gaps)
        if gaps:
            yield unknown(balancer.address, f"which listeners it has is not known: {gaps}")
        else:
            yield failed(balancer.address, "has no listener: it answers nobody")
        return
    forwarding = {
        id(action.listener) for action in balancer.actions if action.kind in ("forward", UNKNOWN)
    }
    if any(action.kind is UNKNOWN for action in balancer.actions):
        yield unknown(balancer.address, "what one of its listeners does is not known until apply")
    probed = _probed_ports(architecture, balancer)
    for listener in balancer.listeners:
        mine = [action for action in balancer.actions if action.listener is listener]
        redirects = bool(mine) and all(action.kind == "redirect" for action in mine)
        needed = not forwarding or listener.value("port") in probed
        if id(listener) not in forwarding and needed and not redirects:
            yield failed(
                listener.address,
                f"forwards no request: {_answers(mine)}, so {balancer.address} serves nobody",
            )
    if forwarding:
        yield _judge_targets(architecture, balancer)
    elif all(action.kind == "redirect" for action in balancer.actions):
        listeners = ", ".join(listener.address for listener in balancer.listeners)
        yield failed(balancer.address, f"only redirects ({listeners}), and forwards nowhere")


def _probed_ports(architecture: Architecture, balancer: LoadBalancer) -> set[object]:
    return {
        check.resource.value("port")
        for check in architecture.health_checks
        if balancer.resource in check.probes.resources
    } - {None, UNKNOWN}


def _answers(actions: list[Action]) -> str:
    kinds = []
    for action in actions:
        block = "default_action" if action.owner is action.listener else "action"
        code = action.owner.value(f"{block}.0.fixed_response.0.status_code")
        shown = f" {code}" if isinstance(code, str) and code else ""
        kinds.append(f"{action.owner.address} answers with {action.kind}{shown}")
    return ", ".join(kinds) or "it has no action"


def _judge_targets(architecture: Architecture, balancer: LoadBalancer) -> Finding:
    groups = balancer.target_groups
    if not groups.resources:
        return unknown(balancer.address, groups.why or "which target group it uses is not known")
    if not architecture.registrations and not architecture.registration_gaps:
        return passed(balancer.address, "this plan registers no target: something else must do it")
    filled = {id(registration.target_group) for registration in architecture.registrations}
    if any(id(group) in filled for group in groups.resources):
        return passed(balancer.address, f"forwards to {', '.join(groups.addresses)}")
    if groups.gaps or architecture.registration_gaps:
        return unknown(
            balancer.address,
            "whether its target groups have a target is not known: "
            f"{'; '.join((*groups.gaps, *architecture.registration_gaps))}",
        )
    empty = groups.resources[0]
    return failed(
        empty.address if empty.mode == "managed" else balancer.address,
        f"no target is registered with {', '.join(groups.addresses)}, so {balancer.address} serves "
        f"nobody{_idle(architecture, balancer)}",
    )


def _idle(architecture: Architecture, balancer: LoadBalancer) -> str:
    """What could serve in the load balancer's region, and is registered nowhere."""
    busy = {id(target) for r in architecture.registrations for target in r.targets.resources}
    idle: list[Resource] = [
        resource
        for resource in architecture.of_type(*_SERVING)
        if id(resource) not in busy and architecture.region(resource) == balancer.region
    ]
    shown = ", ".join(resource.address for resource in idle[:_SHOWN])
    return f" ({shown} is registered with no target group)" if idle else ""


RULE = Rule(
    id="LG_LB_13",
    title="A load balancer behind a failover name forwards to targets",
    severity=Severity.CRITICAL,
    why=(
        "A standby whose listener answers by itself, with a maintenance page or a fixed 503, and "
        "one whose target group nothing is registered with look complete in review, and serve "
        "nobody on the day they are needed. Targets are asked for where the plan registers any."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html",
    ),
    fix="Let the listener forward to a target group, and register the region's servers with it.",
    remediation="""\
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_autoscaling_group" "this" {
  target_group_arns = [aws_lb_target_group.this.arn]
  # ...
}
""",
    looked_up="A load balancer that is only looked up is not accepted: its listeners are not here.",
    subjects=(
        "aws_route53_record",
        "aws_lb",
        "aws_alb",
        "aws_lb_listener",
        "aws_alb_listener",
        "aws_lb_target_group",
        "aws_alb_target_group",
    ),
    judge=judge,
)
