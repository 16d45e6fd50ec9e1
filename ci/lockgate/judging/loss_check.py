"""Works out what losing parts of an environment would do, from its plan: `lockgate whatif`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.judging.environment_check import attach_facts
from lockgate.judging.plan_making import plans_on
from lockgate.repository.environments import Environment
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.verdict import losses
from lockgate_policies.model.loss import Loss
from lockgate_policies.model.what_if import LossOutcome


def losses_on(
    target_name: str, environment: Environment, engine: Engine, wanted: Sequence[Loss]
) -> tuple[LossOutcome, ...]:
    """What each loss would do to an environment as it is planned on a target.

    Without any, each of its regions is lost once. Raises UsageError for what is not there to be
    lost, EngineError with Terraform's own message.
    """
    with tempfile.TemporaryDirectory(prefix="lockgate-whatif-") as scratch:
        plan = Path(scratch) / "plan.json"
        settings = settings_for(read_settings_document(environment.root), environment.name)
        choice = ProviderChoice.of_this_run(engine)
        with plans_on(target_name, [environment], engine, choice, lambda _: settings) as plans:
            plans.plan(environment, plan, lambda _name, _remark: None)
        return _losses(environment, plan, wanted)


def losses_of_plan(
    environment: Environment, plan: Path, wanted: Sequence[Loss]
) -> tuple[LossOutcome, ...]:
    """The same of a plan in JSON that was made before, which stays as it is."""
    with tempfile.TemporaryDirectory(prefix="lockgate-whatif-") as scratch:
        copy = Path(scratch) / "plan.json"
        copy.write_bytes(plan.read_bytes())
        return _losses(environment, copy, wanted)


def _losses(
    environment: Environment, plan: Path, wanted: Sequence[Loss]
) -> tuple[LossOutcome, ...]:
    document = read_settings_document(environment.root)
    attach_facts(environment, plan, document)
    settings = settings_for(document, environment.name)
    architecture = losses.read_plan_file(plan, settings, environment.name)
    if not wanted:
        return losses.regional_losses(architecture)
    return losses.work_out(architecture, wanted)
