"""Plans an environment on a target for a person to read, and for checkov to judge."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lockgate.engine.engine import Engine, OnLine
from lockgate.judging.environment_check import attach_facts
from lockgate.judging.environment_plan import plan_environment
from lockgate.repository.environments import Environment
from lockgate.targets.target_selection import for_check


def plan_on(
    target_name: str,
    environment: Environment,
    engine: Engine,
    on_line: OnLine,
    out: Path | None = None,
    settings: object = None,
) -> None:
    """Plan; ``on_line`` gets the plan as a person reads it.

    ``out`` gets its JSON, readable for its owner only, with the settings and whatever else judging
    it needs. Raises EngineError with Terraform's own message.
    """
    with (
        for_check(target_name, engine, on_line) as target,
        tempfile.TemporaryDirectory() as scratch,
    ):
        plan = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine, plan, on_line=on_line)
        if out is not None:
            attach_facts(environment, plan, settings)
            out.write_bytes(plan.read_bytes())
            out.chmod(0o600)
