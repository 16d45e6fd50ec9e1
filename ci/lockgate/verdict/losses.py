"""What an environment's plan says of losing a region, a zone or a resource."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from lockgate.base.errors import EngineError, UsageError
from lockgate_policies.model.architecture import Architecture, read_architecture
from lockgate_policies.model.global_services import is_global
from lockgate_policies.model.loss import REGION, ZONE, Loss, addressed, zones_of
from lockgate_policies.model.settings import Settings
from lockgate_policies.model.surviving_capacity import CapacityOutcome
from lockgate_policies.model.surviving_data import DataOutcome
from lockgate_policies.model.surviving_names import NameOutcome
from lockgate_policies.model.what_if import Dependency, LossOutcome, outcome

T = TypeVar("T")


def read_plan_file(plan: Path, settings: Settings, environment: str) -> Architecture:
    """The architecture of a plan's JSON file. Raises EngineError if it is none."""
    try:
        document = json.loads(plan.read_bytes())
    except (OSError, ValueError) as error:
        raise EngineError(f"{plan}: is not readable as a plan: {error}") from error
    if not isinstance(document, dict):
        raise EngineError(f"{plan}: is no plan, but a JSON {type(document).__name__}")
    return read_architecture(document, settings, environment)


def regional_losses(architecture: Architecture) -> tuple[LossOutcome, ...]:
    """What the loss of each of the environment's two regions would do."""
    return tuple(outcome(architecture, Loss(REGION, r)) for r in architecture.expected_regions)


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


def as_json(found: LossOutcome) -> dict[str, Any]:
    """One loss as a JSON object; its shape is described in docs/whatif.md."""
    return {
        "lose": {"kind": found.kind, "name": found.name},
        "survived": found.survived,
        "shortfalls": [
            {"address": each.subject, "certain": each.certain, "message": each.message}
            for each in found.shortfalls
        ],
        "lost_resources": found.lost,
        "targets": {
            "recovery_time_objective": found.recovery_time_objective,
            "recovery_point_objective": found.recovery_point_objective,
        },
        "names": [vars(each).copy() for each in found.names],
        "capacity": [{**vars(each), "share": each.share} for each in found.capacity],
        "data": [{**vars(each), "regions": list(each.regions)} for each in found.data],
        "dependencies": [vars(each).copy() for each in found.dependencies],
        "unknown": list(found.gaps),
    }


def from_json(document: dict[str, Any]) -> LossOutcome:
    """The loss that ``as_json`` wrote. Raises KeyError, TypeError or ValueError for anything else.

    What is derived (``survived``, ``shortfalls``, ``share``) is not read but derived again.
    """
    lose, targets = document["lose"], document["targets"]
    return LossOutcome(
        kind=_checked(lose["kind"], str),
        name=_checked(lose["name"], str),
        lost=_checked(document["lost_resources"], int),
        names=tuple(NameOutcome(**each) for each in document["names"]),
        capacity=tuple(
            CapacityOutcome(**{key: each[key] for key in each if key != "share"})
            for each in document["capacity"]
        ),
        data=tuple(
            DataOutcome(**{**each, "regions": tuple(each["regions"])}) for each in document["data"]
        ),
        dependencies=tuple(Dependency(**each) for each in document["dependencies"]),
        recovery_time_objective=_checked(targets["recovery_time_objective"], int),
        recovery_point_objective=_checked(targets["recovery_point_objective"], int),
        gaps=tuple(_checked(each, str) for each in document["unknown"]),
    )


def _checked(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
