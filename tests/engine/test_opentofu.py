"""OpenTofu finds the provider under its own registry's name, where this machine has OpenTofu."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.plan_making import resolved_plans
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate_policies.model.settings import Settings
from tests.environments import PROVIDER, MakeEnvironment

VPC = PROVIDER + 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'


@pytest.fixture
def tofu() -> Engine:
    """The machine's own OpenTofu."""
    found = shutil.which("tofu")
    if found is None:
        pytest.skip("There is no `tofu` on PATH; https://opentofu.org/docs/intro/install/ has it.")
    return Engine.find(found)


def test_it_plans_on_the_embedded_aws(
    tofu: Engine, environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    assert tofu.is_opentofu
    out = tmp_path / "plan.json"
    assert plan_environment(environment(VPC), EmbeddedTarget(endpoint, False), tofu, out)
    (change,) = json.loads(out.read_bytes())["resource_changes"]
    assert change["provider_name"] == "registry.opentofu.org/hashicorp/aws"


def test_it_resolves_plans(tofu: Engine, environment: MakeEnvironment, tmp_path: Path) -> None:
    made, out = environment(VPC), tmp_path / "plan.json"
    choice = ProviderChoice(tofu, "bundled")
    with resolved_plans([made], tofu, choice, lambda _: Settings()) as plans:
        plans.plan(made, out, lambda _name, _remark: None)
    plan = json.loads(out.read_bytes())
    (change,) = plan["resource_changes"]
    assert change["provider_name"] == "registry.opentofu.org/hashicorp/aws"
    assert plan["lockgate"]["resolved"]["provider"] == "hashicorp/aws 3.39.0"
