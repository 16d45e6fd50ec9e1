"""What environments are for, as their plans show it: what `lockgate init` writes down."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lockgate.base.errors import LockgateError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.judging.environment_check import attach_facts
from lockgate.judging.plan_making import resolved_plans
from lockgate.repository.environments import Environment
from lockgate.verdict import losses
from lockgate_policies.model.settings import Settings
from lockgate_policies.model.strategy import StrategyDecision
from lockgate_policies.model.strategy_inference import infer_strategy


def shown_strategies(
    environments: Sequence[Environment],
    settings: Settings,
    engine: Engine,
    say: Callable[[str, str], None],
) -> dict[str, StrategyDecision]:
    """The strategy that each environment's plan shows; one that cannot be planned is left out."""
    shown: dict[str, StrategyDecision] = {}
    choice = ProviderChoice(engine, None, lambda line: say("provider", line))
    with (
        tempfile.TemporaryDirectory(prefix="lockgate-strategy-") as scratch,
        resolved_plans(environments, engine, choice, lambda _: settings) as plans,
    ):
        for number, environment in enumerate(environments):
            plan = Path(scratch) / f"{number}.json"
            say(environment.name, "looking what it is for")
            try:
                plans.plan(environment, plan, say)
                attach_facts(environment, plan, None)
                architecture = losses.read_plan_file(plan, settings, environment.name)
            except LockgateError as error:
                say(environment.name, f"cannot be planned: {str(error).splitlines()[0]}")
            else:
                shown[environment.name] = infer_strategy(architecture)
    return shown
