"""Asks what changed outside of each environment, side by side, and judges what really stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lockgate.applying.drift import EnvironmentDrift, in_part, read_drift, standing_plan
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine, stop_all
from lockgate.engine.environment_engine import engine_of
from lockgate.judging.environment_check import Judge, open_judge
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.joined_plan import join
from lockgate.judging.plan_making import Say
from lockgate.judging.side_by_side import side_by_side
from lockgate.repository.environments import Environment
from lockgate.targets.target import Target
from lockgate.targets.target_selection import for_reading


def find_drift(
    environments: Sequence[Environment], target: Target, engine: Engine, judge: Judge, say: Say
) -> tuple[EnvironmentDrift, ...]:
    """The drift of every environment; nothing is applied, and no state is written.

    An environment whose state cannot be read does not keep the others from being looked at.
    Raises PolicyError if checkov gives no verdict.
    """

    def run(environment: Environment, plan: Path) -> EnvironmentDrift:
        say(environment.name, "reading what stands")
        try:
            if environment.parts:
                return _of_parts(environment, target, engine, judge, plan)
            plan_environment(environment, target, engine_of(environment, engine), plan)
            document = json.loads(plan.read_bytes())
            drift = read_drift(environment.name, document)
            if not drift.applied:
                say(environment.name, "nothing is applied")
                return drift
            say(environment.name, "judging")
            plan.write_text(json.dumps(standing_plan(document)))
            drift = replace(drift, verdict=judge.judge(environment, plan))
        except EngineError as error:
            say(environment.name, "could not be read")
            return EnvironmentDrift(environment.name, engine_error=str(error))
        say(environment.name, "drifted" if drift.resources else "no drift")
        return drift

    def stop() -> None:
        stop_all()
        judge.close()

    return side_by_side(environments, run, stop)


def _of_parts(
    environment: Environment, target: Target, engine: Engine, judge: Judge, plan: Path
) -> EnvironmentDrift:
    """The drift of an environment with several root modules; what stands is judged as one."""
    standing: dict[str, dict[str, Any]] = {}
    drifts: list[EnvironmentDrift] = []
    for part in environment.parts:
        plan_environment(part, target, engine_of(part, engine), plan)
        document = json.loads(plan.read_bytes())
        drifts.append(in_part(part.inside, read_drift(part.name, document)))
        standing[part.name] = standing_plan(document)
    if not any(drift.applied for drift in drifts):
        return EnvironmentDrift(environment.name, applied=False)
    plan.write_text(json.dumps(join(standing)))
    return EnvironmentDrift(
        environment.name,
        resources=tuple(resource for drift in drifts for resource in drift.resources),
        pending=tuple(address for drift in drifts for address in drift.pending),
        verdict=judge.judge(environment, plan),
    )


def find_drift_on(
    target_name: str, root: Path, environments: Sequence[Environment], engine: Engine, say: Say
) -> tuple[EnvironmentDrift, ...] | None:
    """The drift of environments of a repository on a target; None if there is none to look at.

    An embedded AWS that is not up is not started: nothing is applied there.
    """
    with for_reading(target_name, root, engine) as target:
        if target is None:
            return None
        with open_judge(environments) as judge:
            return find_drift(environments, target, engine, judge, say)
