"""Applies an environment to a target by its name: what `lockgate apply` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from lockgate.applying.environment_apply import Applied, JudgePlan, ReviewedPlan, apply
from lockgate.applying.ordered_apply import apply_in_order
from lockgate.engine.engine import Engine
from lockgate.judging.environment_check import open_judge
from lockgate.repository.environments import Environment
from lockgate.targets.target_selection import for_apply
from lockgate.verdict.verdict import EnvironmentVerdict


def apply_on(
    target_name: str,
    environment: Environment,
    engine: Engine,
    say: Callable[[str], None],
    anew: Sequence[str] = (),
    reviewed: ReviewedPlan | None = None,
) -> Applied:
    """Apply the plan that was reviewed, or plan, judge and apply; raises as ``apply`` does."""
    with ExitStack() as stack:
        target = stack.enter_context(for_apply(target_name, environment.root, say, engine))
        judge: JudgePlan = partial(_judge_when_asked, engine)
        if reviewed is None:
            # Started now, checkov is warm when the plan is made.
            opened = stack.enter_context(open_judge([environment], resolve=engine))
            judge = opened.judge
            if environment.parts:
                order = opened.order_of(environment)
                return apply_in_order(environment, order, target, engine, judge, say)
        return apply(environment, target, engine, judge, say, anew, reviewed)


def _judge_when_asked(engine: Engine, environment: Environment, plan: Path) -> EnvironmentVerdict:
    """Judge with a checkov of its own, which most reviewed plans do not need."""
    with open_judge([environment], resolve=engine) as judge:
        return judge.judge(environment, plan)
