"""What a drill on a real account would change, and what must be true before it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.base.errors import PolicyError, UsageError
from lockgate.drill.answers import time_to_live
from lockgate.drill.drill_journal import CheckBefore
from lockgate.drill.endpoint_requests import Request, request_like
from lockgate.drill.records import EndpointCheck, checks_behind
from lockgate.drill.zone_model import ZoneModel


@dataclass(frozen=True)
class LivePlan:
    """The names that move when the checks behind their primary records in ``region`` invert."""

    region: str
    names: tuple[ZoneModel, ...]

    @property
    def checks(self) -> tuple[str, ...]:
        """The IDs of the health checks that are inverted, each once."""
        wanted = [name.primary.health_check for name in self.names]
        return tuple(dict.fromkeys(check for check in wanted if check))

    def describe(self) -> str:
        """What would be changed, and what follows from it."""
        moves = [
            f"{name.title}: answered with {name.leads_to(name.secondary).region} instead of "
            f"{self.region}, and clients follow within {time_to_live(name.primary)} s"
            for name in self.names
        ]
        inverts = [f"invert health check {check}" for check in self.checks]
        return "\n".join(f"  {line}" for line in [*inverts, *moves])


def live_plan(models: Sequence[ZoneModel], lose: str | None) -> LivePlan:
    """What the loss of a region moves: the one of ``lose``, else the only one with primaries.

    Raises UsageError if there is nothing to lose, or a choice; PolicyError where the second
    region could not take over.
    """
    regions = sorted({zone_model.leads_to(zone_model.primary).region for zone_model in models})
    if lose is None and len(regions) > 1:
        raise UsageError(
            f"Primary records lead to {', '.join(regions)}: choose the region to lose with --lose."
        )
    region = lose or regions[0]
    names = tuple(
        zone_model
        for zone_model in models
        if zone_model.leads_to(zone_model.primary).region == region
    )
    if not names:
        raise UsageError(
            f"--lose {region}: no name has its primary record there, but in {', '.join(regions)}."
        )
    for model in names:
        _can_move(model, region)
    return LivePlan(region, names)


def _can_move(model: ZoneModel, region: str) -> None:
    primary, secondary = model.primary.health_check, model.secondary.health_check
    if model.leads_to(model.secondary).region == region:
        raise PolicyError(
            f"{model.title}: both records lead to {region}, so its loss would take the name down. "
            "Nothing was changed. Let the secondary record lead to another region."
        )
    if primary is None:
        raise PolicyError(
            f"{model.title}: its primary record has no health check, so nothing would move clients "
            "to the second region, and there is nothing to invert. Nothing was changed. Give it "
            "one (modules/failover_dns does) and apply."
        )
    behind = checks_behind([secondary], model.checks) if secondary else []
    if primary in [check.id for check in behind]:
        raise PolicyError(
            f"{model.title}: the secondary record depends on health check {primary} too, so both "
            "would be unhealthy, which Route 53 takes for healthy. Nothing was changed. Give the "
            "secondary a check of its own, or none."
        )


def must_be_invertible(check: CheckBefore) -> None:
    """Raises PolicyError where inverting a check would not simulate the loss of what it probes."""
    if check.config.get("Inverted"):
        raise PolicyError(
            f"Health check {check.id} is inverted already: it says that its endpoint is healthy "
            "while it is down. Nothing was changed. Put it right, with `lockgate drill --revert` "
            "if a drill left it so."
        )
    if check.config.get("Disabled"):
        raise PolicyError(
            f"Health check {check.id} is disabled, so a real loss would not move anybody, whatever "
            "this drill said. Nothing was changed. Enable it first."
        )


def request_to(model: ZoneModel) -> Request:
    """What shows that the name is served: the request of the check that probes for its records."""
    own: list[EndpointCheck] = []
    for record in (model.secondary, model.primary):
        own += model.probing(record)
    # The primary is an endpoint check or has one below it: a calculated check needs children.
    host = model.records.name.replace("*", "lockgate-drill")
    if not own:
        raise UsageError(f"{model.title}: no health check of it sends requests to an endpoint")
    return request_like(own[0], host)
