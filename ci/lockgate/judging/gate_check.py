"""Checks environments from nothing but their names on a target: what `lockgate check` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.judging.base_revision import JudgedBy
from lockgate.judging.environment_check import check, open_judge
from lockgate.judging.plan_making import Say, plans_on
from lockgate.repository.environments import Environment
from lockgate.verdict.verdict import GateVerdict


def check_on(
    target_name: str,
    environments: Sequence[Environment],
    engine: Engine,
    say: Say,
    policies: Path | None = None,
    base: JudgedBy | None = None,
    provider: str | None = None,
) -> GateVerdict:
    """Plan the environments on a target, and judge the plans by the policies or the base's.

    ``provider`` names the AWS provider to plan with, before any setting.

    Raises UsageError for settings or waivers that are not usable, PolicyError without policies or
    a verdict of checkov.
    """
    choice = ProviderChoice(engine, provider, lambda line: say("provider", line))
    with (
        open_judge(environments, policies, base) as judge,
        plans_on(
            target_name, environments, engine, choice, judge.settings_of, judge.recorded_of
        ) as plans,
    ):
        return check(environments, plans, judge, say)
