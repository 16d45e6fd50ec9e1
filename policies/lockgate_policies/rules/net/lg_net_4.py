"""LG_NET_4: security groups let a load balancer's requests and health checks to its targets."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.connections import Connection, Connections
from ...model.group_obstacles import GroupVerdict, lets_in, lets_out, side
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each port that a load balancer asks of a target: out of the one, into the other.

    Whether the target admits requests is LG_LB_12's to say, where the load balancer has a group.
    """
    connections = Connections(architecture).of_load_balancers
    traffic = {
        (id(c.source.resource), id(c.target.resource)): c.port
        for c in connections
        if c.source is not None and c.purpose == "requests"
    }
    for connection in connections:
        source = connection.source
        if source is None:
            continue
        key = (id(source.resource), id(connection.target.resource))
        checks = connection.purpose == "health checks"
        if checks and traffic.get(key) == connection.port and source.groups.resources:
            continue  # the same port as the requests'
        verdicts = []
        if architecture.gives(source.resource, "security_groups"):
            out = lets_out(architecture, source, connection.port, side(connection.target))
            verdicts.append(_leaving(connection, out))
        if checks:
            # Without a security group it is known by the addresses of its subnets.
            into = lets_in(architecture, connection.target, connection.port, side(source))
            verdicts.append(_entering(connection, into))
        yield from verdicts


def _leaving(connection: Connection, verdict: GroupVerdict) -> Finding:
    subject = connection.target.resource.address
    if verdict.passes is True:
        return passed(subject, connection.words)
    if verdict.passes is UNKNOWN:
        return unknown(subject, f"{connection.words}: {verdict.why}")
    # Where requests pass, the port of the health checks is what is wrong.
    checks = connection.purpose == "health checks"
    return failed(
        connection.asked_by.address if checks else verdict.groups.addresses[0],
        f"{verdict.named} lets nothing out to there: it stops {connection.words}",
    )


def _entering(connection: Connection, verdict: GroupVerdict) -> Finding:
    subject = connection.target.resource.address
    if verdict.passes is True:
        return passed(subject, connection.words)
    if verdict.passes is UNKNOWN:
        return unknown(subject, f"{connection.words}: {verdict.why}")
    return failed(
        connection.asked_by.address,
        f"{verdict.named} does not admit {connection.words}: no target becomes healthy",
    )


RULE = Rule(
    id="LG_NET_4",
    title="Security groups let a load balancer's requests and health checks to its targets",
    severity=Severity.CRITICAL,
    why=(
        "A load balancer needs a rule out of its own security group, and one into the targets', on "
        "the port of the requests and on that of the health checks, which may be another. Without "
        "one of them no target becomes healthy, and the region answers with errors."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ),
    fix=(
        "Let the load balancer's group out to the target port and to the health checks' port, and "
        "let both into the targets' group."
    ),
    remediation="""\
resource "aws_security_group_rule" "targets" {
  security_group_id        = aws_security_group.load_balancer.id
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 8080
  to_port                  = 8080
  source_security_group_id = aws_security_group.app.id
}
""",
    looked_up=(
        "A security group that is only looked up is not accepted: whom it lets in or out is not in "
        "the plan."
    ),
    subjects=(
        "aws_alb_target_group",
        "aws_autoscaling_group",
        "aws_default_security_group",
        "aws_ecs_service",
        "aws_instance",
        "aws_lb_target_group",
        "aws_security_group",
    ),
    judge=judge,
)
