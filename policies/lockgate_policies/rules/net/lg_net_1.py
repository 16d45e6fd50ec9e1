"""LG_NET_1: network ACLs let requests and their answers through."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.acl_obstacles import AclObstacles, Obstacle
from ...model.architecture import Architecture
from ...model.connections import Connection, Connections
from ...model.network_acls import ACL_TYPES, RULE_TYPE

_SHOWN = 3


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Follow each connection over the borders of its subnets, both ways."""
    connections = Connections(architecture)
    obstacles = AclObstacles(architecture)
    written = bool(architecture.of_type(*ACL_TYPES, RULE_TYPE))
    stopped: dict[str, list[tuple[Obstacle, Connection]]] = {}
    for connection in connections.inside:
        in_the_way = [*obstacles.of(connection), *(_untold(connection) if written else ())]
        yield from _clear(connection, in_the_way, stopped)
    for connection in connections.of_health_checkers:
        in_the_way = list(obstacles.of_health_checkers(connection.target, connection.port))
        yield from _clear(connection, in_the_way, stopped)
    for where, pairs in stopped.items():
        yield _blocked(where, pairs)


def _clear(
    connection: Connection,
    in_the_way: list[Obstacle],
    stopped: dict[str, list[tuple[Obstacle, Connection]]],
) -> Iterator[Finding]:
    """Pass a connection, or put down what is in its way by the resource that is at fault."""
    subject = connection.target.resource.address
    if not in_the_way and not list(_untold(connection)):
        yield passed(subject, connection.words)
    for obstacle in in_the_way:
        where = obstacle.owner.address if obstacle.owner else subject
        stopped.setdefault(where, []).append((obstacle, connection))


def _untold(connection: Connection) -> Iterator[Obstacle]:
    """The subnets that a connection may cross and that are not known, as what is in its way."""
    for side in (connection.source, connection.target):
        if side is not None and side.subnet_gaps:
            gaps = "; ".join(side.subnet_gaps)
            yield Obstacle(None, f"which network ACLs {side.resource.address} has: {gaps}")


def _blocked(where: str, pairs: list[tuple[Obstacle, Connection]]) -> Finding:
    certain = [pair for pair in pairs if pair[0].owner is not None]
    obstacle = (certain or pairs)[0][0]
    words = list(dict.fromkeys(connection.words for _, connection in certain or pairs))
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    shown = f"{'; '.join(words[:_SHOWN])}{more}"
    if certain:
        return failed(where, f"{obstacle.words}. It stops {shown}")
    return unknown(where, f"{obstacle.words} ({shown})")


RULE = Rule(
    id="LG_NET_1",
    title="Network ACLs let requests and their answers through",
    severity=Severity.CRITICAL,
    why=(
        "A network ACL keeps no state: besides the request, the answer needs a rule, to the port "
        "that the asking side chose. The rule with the lowest number that matches decides, and "
        "what no rule matches is denied. A subnet cut off so looks complete in every other way."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    ),
    fix=(
        "Allow the port from where it is asked, and ports 1024 to 65535 back to there, before any "
        "rule that denies them."
    ),
    remediation="""\
resource "aws_network_acl_rule" "requests" {
  network_acl_id = aws_network_acl.public.id
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl_rule" "answers" {
  network_acl_id = aws_network_acl.public.id
  egress         = true
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 1024
  to_port        = 65535
  cidr_block     = "0.0.0.0/0"
}
""",
    looked_up=(
        "A network ACL that is only looked up is not accepted: its rules are not in the plan. Of "
        "subnets that are only looked up nothing is said."
    ),
    subjects=(
        "aws_alb",
        "aws_autoscaling_group",
        "aws_db_instance",
        "aws_default_network_acl",
        "aws_docdb_cluster",
        "aws_ecs_service",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_elb",
        "aws_instance",
        "aws_lb",
        "aws_neptune_cluster",
        "aws_network_acl",
        "aws_network_acl_rule",
        "aws_rds_cluster",
    ),
    judge=judge,
)
