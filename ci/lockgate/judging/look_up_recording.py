"""Asks an account once what an environment looks up, and writes the answers down."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lockgate.base import documents
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.engine.environment_engine import engine_of
from lockgate.judging.environment_check import attach_facts
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.recorded_look_ups import file_of, recorded_answers
from lockgate.repository.environments import Environment
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.targets.target import Target
from lockgate.targets.target_selection import for_reading
from lockgate_policies.model.architecture import read_architecture


@dataclass(frozen=True)
class Recording:
    """What was written: the file in the repository, and the look-ups that are not in it."""

    file: Path
    account: str
    count: int
    left_out: tuple[str, ...]


def record_on(target_name: str, environment: Environment, engine: Engine) -> Recording | None:
    """Plan against a target and write the file; None for an embedded AWS that is not up.

    Raises EngineError with Terraform's own message, or if the file cannot be written.
    """
    with for_reading(target_name, environment.root, engine) as target:
        return None if target is None else record(environment, target, engine)


def record(environment: Environment, target: Target, engine: Engine) -> Recording:
    """The same on a target that is there."""
    settings = settings_for(read_settings_document(environment.root), environment.name)
    with tempfile.TemporaryDirectory(prefix="lockgate-record-") as scratch:
        plan = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine_of(environment, engine), plan)
        attach_facts(environment, plan, None)
        architecture = read_architecture(json.loads(plan.read_bytes()), settings, environment.name)
    account = _account(target, settings.primary_region)
    written, left_out = recorded_answers(environment, architecture, account, datetime.now(UTC))
    file = file_of(environment.root, environment.name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(documents.write(written) + b"\n")
    except OSError as error:
        raise EngineError(f"{file} cannot be written: {error.strerror}") from error
    inside = file.relative_to(environment.root)
    return Recording(inside, account, len(written.answers), left_out)


def _account(target: Target, region: str) -> str:
    try:
        return str(target.client("sts", region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise EngineError(f"AWS does not tell which account this is: {error}") from error
