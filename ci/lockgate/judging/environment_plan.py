"""Plans one environment: init, plan, and the plan as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lockgate.engine.engine import Engine, OnLine
from lockgate.engine.provider_request import LOCK_FILE, SOURCE, locked_version
from lockgate.judging import plan_document
from lockgate.repository.environments import Environment
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Target

_PLAN_FILE = "lockgate.tfplan"


@dataclass(frozen=True)
class PlannedEnvironment:
    """An environment, its plan as JSON, and whether the plan changes anything."""

    environment: Environment
    plan_json: Path
    changes: bool


def plan_environment(
    environment: Environment,
    target: Target,
    engine: Engine,
    out: Path,
    on_line: OnLine | None = None,
) -> PlannedEnvironment:
    """Plan an environment on a target and write the plan's JSON to ``out``.

    The version of the AWS provider that it was made with stands in it: Terraform leaves that out.

    ``on_line`` gets the plan as a person reads it. Raises EngineError with Terraform's own
    message, its files as paths in the repository.
    """
    with target.workspace(environment) as workspace, explained(workspace):
        plan = workspace.scratch / _PLAN_FILE
        if on_line is None:
            changes = engine.plan_json(workspace.directory, workspace.env, plan, out)
        else:
            engine.init(workspace.directory, workspace.env)
            changes = engine.plan(workspace.directory, workspace.env, plan, on_line)
            engine.show_json(workspace.directory, workspace.env, plan, out)
        if version := locked_version(workspace.directory / LOCK_FILE):
            plan_document.attach(out, {"provider": f"{SOURCE} {version}"})
    return PlannedEnvironment(environment, out, changes)
