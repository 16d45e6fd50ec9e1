"""Applies and destroys an environment: what is applied is the plan that was judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.applying.apply_record_store import open_record_store
from lockgate.applying.recorded_apply import apply_recorded, left_behind, stop_second_making
from lockgate.applying.state_refresh import settle
from lockgate.base.errors import EngineError, Interrupted
from lockgate.engine.apply_progress import ApplyProgress
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state import errored_state, state_lock
from lockgate.targets.target import Target, Workspace
from lockgate.verdict.verdict import EnvironmentVerdict

Say = Callable[[str], None]
JudgePlan = Callable[[Environment, Path], EnvironmentVerdict]


@dataclass(frozen=True)
class JsonPlan:
    """A plan file, made in a workspace, and its JSON."""

    workspace: Workspace

    @property
    def plan(self) -> Path:
        """The plan file that Terraform applies."""
        return self.workspace.scratch / "lockgate.tfplan"

    @property
    def json(self) -> Path:
        """The same plan as JSON."""
        return self.workspace.scratch / "lockgate-plan.json"


@dataclass(frozen=True)
class Applied:
    """What an apply came to: whether anything changed, the outputs, and the verdict before it."""

    changed: bool
    outputs: dict[str, Any]
    verdict: EnvironmentVerdict


def apply(
    environment: Environment,
    target: Target,
    engine: Engine,
    judge: JudgePlan,
    say: Say,
    anew: Sequence[str] = (),
) -> Applied:
    """Plan, judge that plan, and apply it if it passes; the verdict says whether it did.

    ``anew`` are the addresses that may be made though an apply that was cut off made them. Raises
    PolicyError for others, EngineError with Terraform's own message, Interrupted when the user
    stopped it.
    """
    with (
        target.workspace(environment) as workspace,
        explained(environment, workspace, "apply", target),
    ):
        plan = JsonPlan(workspace)
        say(f"Planning {environment.name}")
        engine.init(workspace.directory, workspace.env)
        store = open_record_store(target, environment)
        cut_off = store.read() if store else None
        changes = engine.plan(workspace.directory, workspace.env, plan.plan)
        engine.show_json(workspace.directory, workspace.env, plan.plan, plan.json)
        verdict = judge(environment, plan.json)
        if not verdict.passes:
            return Applied(False, {}, verdict)
        if store and cut_off:
            document = json.loads(plan.json.read_bytes())
            for line in stop_second_making(cut_off, document, anew, environment.name):
                say(line)
            store.remove(cut_off)
        if changes:
            say(f"Applying {environment.name}")
            apply_recorded(engine, workspace, plan.plan, say, store)
            if failed := settle(engine, workspace):
                say(f"It is applied, but its state was not brought up to date: {failed}")
        return Applied(changes, engine.outputs(workspace.directory, workspace.env), verdict)


def destroy(environment: Environment, target: Target, engine: Engine, say: Say) -> bool:
    """Destroy everything in the environment's state; tells whether there was anything.

    Raises as ``apply`` does.
    """
    with (
        target.workspace(environment) as workspace,
        explained(environment, workspace, "destroy", target),
    ):
        plan = JsonPlan(workspace)
        say(f"Planning the end of {environment.name}")
        engine.init(workspace.directory, workspace.env)
        store = open_record_store(target, environment)
        cut_off = store.read() if store else None
        changes = engine.plan(workspace.directory, workspace.env, plan.plan, extra=["-destroy"])
        if changes:
            say(f"Destroying {environment.name}")
            progress = ApplyProgress(say)
            engine.apply(workspace.directory, workspace.env, plan.plan, progress.on_line)
        if store and cut_off:
            engine.show_json(workspace.directory, workspace.env, plan.plan, plan.json)
            for line in left_behind(cut_off, json.loads(plan.json.read_bytes())):
                say(line)
            store.remove(cut_off)
        return changes


@contextmanager
def explained(
    environment: Environment, workspace: Workspace, command: str, target: Target
) -> Iterator[None]:
    """Give Terraform's errors repository paths, and them and an interrupt their next step."""
    try:
        yield
    except EngineError as error:
        said = workspace.in_repository(str(error))
        said += state_lock.next_step(said, environment, target)
        raise EngineError(said + errored_state.rescue(workspace)) from error
    except KeyboardInterrupt as interrupt:
        if kept := errored_state.rescue(workspace):
            raise Interrupted(f"Interrupted.{kept}") from interrupt
        raise Interrupted(
            "Interrupted. Terraform finished what it had begun, saved the state and released the "
            f"lock. `lockgate {command} {environment.name}` goes on from there."
        ) from interrupt
