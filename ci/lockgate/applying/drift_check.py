"""Asks what changed outside of each environment, side by side, and judges what really stands."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from lockgate.applying.drift import EnvironmentDrift, read_drift, standing_plan
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine, stop_all
from lockgate.judging.environment_check import Judge
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.plan_making import Say
from lockgate.repository.environments import Environment
from lockgate.targets.target import Target


def find_drift(
    environments: Sequence[Environment], target: Target, engine: Engine, judge: Judge, say: Say
) -> tuple[EnvironmentDrift, ...]:
    """The drift of every environment; nothing is applied, and no state is written.

    An environment whose state cannot be read does not keep the others from being looked at.
    Raises PolicyError if checkov gives no verdict.
    """

    def run(environment: Environment) -> EnvironmentDrift:
        say(environment.name, "reading what stands")
        plan = Path(scratch) / f"{environment.name}.json"
        try:
            plan_environment(environment, target, engine, plan)
            document = json.loads(plan.read_bytes())
            found = read_drift(environment.name, document)
            if not found.applied:
                say(environment.name, "nothing is applied")
                return found
            say(environment.name, "judging")
            plan.write_text(json.dumps(standing_plan(document)))
            found = replace(found, verdict=judge.judge(environment, plan))
        except EngineError as error:
            say(environment.name, "could not be read")
            return EnvironmentDrift(environment.name, engine_error=str(error))
        say(environment.name, "drifted" if found.resources else "no drift")
        return found

    with (
        tempfile.TemporaryDirectory(prefix="lockgate-drift-") as scratch,
        ThreadPoolExecutor(max_workers=max(2, min(os.cpu_count() or 1, 4))) as pool,
    ):
        futures = [pool.submit(run, environment) for environment in environments]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            judge.close()
            raise
