"""Applies a sealed plan: exactly what was reviewed, once, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lockgate.applying.apply_record_store import ApplyRecordStore, Seen, open_record_store
from lockgate.applying.environment_apply import Applied, JsonPlan, JudgePlan, Say, explained
from lockgate.applying.plan_difference import plan_difference
from lockgate.applying.recorded_apply import apply_recorded, stop_second_making
from lockgate.applying.state_refresh import settle
from lockgate.base.errors import EngineError, PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate.sealing.engine_versions import provider_versions
from lockgate.sealing.sealed_plan import SealedPlan, Surroundings, other_providers, refusals, unseal
from lockgate.targets.target import Target, Workspace
from lockgate.verdict.verdict import EnvironmentVerdict

# Terraform's words for a plan whose state is another one by now.
_STALE = ("Saved plan is stale", "Saved plan does not match the given state")


def read_bundle(path: Path, secret: str) -> SealedPlan:
    """The sealed plan in a file. Raises UsageError if it cannot be read, else as ``unseal``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return unseal(content, secret)
    except PolicyError as error:
        raise PolicyError(f"{path} is refused: {error}") from error


@dataclass(frozen=True)
class BundleApplier:
    """What applying sealed plans needs; ``here`` is, by environment, what must be as it was.

    ``anew`` are the addresses that may be made though an apply that was cut off made them.
    """

    here: Mapping[str, Surroundings]
    settings: PipelineSettings
    target: Target
    engine: Engine
    judge: JudgePlan
    secret: str
    anew: Sequence[str] = ()

    def apply(self, bundle: Path, environment: Environment, say: Say) -> Applied:
        """Apply the plan in a bundle, or, where the state moved on, one that does the same.

        Raises PolicyError if it is refused or would now do something else, EngineError with
        Terraform's own message, Interrupted when the user stopped it.
        """
        sealed = read_bundle(bundle, self.secret)
        now = datetime.now(UTC)
        _refuse(bundle, refusals(sealed, self.here[environment.name], self.settings, now))
        (verdict,) = sealed.manifest.judged().environments
        with (
            self.target.workspace(environment) as workspace,
            explained(environment, workspace, "apply", self.target),
        ):
            engine = self.engine
            engine.init(workspace.directory, workspace.env)
            found = provider_versions(engine, workspace)
            _refuse(bundle, other_providers(sealed.manifest, found))
            changed = sealed.manifest.changes
            store = open_record_store(self.target, environment)
            # What was cut off may have left the state as it was: then this plan is not stale.
            if changed and store and (cut_off := store.read()):
                say(f"An apply of {environment.name} is not at its end; planning again")
                changed, verdict = self._again(sealed, verdict, workspace, say, store, cut_off)
                if not verdict.passes:
                    return Applied(False, {}, verdict)
            elif changed:
                plan = workspace.scratch / "lockgate-sealed.tfplan"
                plan.write_bytes(sealed.plan)
                plan.chmod(0o600)
                say(f"Applying {environment.name} as it was reviewed")
                try:
                    apply_recorded(engine, workspace, plan, say, store)
                except EngineError as error:
                    if not any(words in str(error) for words in _STALE):
                        raise
                    say(f"The state of {environment.name} moved on since the plan; planning again")
                    changed, verdict = self._again(sealed, verdict, workspace, say, store)
                    if not verdict.passes:
                        return Applied(False, {}, verdict)
            if changed and (failed := settle(engine, workspace)):
                say(f"It is applied, but its state was not brought up to date: {failed}")
            return Applied(changed, engine.outputs(workspace.directory, workspace.env), verdict)

    def _again(
        self,
        sealed: SealedPlan,
        verdict: EnvironmentVerdict,
        workspace: Workspace,
        say: Say,
        store: ApplyRecordStore | None,
        cut_off: Seen | None = None,
    ) -> tuple[bool, EnvironmentVerdict]:
        """Plan again, and apply that if it does what was reviewed; whether it changed anything."""
        environment, engine = workspace.environment, self.engine
        files = JsonPlan(workspace)
        changes = engine.plan(workspace.directory, workspace.env, files.plan)
        engine.show_json(workspace.directory, workspace.env, files.plan, files.json)
        document: dict[str, Any] = json.loads(files.json.read_bytes())
        if store and cut_off:
            for line in stop_second_making(cut_off, document, self.anew, environment.name):
                say(line)
            store.remove(cut_off)
        if not changes:
            say(f"{environment.name} is already as the plan makes it: nothing is applied")
            return False, verdict
        if differences := plan_difference(sealed.document, document):
            told = "\n".join(f"  {each}" for each in differences)
            raise PolicyError(
                f"The state of {environment.name} moved on, and the plan would now do something "
                f"else than was reviewed; nothing was applied:\n{told}\n"
                f"Plan again with `lockgate plan {environment.name} --bundle FILE` and have that "
                "reviewed."
            )
        judged = self.judge(environment, files.json)
        if judged.passes:
            say(f"It does what was reviewed. Applying {environment.name}")
            apply_recorded(engine, workspace, files.plan, say, store)
        return judged.passes, judged


def _refuse(bundle: Path, reasons: tuple[str, ...]) -> None:
    if reasons:
        told = "\n".join(f"  {each}" for each in reasons)
        raise PolicyError(f"{bundle} is refused, and nothing was applied:\n{told}")
