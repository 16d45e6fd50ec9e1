"""What a drill rehearses: one name's records, the checks behind them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lockgate.base.errors import UsageError
from lockgate.drill.answers import RecordSet, time_to_live
from lockgate.drill.records import (
    EndpointCheck,
    HealthCheck,
    LoadBalancer,
    Record,
    Role,
    checks_behind,
)


@dataclass(frozen=True)
class ZoneModel:
    """One failover name, with its health checks by ID and the load balancers by DNS name.

    ``name_servers`` are those of its zone's delegation set.
    """

    records: RecordSet
    checks: Mapping[str, HealthCheck]
    balancers: Mapping[str, LoadBalancer]
    name_servers: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the name is called in messages."""
        return f"{self.records.name} {self.records.type}"

    @property
    def primary(self) -> Record:
        """The primary record."""
        return self._role(Role.PRIMARY)

    @property
    def secondary(self) -> Record:
        """The secondary record."""
        return self._role(Role.SECONDARY)

    @property
    def interval(self) -> int:
        """Seconds between the probes of one checker behind the primary; 30 without a check."""
        return max((check.interval for check in self.probing(self.primary)), default=30)

    @property
    def recovery_time(self) -> int | None:
        """Seconds until clients are served again: detection and TTL; None if nothing detects."""
        detections = [check.detection for check in self.probing(self.primary)]
        return max(detections) + time_to_live(self.primary) if detections else None

    def leads_to(self, record: Record) -> LoadBalancer:
        """The load balancer that a record leads to."""
        return self.balancers[record.alias or record.values[0].rstrip(".").lower()]

    def _role(self, role: Role) -> Record:
        with_role = self.records.with_role(role)
        if with_role is None:
            raise UsageError(f"{self.title}: there is no {role.value} record")
        return with_role

    def probing(self, record: Record) -> list[EndpointCheck]:
        """The checks that send requests behind a record's health check, its children included."""
        wanted = record.health_check
        behind = checks_behind([wanted], self.checks) if wanted else []
        return [check for check in behind if isinstance(check, EndpointCheck)]


def zone_model(
    records: RecordSet,
    known: Mapping[str, HealthCheck],
    balancers: Iterable[LoadBalancer],
) -> ZoneModel:
    """A model in which everything is accounted for.

    Raises UsageError for half a pair, and for a record or a check that leads to something other
    than a load balancer of the environment.
    """
    by_name = {balancer.dns_name: balancer for balancer in balancers}
    title = f"{records.name} {records.type}"
    for role in Role:
        if records.with_role(role) is None:
            raise UsageError(
                f"{title}: there is no {role.value} record, so there is nothing to fail over "
                f"{'from' if role is Role.PRIMARY else 'to'}. Add one and apply."
            )
    wanted = [record.health_check for record in records.records if record.health_check]
    checks = {check.id: check for check in checks_behind(wanted, known)}
    for record in records.records:
        places = [record.alias] if record.alias else list(record.values)
        for place in places:
            _balancer(place or "", f"{record.title} leads to", by_name)
    for check in checks.values():
        if isinstance(check, EndpointCheck):
            _balancer(check.host, f"Health check {check.id} probes", by_name)
    return ZoneModel(records, checks, by_name)


def _balancer(place: str, what: str, known: Mapping[str, LoadBalancer]) -> None:
    if place.rstrip(".").lower() not in known:
        named = ", ".join(
            sorted(f"{balancer.dns_name} ({balancer.region})" for balancer in known.values())
        )
        raise UsageError(
            f"{what} {place}, which is no load balancer of the environment, and so in none of its "
            f"regions; it has {named or 'none'}. The drill never guesses what stands there."
        )
