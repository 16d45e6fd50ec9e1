"""LG_LB_10: a load balancer's security group admits clients and health checkers."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.address_ranges import address_range
from ...model.admission import CLIENTS, TOLERATED, admitted, checkers_admitted, share_of_clients
from ...model.architecture import Architecture
from ...model.health_checkers import CHECKER_RANGES
from ...model.load_balancers import LoadBalancer
from ...model.plan_values import UNKNOWN, as_list
from ...model.prefix_lists import lists_health_checkers
from ...model.security_groups import Permission


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
        open_to = admitted(architecture, mine, int(port), CLIENTS)
        checked = open_to is True or checkers_admitted(architecture, mine, int(port))
        if open_to is True or (checked is True and _admits_others(mine, int(port))):
            yield passed(balancer.address, f"port {port} is admitted")
        elif checked is True:
            yield failed(
                balancer.address,
                f"{', '.join(groups.addresses)} admits Route 53's health checkers to port {port} "
                f"of {listener.address}, and no client",
            )
        elif open_to is False and share_of_clients(architecture, mine, int(port)) >= TOLERATED:
            yield failed(
                balancer.address,
                f"{', '.join(groups.addresses)} admits only a part of the world to port {port} of "
                f"{listener.address}: clients and health checkers of the rest are shut out",
            )
        elif UNKNOWN in (open_to, checked):
            yield unknown(
                balancer.address,
                f"who may reach port {port} is not known: {_why(mine, int(port))}",
            )
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
                "from everywhere over IPv4, or from Route 53's health checkers: these are shut out",
            )


def _admits_others(permissions: list[Permission], port: int) -> bool:
    """Tell whether somebody else than the health checkers is admitted."""
    for permission in permissions:
        checkers = [one for one in permission.lists.resources if lists_health_checkers(one)]
        listed = permission.prefix_lists and len(checkers) < max(len(permission.lists.resources), 1)
        ranges = [address_range(text) for text in as_list(permission.ranges)]
        others = [one for one in ranges if one is not None and one not in CHECKER_RANGES]
        unknown_ranges = permission.ranges is UNKNOWN
        by_group = permission.peers.resources or permission.peers.gaps
        if permission.admits(port) is not False and (
            listed or others or unknown_ranges or by_group
        ):
            return True
    return False


def _why(permissions: list[Permission], port: int) -> str:
    """What keeps it from being known, in words."""
    for permission in permissions:
        if permission.admits(port) is False:
            continue
        for prefix_list in permission.lists.looked_up:
            return f"{prefix_list} is only looked up, and what it holds is not in this plan"
        if permission.lists.gaps:
            return permission.lists.why
        if UNKNOWN in (permission.admits(port), permission.ranges):
            return f"{permission.owner.address} is not known until apply"
    return "some of Route 53's health checkers are admitted, and others are not"


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
        "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html",
    ),
    fix="Admit each listener's port from everywhere, or by prefix lists for clients and checkers.",
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
        "A security group or a prefix list that is only looked up is not accepted: whom it admits "
        "is not in the plan. AWS's own list of Route 53's health checkers is, by its name."
    ),
    subjects=("aws_lb", "aws_alb"),
    judge=judge,
)
