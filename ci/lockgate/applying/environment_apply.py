"""Applies and destroys an environment: what is applied is the plan that was judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lockgate.applying.apply_record_store import ApplyRecordStore, Seen, open_record_store
from lockgate.applying.recorded_apply import apply_recorded, left_behind, stop_second_making
from lockgate.applying.state_refresh import settle
from lockgate.base.errors import EngineError, Interrupted
from lockgate.engine.apply_progress import ApplyProgress
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state import errored_state
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Target, Workspace
from lockgate.verdict.verdict import EnvironmentVerdict

Say = Callable[[str], None]
JudgePlan = Callable[[Environment, Path], EnvironmentVerdict]
# Terraform's words for a plan whose state is another one by now.
_STALE = ("Saved plan is stale", "Saved plan does not match the given state")


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

    def document(self) -> dict[str, Any]:
        """What the JSON holds."""
        document: dict[str, Any] = json.loads(self.json.read_bytes())
        return document


@dataclass(frozen=True)
class Applied:
    """What an apply came to: whether anything changed, the outputs, and the verdict before it."""

    changed: bool
    outputs: dict[str, Any]
    verdict: EnvironmentVerdict


class ReviewedPlan(Protocol):
    """A plan that was judged and reviewed before: it is applied, or one that does the same."""

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        ...

    @property
    def verdict(self) -> EnvironmentVerdict:
        """How it was judged."""
        ...

    def must_fit(self, engine: Engine, workspace: Workspace) -> None:
        """Raise PolicyError unless what is here is what it was planned with."""
        ...

    def must_do_the_same(self, plan: Mapping[str, Any]) -> None:
        """Raise PolicyError, with the differences, for a plan (as JSON) that does otherwise."""
        ...

    def write(self, path: Path) -> None:
        """Write the plan file that Terraform applies."""
        ...


def apply(
    environment: Environment,
    target: Target,
    engine: Engine,
    judge: JudgePlan,
    say: Say,
    anew: Sequence[str] = (),
    reviewed: ReviewedPlan | None = None,
) -> Applied:
    """Apply the plan that was reviewed; or plan, judge that plan, and apply it if it passes.

    Where the state moved on since the review, it is planned and judged again, and applied if it
    does the same. ``anew`` are the addresses that may be made though an apply that was cut off
    made them. Raises PolicyError for others, and for what would do something else than was
    reviewed; EngineError with Terraform's own message, Interrupted when the user stopped it.
    """
    with target.workspace(environment) as workspace, _recoverable(workspace, "apply"):
        if reviewed is None:
            say(f"Planning {environment.name}")
        engine.init(workspace.directory, workspace.env)
        if reviewed is not None:
            reviewed.must_fit(engine, workspace)
        store = open_record_store(target, environment)
        sequence = _Sequence(engine, workspace, store, judge, say, anew, reviewed)
        changed, verdict = sequence.run()
        if not verdict.passes:
            return Applied(False, {}, verdict)
        if changed and (failed := settle(engine, workspace)):
            say(f"It is applied, but its state was not brought up to date: {failed}")
        return Applied(changed, engine.outputs(workspace.directory, workspace.env), verdict)


@dataclass(frozen=True)
class _Sequence:
    """One apply; each step tells whether anything was changed, and the verdict on it."""

    engine: Engine
    workspace: Workspace
    store: ApplyRecordStore | None
    judge: JudgePlan
    say: Say
    anew: Sequence[str]
    reviewed: ReviewedPlan | None

    @property
    def _name(self) -> str:
        return self.workspace.environment.name

    def run(self) -> tuple[bool, EnvironmentVerdict]:
        if self.reviewed is not None and not self.reviewed.changes:
            return False, self.reviewed.verdict
        cut_off = self.store.read() if self.store else None
        if self.reviewed is None:
            return self._plan_and_apply(cut_off)
        if cut_off:
            # It may have left the state as it was: then the reviewed plan is not stale.
            self.say(f"An apply of {self._name} is not at its end; planning again")
            return self._plan_and_apply(cut_off)
        return self._apply_reviewed(self.reviewed)

    def _apply_reviewed(self, reviewed: ReviewedPlan) -> tuple[bool, EnvironmentVerdict]:
        plan = self.workspace.scratch / "lockgate-reviewed.tfplan"
        reviewed.write(plan)
        self.say(f"Applying {self._name} as it was reviewed")
        try:
            apply_recorded(self.engine, self.workspace, plan, self.say, self.store)
        except EngineError as error:
            if not any(words in str(error) for words in _STALE):
                raise
            self.say(f"The state of {self._name} moved on since the plan; planning again")
            return self._plan_and_apply(None)
        return True, reviewed.verdict

    def _plan_and_apply(self, cut_off: Seen | None) -> tuple[bool, EnvironmentVerdict]:
        engine, workspace, reviewed = self.engine, self.workspace, self.reviewed
        files = JsonPlan(workspace)
        changes = engine.plan(workspace.directory, workspace.env, files.plan)
        engine.show_json(workspace.directory, workspace.env, files.plan, files.json)
        if cut_off:
            for line in stop_second_making(cut_off, files.document(), self.anew, self._name):
                self.say(line)
        if reviewed is not None and not changes:
            self.say(f"{self._name} is already as the plan makes it: nothing is applied")
            verdict = reviewed.verdict
        else:
            if reviewed is not None:
                reviewed.must_do_the_same(files.document())
            verdict = self.judge(workspace.environment, files.json)
            if not verdict.passes:
                return False, verdict
        if self.store and cut_off:
            self.store.remove(cut_off)
        if changes:
            same = "" if reviewed is None else "It does what was reviewed. "
            self.say(f"{same}Applying {self._name}")
            apply_recorded(engine, workspace, files.plan, self.say, self.store)
        return changes, verdict


def destroy(environment: Environment, target: Target, engine: Engine, say: Say) -> bool:
    """Destroy everything in the environment's state; tells whether there was anything.

    Raises as ``apply`` does.
    """
    with target.workspace(environment) as workspace, _recoverable(workspace, "destroy"):
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
            for line in left_behind(cut_off, plan.document()):
                say(line)
            store.remove(cut_off)
        return changes


@contextmanager
def _recoverable(workspace: Workspace, command: str) -> Iterator[None]:
    """Keep the state that could not be uploaded; explain Terraform's errors, and an interrupt."""
    try:
        with explained(workspace):
            yield
    except EngineError as error:
        raise EngineError(f"{error}{errored_state.rescue(workspace)}") from error
    except KeyboardInterrupt as interrupt:
        if kept := errored_state.rescue(workspace):
            raise Interrupted(f"Interrupted.{kept}") from interrupt
        raise Interrupted(
            "Interrupted. Terraform finished what it had begun, saved the state and released the "
            f"lock. `lockgate {command} {workspace.environment.name}` goes on from there."
        ) from interrupt
