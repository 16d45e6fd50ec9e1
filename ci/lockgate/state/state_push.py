"""Uploads the state that an apply could not, so that the next plan knows what was made.

What may replace what is looked at here: Terraform takes a state without a lineage, as a first apply
keeps it, for an heir of any other.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from lockgate.base import documents
from lockgate.base.errors import PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Target, Workspace

_IMPORT = "https://developer.hashicorp.com/terraform/language/import"


def push_state(environment: Environment, target: Target, engine: Engine, file: Path) -> str:
    """Upload a state file as the environment's state; says what was done.

    Raises PolicyError if it would replace what was written since, UsageError for what is no state,
    EngineError with Terraform's own message.
    """
    kept = _read(file)
    name = environment.name
    with target.workspace(environment) as workspace, explained(workspace):
        engine.init(workspace.directory, workspace.env)
        pulled = engine.pull_state(workspace.directory, workspace.env)
        there: dict[str, Any] = json.loads(pulled or "{}")
        if _same(kept, there):
            return f"The state of {name} is already what is in {file}. {_next_step()}"
        if why := refusal(kept, there):
            raise PolicyError(
                f"{file} was not uploaded as the state of {name}: {why} Look what the next "
                f"plan would make that is in {file} already, and import that ({_IMPORT})."
            )
        engine.push_state(workspace.directory, workspace.env, _with_lineage(kept, workspace))
    return f"The state of {name} is now what is in {file}. {_next_step()}"


def refusal(kept: dict[str, Any], there: dict[str, Any]) -> str:
    """Why a state may not replace the one that is there, both as JSON; "" if it may."""
    if not there.get("resources") and not there.get("outputs"):
        return ""
    if kept["lineage"] and kept["lineage"] != there.get("lineage"):
        return "it is the state of something else (its lineage is another)."
    if not kept["lineage"] or kept["serial"] <= there.get("serial", 0):
        return "the state was written since that file was kept, and what was written would be lost."
    return ""


def _read(file: Path) -> dict[str, Any]:
    try:
        document = documents.parse(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read as a state: {error}") from error
    state = document if isinstance(document, dict) else {}
    if (
        not isinstance(state.get("resources"), list)
        or not isinstance(state.get("lineage"), str)
        or not isinstance(state.get("serial"), int)
    ):
        raise UsageError(
            f"{file} is no state of Terraform's: give the file that the failed apply named."
        )
    return state


def _same(kept: dict[str, Any], there: dict[str, Any]) -> bool:
    return all(kept.get(key) == there.get(key) for key in ("resources", "outputs"))


def _with_lineage(kept: dict[str, Any], workspace: Workspace) -> Path:
    """The state as a file that Terraform does not put over one that somebody makes meanwhile."""
    file = workspace.scratch / "lockgate-kept.tfstate"
    file.touch(0o600)
    file.write_text(json.dumps({**kept, "lineage": kept["lineage"] or str(uuid.uuid4())}))
    return file


def _next_step() -> str:
    return (
        "Delete the file: it may hold secrets. Then run again what failed: it plans anew, and "
        "nothing is applied twice."
    )
