"""What an environment's plan says of losing a region, a zone or a resource."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lockgate.base import documents
from lockgate.base.errors import EngineError, UsageError
from lockgate_policies.model.architecture import Architecture, read_architecture
from lockgate_policies.model.global_services import is_global
from lockgate_policies.model.loss import REGION, ZONE, Loss, addressed, zones_of
from lockgate_policies.model.settings import Settings
from lockgate_policies.model.what_if import LossOutcome, outcome, told_losses


def read_plan_file(plan: Path, settings: Settings, environment: str) -> Architecture:
    """The architecture of a plan's JSON file. Raises EngineError if it is none."""
    try:
        document = documents.parse(plan.read_bytes())
    except (OSError, ValueError) as error:
        raise EngineError(f"{plan}: is not readable as a plan: {error}") from error
    if not isinstance(document, dict):
        raise EngineError(f"{plan}: is no plan, but a JSON {type(document).__name__}")
    return read_architecture(document, settings, environment)


def regional_losses(architecture: Architecture) -> tuple[LossOutcome, ...]:
    """What the loss of each of the environment's regions would do."""
    return tuple(outcome(architecture, loss) for loss in told_losses(architecture))


def work_out(architecture: Architecture, losses: Sequence[Loss]) -> tuple[LossOutcome, ...]:
    """What each loss would do. Raises UsageError for one that takes nothing of this environment."""
    for loss in losses:
        _must_be_there(architecture, loss)
    return tuple(outcome(architecture, loss) for loss in losses)


def _must_be_there(architecture: Architecture, loss: Loss) -> None:
    where = architecture.environment or "the plan"
    if loss.kind == REGION:
        known = {*architecture.expected_regions}
        known |= {
            str(region)
            for resource in architecture.tree.resources
            if not is_global(resource.type)
            and isinstance(region := architecture.region(resource), str)
        }
    elif loss.kind == ZONE:
        known = set(zones_of(architecture))
    else:
        if not addressed(architecture, loss.name):
            raise UsageError(
                f"{where} has no resource '{loss.name}'. Give the address of a resource or a "
                "module as `terraform plan` shows it."
            )
        return
    if loss.name not in known:
        raise UsageError(
            f"'{loss.name}' is no {loss.kind} of {where}. Known are: "
            f"{', '.join(sorted(known)) or 'none'}."
        )
