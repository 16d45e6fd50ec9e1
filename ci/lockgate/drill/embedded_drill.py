"""From an environment's name to rehearsals on loopback of what the embedded AWS holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from lockgate.base.errors import UsageError
from lockgate.drill import applied
from lockgate.drill.display import Display
from lockgate.drill.rehearsal import rehearse
from lockgate.drill.servers import Mode
from lockgate.drill.timeline import Timeline
from lockgate.drill.zone_model import ZoneModel
from lockgate.repository.environments import Environment
from lockgate.targets.target_selection import for_reading


def models_to_rehearse(environment: Environment, lose: str | None) -> list[ZoneModel]:
    """What is applied in the repository's embedded AWS, of the names that a loss would move.

    ``lose`` is a region, or None for the primaries'. Raises UsageError where nothing is applied,
    or nothing would move; EngineError if the embedded AWS does not answer.
    """
    name = environment.name
    with for_reading("embedded", environment.root) as target:
        if target is None:
            raise applied.nothing_applied(name)
        models = applied.models(name, cache(target.client), target.state_object(environment))
    if lose is None:
        return models
    regions = sorted({balancer.region for model in models for balancer in model.balancers.values()})
    if lose not in regions:
        raise UsageError(
            f"--lose {lose}: '{name}' has no load balancer there. It has some in: "
            f"{', '.join(regions) or 'no region'}."
        )
    moving = [model for model in models if model.leads_to(model.primary).region == lose]
    if not moving:
        raise UsageError(
            f"--lose {lose}: no name of '{name}' has its primary record there, so nothing "
            "would move, and there is no recovery to time."
        )
    return moving


def rehearse_each(
    models: Sequence[ZoneModel],
    shown: Display,
    fault: Mode,
    time_scale: float,
    dns_port: int,
    lose: str | None,
) -> list[Timeline]:
    """Rehearse one after another; raises as ``rehearse`` does."""
    pace = "in real time" if time_scale == 1 else f"{time_scale:g} times as fast as real time"
    timelines = []
    for model in models:
        shown.say(f"{model.title}: drilling {pace}")
        timelines.append(
            rehearse(model, fault, time_scale, shown.say, dns_port, lose, watch=shown.watch)
        )
    return timelines
