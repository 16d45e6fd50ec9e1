"""Applies the root modules of one environment one after the other, each after what it looks up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lockgate.applying.environment_apply import Applied, JudgePlan, Say, apply
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.engine.environment_engine import engine_of
from lockgate.repository.environments import Environment
from lockgate.targets.target import Target

ApplyPart = Callable[[Environment], Applied]


def apply_in_order(
    environment: Environment,
    order: Sequence[Environment],
    target: Target,
    engine: Engine,
    judge: JudgePlan,
    say: Say,
) -> Applied:
    """Plan, judge and apply each root module in its turn; raises as ``apply`` does.

    Nothing is applied unless all of them together pass.
    """

    def one(part: Environment) -> Applied:
        return apply(part, target, engine_of(part, engine), judge, say)

    return in_turn(environment, order, one, say)


def in_turn(
    environment: Environment, order: Sequence[Environment], one: ApplyPart, say: Say
) -> Applied:
    """Apply each root module by ``one``, until all are applied or one of them is not.

    Raises EngineError, which says what is applied already and how to go on.
    """
    say(f"{environment.name} is applied in this order: {', '.join(part.inside for part in order)}")
    outputs: dict[str, object] = {}
    changed = False
    done: list[str] = []
    for part in order:
        try:
            applied = one(part)
        except EngineError as error:
            stands = ", ".join(done) or "nothing"
            raise EngineError(
                f"{part.inside}: {error}\nOf {environment.name}, {stands} is applied, and "
                f"{part.inside} is not. Put right what the message says, and run `lockgate apply "
                f"{environment.name}` again: what is applied stays as it is."
            ) from error
        verdict = replace(applied.verdict, environment=environment.name)
        if not verdict.passes:
            return Applied(changed, outputs, verdict)
        changed |= applied.changed
        outputs |= {f"{part.inside}/{name}": value for name, value in applied.outputs.items()}
        done.append(part.inside)
    return Applied(changed, outputs, verdict)
