"""The modules with provider 5.x, where this machine has one: all are planned, some applied.

Every example is applied with the bundled provider; here it is enough that the embedded AWS works
with the newer one as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lockgate.engine.engine import Engine
from lockgate.install.provider_binary import ProviderBinary
from lockgate.judging.environment_plan import plan_environment
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Workspace
from tests.installed_providers import installed_provider
from tests.modules.example_calls import EXAMPLES, write

_APPLIED = ("failover_dns_minimal", "network_minimal", "storage_minimal")
_SIDE_BY_SIDE = "-parallelism=64"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def provider() -> ProviderBinary:
    """The machine's own provider 5.x."""
    return installed_provider(5)


def _environment(place: Path, examples: Mapping[str, Path]) -> Environment:
    return Environment("calls", write(place, examples), place)


def test_every_example_is_planned(provider: ProviderBinary, tmp_path: Path) -> None:
    environment = _environment(tmp_path, EXAMPLES)
    out = tmp_path / "plan.json"
    with local_aws.throw_away() as endpoint:
        target = EmbeddedTarget(endpoint, keep_state=False, provider_of=lambda _: provider)
        assert plan_environment(environment, target, Engine.find(), out)
    plan = json.loads(out.read_bytes())
    planned = {change["address"].split(".")[1] for change in plan["resource_changes"]}
    assert planned == set(EXAMPLES)
    assert {tuple(change["change"]["actions"]) for change in plan["resource_changes"]} <= {
        ("create",),
        ("read",),
    }


@pytest.fixture(scope="module")
def applied(
    provider: ProviderBinary, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, str]]:
    """Some examples, applied; and what was said to it."""
    place = tmp_path_factory.mktemp("provider-5")
    environment = _environment(place, {name: EXAMPLES[name] for name in _APPLIED})
    with local_aws.throw_away() as endpoint:
        target = EmbeddedTarget(endpoint, keep_state=False, provider_of=lambda _: provider)
        with target.workspace(environment) as workspace:
            engine = Engine.find()
            engine.init(workspace.directory, workspace.env)
            arguments = ["apply", "-auto-approve", "-input=false", "-no-color", _SIDE_BY_SIDE]
            said = engine.run(arguments, workspace.directory, workspace.env)
            assert said.exit_code == 0, said.errors[-8000:]
            yield workspace, said.output


def test_what_is_made_is_made_by_this_provider(
    applied: tuple[Workspace, str], provider: ProviderBinary
) -> None:
    workspace, said = applied
    for example in _APPLIED:
        assert f"module.{example}." in said
    (locked,) = workspace.directory.glob(".terraform.lock.hcl")
    assert f'= "{provider.version}"' in locked.read_text("utf-8")
    # Two names for one service would be warned of, and refused by a later version.
    assert "Invalid Attribute Combination" not in said


def test_nothing_is_left_to_change(applied: tuple[Workspace, str]) -> None:
    workspace, _ = applied
    arguments = ["plan", "-detailed-exitcode", "-input=false", "-no-color", _SIDE_BY_SIDE]
    again = Engine.find().run(arguments, workspace.directory, workspace.env)
    assert again.exit_code == 0, (again.output + again.errors)[-8000:]
