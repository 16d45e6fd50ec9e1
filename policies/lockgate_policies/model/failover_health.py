"""The health checks that failover records hang on, with the children of calculated ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .failover_records import FailoverRecord
from .health_checks import HealthCheck
from .plan_tree import Resource

if TYPE_CHECKING:
    from .architecture import Architecture


@dataclass(frozen=True)
class WatchedRecord:
    """A failover record, the checks that decide on it, and what could not be followed."""

    record: FailoverRecord
    checks: tuple[HealthCheck, ...]
    gaps: tuple[str, ...]


def watched_records(architecture: Architecture) -> list[WatchedRecord]:
    """Every failover record with its health checks; none at all when it is tied to none."""
    return [
        watch(architecture, record)
        for failover_set in architecture.failover_sets
        for record in failover_set.records
    ]


def checks_in_use(records: Iterable[WatchedRecord]) -> list[HealthCheck]:
    """The health checks of some records, each once."""
    return list({c.address: c for watched in records for c in watched.checks}.values())


def watch(architecture: Architecture, record: FailoverRecord) -> WatchedRecord:
    """A record with the health checks that decide on it."""
    if record.has_health_check is False:
        return WatchedRecord(record, (), ())
    gaps = list(record.health_checks.gaps)
    checks: dict[str, HealthCheck] = {}
    waiting: list[Resource] = list(record.health_checks.resources)
    while waiting:
        resource = waiting.pop(0)
        if resource.address in checks:
            continue
        if resource.mode != "managed":
            gaps.append(f"{resource.address} is only looked up, not managed in this plan")
            continue
        check = HealthCheck(architecture, resource)
        checks[resource.address] = check
        if check.kind == "CALCULATED":
            gaps += check.children.gaps
            waiting += check.children.resources
    if not checks and not gaps:
        gaps.append("which health check it is tied to is not known: give health_check_id directly")
    return WatchedRecord(record, tuple(checks.values()), tuple(dict.fromkeys(gaps)))
