"""The connections that a service needs: clients to load balancers, these to targets, and so on.

A connection is asked for by something in the plan: a listener, a target group, or a database that
admits a server or is named by a server's own rule. Which servers use which database is nowhere
else written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from .admission import Side, admitted
from .architecture import Architecture
from .attachments import Attachment, attachment
from .load_balancers import LoadBalancer
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .registered_targets import Registration
from .security_groups import Permission

_DEFAULT_PORTS = {
    "aurora": 3306,
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "docdb": 27017,
    "mariadb": 3306,
    "memcached": 11211,
    "mysql": 3306,
    "neptune": 8182,
    "postgres": 5432,
    "redis": 6379,
    "valkey": 6379,
}
"""The ports of engines where none is given, from each engine's API reference."""

_ENGINES = {
    "aws_db_instance": "",
    "aws_docdb_cluster": "docdb",
    "aws_elasticache_cluster": "",
    "aws_elasticache_replication_group": "redis",
    "aws_neptune_cluster": "neptune",
    "aws_rds_cluster": "",
}
"""What keeps data behind a port of a VPC, each with its engine; "" where ``engine`` gives it."""

SERVER_TYPES = ("aws_autoscaling_group", "aws_ecs_service", "aws_instance")


@dataclass(frozen=True)
class Connection:
    """A TCP connection from somebody (None: clients of the internet) to somebody.

    ``port`` is UNKNOWN where the plan does not tell it; ``asked_by`` is what asks for it, and
    ``purpose`` says what it carries.
    """

    source: Attachment | None
    target: Attachment
    port: Value
    purpose: str
    asked_by: Resource

    @property
    def words(self) -> str:
        """The connection in words."""
        who = "the internet" if self.source is None else self.source.resource.address
        port = "a port" if self.port is UNKNOWN else f"port {self.port}"
        return f"{self.purpose} from {who} to {port} of {self.target.resource.address}"


class Connections:
    """The connections of an architecture."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._attachments: dict[int, Attachment] = {}

    def attached(self, resource: Resource) -> Attachment:
        """Where a resource stands, read once."""
        if id(resource) not in self._attachments:
            self._attachments[id(resource)] = attachment(self._architecture, resource)
        return self._attachments[id(resource)]

    @cached_property
    def of_clients(self) -> list[Connection]:
        """From the internet to each listener of the load balancers that face it."""
        connections = []
        for balancer in self._architecture.load_balancers:
            if balancer.internet_facing is not True:
                continue
            target = self.attached(balancer.resource)
            for listener, port in listening(balancer):
                connections.append(Connection(None, target, port, "requests", listener))
        return connections

    @cached_property
    def of_health_checkers(self) -> list[Connection]:
        """From Route 53's health checkers to the ports of load balancers that they probe."""
        faces = [b for b in self._architecture.load_balancers if b.internet_facing is True]
        connections = []
        for check in self._architecture.health_checks:
            for balancer in faces:
                port = _port(check.port)
                if balancer.resource in check.probes.resources and port is not UNKNOWN:
                    target = self.attached(balancer.resource)
                    purpose = f"health checks ({check.address})"
                    connections.append(Connection(None, target, port, purpose, check.resource))
        return connections

    @cached_property
    def of_load_balancers(self) -> list[Connection]:
        """From load balancers to what is registered with their target groups."""
        connections: dict[tuple[int, int, Value, str], Connection] = {}
        for balancer in self._architecture.load_balancers:
            for registration in self._behind(balancer):
                for target in registration.targets.resources:
                    if target.type not in SERVER_TYPES:
                        continue
                    for purpose, port in _ports(self._architecture, registration):
                        key = (id(balancer.resource), id(target), port, purpose)
                        connections[key] = Connection(
                            self.attached(balancer.resource),
                            self.attached(target),
                            port,
                            purpose,
                            registration.target_group,
                        )
        return list(connections.values())

    @cached_property
    def servers(self) -> list[Attachment]:
        """What is registered with the target groups of load balancers."""
        stations = {
            id(target): self.attached(target)
            for registration in self._architecture.registrations
            for target in registration.targets.resources
            if target.type in SERVER_TYPES and target.mode == "managed"
        }
        return list(stations.values())

    @cached_property
    def stores(self) -> list[tuple[Attachment, Value]]:
        """What keeps data behind a port of a VPC, with that port."""
        return [
            (self.attached(resource), _store_port(self._architecture, resource))
            for resource in self._architecture.of_type(*_ENGINES)
        ]

    @cached_property
    def of_servers(self) -> list[Connection]:
        """From servers to the stores of their VPC that either side's rules say it uses."""
        return [
            Connection(server, store, port, "queries", store.resource)
            for store, port in self.stores
            for server in self.servers
            if port is not UNKNOWN
            and any(vpc in store.vpcs for vpc in server.vpcs)
            and self._uses(server, store, port)
        ]

    @property
    def inside(self) -> list[Connection]:
        """Those from clients to load balancers, from there to servers, and on to stores."""
        return [*self.of_clients, *self.of_load_balancers, *self.of_servers]

    def _uses(self, server: Attachment, store: Attachment, port: int) -> bool:
        architecture = self._architecture
        names_server = _names(architecture.ingress_of(store.groups.resources), server)
        into = architecture.ingress_of(store.groups.resources)
        side = Side(server.groups.resources, server.ranges, server.elsewhere)
        if names_server or admitted(architecture, into, port, side) is True:
            return True
        return _names(architecture.egress_of(server.groups.resources), store)

    def _behind(self, balancer: LoadBalancer) -> list[Registration]:
        groups = balancer.target_groups.resources
        return [r for r in self._architecture.registrations if r.target_group in groups]


def listening(balancer: LoadBalancer) -> Iterator[tuple[Resource, Value]]:
    """The listeners of a load balancer with their ports; a classic one holds them itself."""
    if balancer.resource.type == "aws_elb":
        for block in balancer.resource.blocks("listener"):
            yield balancer.resource, _port(block.get("lb_port"))
    for listener in balancer.listeners:
        yield listener, _port(listener.value("port"))


def health_port(group: Resource, traffic: Value) -> Value:
    """The port that a target group's health check asks, ``traffic`` where it gives none."""
    given = group.value("health_check.0.port")
    if given in (None, "", "traffic-port") or (given is UNKNOWN and not _gives_port(group)):
        return traffic
    return _port(given)


def _gives_port(group: Resource) -> bool:
    # Not given, it is computed, and so unknown. A dynamic block's is in no plan's configuration.
    return group.expression("health_check.0.port") is not None


def _ports(architecture: Architecture, registration: Registration) -> Iterator[tuple[str, Value]]:
    """What load balancers ask of a registered target: each purpose with its port."""
    group = registration.target_group
    traffic = _port(registration.port)
    if registration.by.type == "aws_ecs_service" and not architecture.gives(
        registration.by, "network_configuration"
    ):
        return  # ports of the host that it is given only when it starts
    yield "requests", traffic
    if group.value("health_check.0.enabled") is not False:
        yield "health checks", health_port(group, traffic)


def _store_port(architecture: Architecture, resource: Resource) -> Value:
    port = resource.value("port")
    if isinstance(port, int | float) and not isinstance(port, bool) and port:
        return int(port)
    if port is UNKNOWN and resource.expression("port") is not None:
        return UNKNOWN
    engine = _ENGINES[resource.type] or resource.value("engine")
    if not isinstance(engine, str):
        return UNKNOWN
    if engine.startswith("oracle"):
        return 1521
    return 1433 if engine.startswith("sqlserver") else _DEFAULT_PORTS.get(engine, UNKNOWN)


def _names(permissions: Iterable[Permission], side: Attachment) -> bool:
    """Tell whether one of some permissions is for a security group of a side."""
    return any(
        group in permission.peers.resources
        for permission in permissions
        for group in side.groups.resources
    )


def _port(value: Value) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return UNKNOWN
