"""LG_NET_5: servers reach the databases and caches of their VPC."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.attachments import Attachment
from ...model.connections import Connection, Connections
from ...model.group_obstacles import lets_in, lets_out, side
from ...model.plan_values import UNKNOWN, Value


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each server and store of which either's rules name the other; then stores alone."""
    connections = Connections(architecture)
    reached = set()
    for connection in connections.of_servers:
        reached.add(id(connection.target.resource))
        yield from _judge_connection(architecture, connection)
    for store, port in connections.stores:
        if id(store.resource) not in reached and _beside(store, connections.servers):
            yield from _judge_alone(architecture, store, port)


def _judge_connection(architecture: Architecture, connection: Connection) -> Iterator[Finding]:
    server, store = connection.source, connection.target
    if server is None:
        return
    out = lets_out(architecture, server, connection.port, side(store))
    into = lets_in(architecture, store, connection.port, side(server))
    for verdict, words, subject in (
        (out, "lets nothing out to there", server),
        (into, "does not admit it", store),
    ):
        if verdict.passes is False:
            yield failed(
                verdict.groups.addresses[0],
                f"{verdict.named} {words}: it stops {connection.words}",
            )
        elif verdict.passes is UNKNOWN:
            yield unknown(subject.resource.address, f"{connection.words}: {verdict.why}")
        else:
            yield passed(subject.resource.address, connection.words)


def _judge_alone(architecture: Architecture, store: Attachment, port: Value) -> Iterator[Finding]:
    """A store that no server is known to use: somebody must be admitted all the same."""
    groups = store.groups
    where = store.resource.address
    if groups.gaps or groups.looked_up:
        why = groups.why or f"{groups.looked_up[0]} is only looked up"
        yield unknown(where, f"whether a server reaches it is not known: {why}")
        return
    if not groups.resources:
        return  # the default group of its VPC, which is written nowhere
    if port is UNKNOWN:
        yield unknown(where, "its port is not known until apply, and so neither is who reaches it")
        return
    permissions = architecture.ingress_of(groups.resources)
    if any(permission.admits(port) is not False for permission in permissions):
        yield passed(where, "admits others than servers behind a load balancer")
    elif architecture.unplaced_ingress:
        why = architecture.unplaced_ingress[0].groups.why
        yield unknown(where, f"whom it admits is not known: {why}")
    else:
        yield failed(
            where,
            f"{', '.join(groups.addresses)} admits nobody to port {port}: no server reaches it",
        )


def _beside(store: Attachment, servers: list[Attachment]) -> bool:
    return any(vpc in store.vpcs for server in servers for vpc in server.vpcs)


RULE = Rule(
    id="LG_NET_5",
    title="Servers reach the databases and caches that admit them",
    severity=Severity.CRITICAL,
    why=(
        "A server needs a rule out of its own security group, and the database needs one in. In "
        "the region that serves, a missing one is noticed at once; in the standby it is noticed on "
        "the day of the failover, because load balancers' health checks seldom ask the database."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    ),
    fix="Let the servers' group out to the database's port, and into the database's group.",
    remediation="""\
resource "aws_security_group_rule" "application" {
  security_group_id        = aws_security_group.app.id
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = aws_security_group.database.id
}
""",
    looked_up=(
        "A security group that is only looked up is not accepted: whom it lets in or out is not in "
        "the plan."
    ),
    subjects=(
        "aws_autoscaling_group",
        "aws_db_instance",
        "aws_default_security_group",
        "aws_docdb_cluster",
        "aws_ecs_service",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_instance",
        "aws_neptune_cluster",
        "aws_rds_cluster",
        "aws_security_group",
    ),
    judge=judge,
)
