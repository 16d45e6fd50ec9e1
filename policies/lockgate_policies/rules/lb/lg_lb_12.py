"""LG_LB_12: targets admit only their load balancer on the port they serve."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN
from ...model.registered_targets import Registration, security_groups_of
from ...model.targets import merge


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge what is registered with the target groups of load balancers that have a group."""
    filled = {id(registration.target_group) for registration in architecture.registrations}
    groups = merge(balancer.target_groups for balancer in architecture.load_balancers)
    empty = [group.address for group in groups.resources if id(group) not in filled]
    for gap in architecture.registration_gaps if empty else ():
        yield unknown("", f"what is registered with {', '.join(empty)} is not known: {gap}")
    for registration in architecture.registrations:
        allowed = _balancer_groups(architecture, registration.target_group)
        gaps = [
            gap
            for load_balancer in architecture.load_balancers
            for gap in load_balancer.listener_gaps
        ]
        if not allowed and gaps:
            where = registration.by.address if registration.by.type in RULE.subjects else ""
            yield unknown(where, f"which load balancer it stands behind is not known: {gaps[0]}")
        if not allowed:
            continue  # a network load balancer passes the client's own address on
        for target in registration.targets.resources:
            if target.type in RULE.subjects:
                yield _judge_target(architecture, registration, target, allowed)


def _balancer_groups(architecture: Architecture, group: Resource) -> list[Resource]:
    return [
        resource
        for balancer in architecture.load_balancers
        if group in balancer.target_groups.resources
        for resource in balancer.security_groups.resources
    ]


def _judge_target(
    architecture: Architecture,
    registration: Registration,
    target: Resource,
    allowed: list[Resource],
) -> Finding:
    port = registration.port
    groups = security_groups_of(architecture, target)
    if not isinstance(port, int | float) or not groups.resources:
        why = groups.why or "it names no security group, or its port is not known"
        return unknown(target.address, f"who may reach it is not known: {why}")
    admitted = False
    for ingress in architecture.ingress_of(groups.resources):
        if ingress.admits(int(port)) is False:
            continue
        strangers = [group for group in ingress.peers.resources if group not in allowed]
        if ingress.ranges is UNKNOWN or ingress.peers.gaps or ingress.admits(int(port)) is UNKNOWN:
            return unknown(target.address, f"whom {ingress.owner.address} admits is not known")
        if ingress.ranges or ingress.prefix_lists or strangers:
            whom = [*ingress.ranges, *(group.address for group in strangers)] or ["a prefix list"]
            return failed(
                target.address,
                f"{ingress.owner.address} admits {', '.join(whom)} to its port {port:g}, past the "
                "load balancer",
            )
        admitted = admitted or bool(ingress.peers.resources)
    if groups.looked_up:
        return unknown(
            target.address,
            f"{', '.join(groups.looked_up)} is only looked up: whom it admits is not in this plan",
        )
    if unplaced := architecture.unplaced_ingress:
        return unknown(target.address, f"whom it admits is not known: {unplaced[0].groups.why}")
    if admitted:
        return passed(target.address)
    return failed(
        target.address,
        f"{', '.join(groups.addresses)} does not admit the load balancer on port {port:g}: no "
        "target can become healthy",
    )


RULE = Rule(
    id="LG_LB_12",
    title="Targets admit only their load balancer on the port they serve",
    severity=Severity.HIGH,
    why=(
        "A target that anyone can reach is behind no load balancer: requests bypass TLS, logs "
        "and health checks."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups",
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_network_protection_layered.html",
    ),
    fix="Let the targets' group admit the port from the load balancer's security group only.",
    remediation="""\
resource "aws_security_group_rule" "from_load_balancer" {
  security_group_id        = aws_security_group.app.id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 8080
  to_port                  = 8080
  source_security_group_id = module.load_balancer.security_group_id
}
""",
    looked_up=(
        "A target's group that is only looked up is not accepted: whom it admits is not "
        "in the plan."
    ),
    subjects=("aws_instance", "aws_autoscaling_group", "aws_ecs_service"),
    judge=judge,
)
