"""Makes a sealed plan of an environment on a target, and writes it: `lockgate plan --bundle`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.engine.engine import Engine, OnLine
from lockgate.judging.base_revision import JudgedBy
from lockgate.judging.environment_check import open_judge
from lockgate.judging.policy_set import policy_set_hash
from lockgate.repository.environments import Environment
from lockgate.repository.pipeline_settings import read_pipeline_settings
from lockgate.repository.settings import read_settings_document
from lockgate.sealing.plan_sealing import make_sealed_plan, surroundings
from lockgate.sealing.sealed_box import write_box
from lockgate.sealing.sealed_plan import not_judged_to_pass, seal
from lockgate.targets.target_selection import for_apply
from lockgate.verdict.verdict import GateVerdict


@dataclass(frozen=True)
class MadeBundle:
    """A sealed plan that was written: its verdict, and why an apply will refuse it."""

    verdict: GateVerdict
    refusals: tuple[str, ...]


def make_bundle(
    target_name: str,
    environment: Environment,
    engine: Engine,
    bundle: Path,
    secret: str,
    say: Callable[[str], None],
    approved: Sequence[str] | None = (),
    base: JudgedBy | None = None,
    on_line: OnLine | None = None,
) -> MadeBundle:
    """Plan, judge, seal and write; ``base`` holds what to judge by, ``on_line`` gets the plan.

    ``approved`` are addresses that may be destroyed or replaced, None for all that are.

    Raises UsageError for files that are not a commit's, or a bundle that cannot be written, and as
    ``make_sealed_plan`` does.
    """
    policies = base.policies if base else paths.policies_dir()
    here = replace(
        surroundings(environment, engine, target_name), policies=policy_set_hash(policies)
    )
    settings = read_pipeline_settings(
        read_settings_document(base.directory if base else environment.root)
    )
    with (
        for_apply(target_name, environment.root, say, engine) as target,
        open_judge([environment], policies, base, resolve=engine) as judge,
    ):
        sealed = make_sealed_plan(
            environment, target, engine, judge.judge, here, approved, on_line=on_line
        )
    try:
        bundle.parent.mkdir(parents=True, exist_ok=True)
        write_box(bundle, seal(sealed, secret))
    except OSError as error:
        raise UsageError(f"{bundle} cannot be written: {error.strerror}") from error
    refused = not_judged_to_pass(sealed, settings, datetime.now(UTC))
    return MadeBundle(sealed.manifest.judged(), tuple(refused))
