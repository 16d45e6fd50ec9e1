"""What a loss would do, of a plan that was made before: asked without a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.judging.loss_check import losses_of_plan
from lockgate_policies.model.loss import REGION, Loss
from tests.environments import MakeEnvironment

_PLAN = {
    "format_version": "1.2",
    "planned_values": {"root_module": {}},
    "configuration": {"root_module": {}},
}


def test_what_is_not_there_cannot_be_lost_and_the_plan_stays_as_it_is(
    environment: MakeEnvironment, tmp_path: Path
) -> None:
    made = environment('provider "aws" {\n  region = "us-east-1"\n}\n')
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(_PLAN))
    with pytest.raises(UsageError, match="eu-west-9"):
        losses_of_plan(made, plan, [Loss(REGION, "eu-west-9")])
    assert json.loads(plan.read_text()) == _PLAN
