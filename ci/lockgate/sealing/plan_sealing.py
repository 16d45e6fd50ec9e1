"""Plans an environment, judges the plan, and makes a sealed plan of both."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lockgate.applying.destroy_limits import Approval, destroyed
from lockgate.applying.environment_apply import JsonPlan, JudgePlan
from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.engine.engine import Engine, OnLine
from lockgate.judging.policy_set import policy_set_hash
from lockgate.repository.environments import Environment
from lockgate.repository.git_repository import GitRepository
from lockgate.repository.working_tree import clean_commit
from lockgate.sealing.engine_versions import provider_versions
from lockgate.sealing.sealed_plan import NO_LOCK_FILE, Manifest, SealedPlan, Surroundings
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Target
from lockgate.verdict import verdict_document
from lockgate.verdict.verdict import GateVerdict

LOCK_FILE = ".terraform.lock.hcl"


def surroundings(environment: Environment, engine: Engine, target_name: str) -> Surroundings:
    """What is here to plan with, or to apply with.

    Raises UsageError if the files are not exactly a commit's, EngineError for an engine that does
    not tell its version.
    """
    commit = clean_commit(environment.root)
    lock_file = environment.directory / LOCK_FILE
    return Surroundings(
        environment=environment.name,
        commit=commit,
        tree=GitRepository.find(environment.root).tree_name(commit),
        lock_file=_sha256(lock_file) if lock_file.is_file() else NO_LOCK_FILE,
        engine=engine.version(),
        policies=policy_set_hash(paths.policies_dir()),
        target=target_name,
        inputs=environment.inputs.fingerprint(environment.root),
    )


def make_sealed_plan(
    environment: Environment,
    target: Target,
    engine: Engine,
    judge: JudgePlan,
    here: Surroundings,
    approved: Sequence[str] | None = (),
    on_line: OnLine | None = None,
) -> SealedPlan:
    """Plan, judge, and put all that an apply must know together. ``on_line`` gets the plan.

    ``approved`` are addresses that may be destroyed or replaced, None for all that are.

    Raises EngineError with Terraform's own message, UsageError for an approval of what the plan
    does not destroy.
    """
    with target.workspace(environment) as workspace:
        files = JsonPlan(workspace)
        with explained(workspace):
            engine.init(workspace.directory, workspace.env)
            changes = engine.plan(workspace.directory, workspace.env, files.plan, on_line)
            engine.show_json(workspace.directory, workspace.env, files.plan, files.json)
            providers = provider_versions(engine, workspace)
        document = json.loads(files.json.read_bytes())
        names = [destroyed_resource.name for destroyed_resource in destroyed(document)]
        approved = names if approved is None else approved
        for address in approved:
            if address not in names:
                raise UsageError(
                    f"--approve {address}: the plan does not destroy or replace it. It destroys "
                    f"or replaces {', '.join(names) or 'nothing'}."
                )
        verdict = judge(environment, files.json)
        manifest = Manifest(
            here,
            providers,
            verdict_document.as_json(GateVerdict((verdict,))),
            (Approval(_approver(os.environ), tuple(approved)),) if approved else (),
            changes,
            datetime.now(UTC),
        )
        return SealedPlan(manifest, files.plan.read_bytes(), document)


def _approver(variables: Mapping[str, str]) -> str:
    """Who ran the command that approves, as far as the CI host or the machine says."""
    for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if variables.get(name):
            return f"--approve by {variables[name]} ({name})"
    try:
        return f"--approve by {getpass.getuser()}"
    except (OSError, KeyError):  # a container's user may have no name
        return "--approve by an unnamed user"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
