"""LG_LB_10: a load balancer's security group admits clients and health checkers."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.load_balancers import LoadBalancer
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge the load balancers that a failover record leads to, for each listener's port."""
    behind = {
        id(target)
        for failover_set in architecture.failover_sets
        for record in failover_set.records
        for target in record.leads_to.resources
    }
    for balancer in architecture.load_balancers:
        if id(balancer.resource) in behind and balancer.resource.type != "aws_elb":
            yield from _judge_balancer(architecture, balancer)


def _judge_balancer(architecture: Architecture, balancer: LoadBalancer) -> Iterator[Finding]:
    given = architecture.gives(balancer.resource, "security_groups")
    if balancer.resource.value("load_balancer_type") in ("network", "gateway") and not given:
        return  # without a security group, a network load balancer admits everything
    if not given:
        yield failed(balancer.address, "names no security group, so it gets the VPC's default one")
        return
    groups = balancer.security_groups
    if not groups.resources:
        yield unknown(balancer.address, groups.why or "its security groups are not known")
        return
    for gap in balancer.listener_gaps:
        yield unknown(balancer.address, f"which ports it listens on is not known: {gap}")
    mine = architecture.ingress_of(groups.resources)
    for listener in balancer.listeners:
        port = listener.value("port")
        if not isinstance(port, int | float):
            yield unknown(balancer.address, f"the port of {listener.address} is not known")
            continue
        admitting = [ingress for ingress in mine if ingress.admits(int(port)) is not False]
        if any(
            ingress.admits(int(port)) is True
            and (ingress.from_anywhere is True or ingress.prefix_lists)
            for ingress in admitting
        ):
            yield passed(balancer.address, f"port {port} is admitted")
        elif any(
            UNKNOWN in (ingress.admits(int(port)), ingress.from_anywhere) for ingress in admitting
        ):
            yield unknown(balancer.address, f"who may reach port {port} is not known until apply")
        elif groups.looked_up:
            yield unknown(
                balancer.address,
                f"{', '.join(groups.looked_up)} is only looked up: whom it admits to port {port} "
                "is not in this plan",
            )
        elif unplaced := architecture.unplaced_ingress:
            yield unknown(balancer.address, f"who may reach port {port}: {unplaced[0].groups.why}")
        else:
            yield failed(
                balancer.address,
                f"{', '.join(groups.addresses)} does not admit port {port} of {listener.address} "
                "from everywhere or by a prefix list: Route 53's health checkers are shut out",
            )


RULE = Rule(
    id="LG_LB_10",
    title="A load balancer's security group admits its listeners' clients and health checkers",
    severity=Severity.HIGH,
    why=(
        "Route 53 probes from the internet: a load balancer whose security group shuts its "
        "checkers out counts as down, and one that shuts the clients out is."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-router-firewall-rules.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    ),
    fix="Admit each listener's port from everywhere, or by prefix list for the health checkers.",
    remediation="""\
resource "aws_security_group_rule" "listener" {
  security_group_id = aws_security_group.this.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
}
""",
    looked_up=(
        "A security group that is only looked up is not accepted: whom it admits is not "
        "in the plan."
    ),
    subjects=("aws_lb", "aws_alb"),
    judge=judge,
)
