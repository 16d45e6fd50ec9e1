"""What the modules promise of Terraform's versions holds for an old one, too.

Before 1.12 Terraform evaluates what follows ``||`` and ``&&`` in any case, so a validation can stop
it that the embedded one passes. The old one is what LOCKGATE_OLDEST_TERRAFORM names, or else the
``terraform`` on the PATH.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lockgate.engine.engine import Engine
from lockgate.judging.environment_plan import plan_environment
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.modules.example_calls import EXAMPLES, write
from tests.modules.module_calls import ALONE, RIGHT, ROOT, errors, right_calls, wrong_calls

VARIABLE = "LOCKGATE_OLDEST_TERRAFORM"
NOT_OLD = Version("1.12")
_PROMISE = re.compile(r'^  required_version = "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Old:
    """A Terraform from before 1.12."""

    engine: Engine
    version: Version

    def promised(self, directory: Path) -> bool:
        """Tell whether the root module or module in a directory says that it is for it."""
        (promise,) = (
            found
            for file in sorted(directory.glob("*.tf"))
            for found in _PROMISE.findall(file.read_text(encoding="utf-8"))
        )
        return SpecifierSet(promise).contains(self.version)

    def promised_module(self, module: str) -> bool:
        """Tell whether one of this repository's modules says that it is for it."""
        return self.promised(ROOT / "modules" / module)


def _version(executable: str) -> Version:
    told = subprocess.run(
        [executable, "version", "-json"],
        capture_output=True,
        text=True,
        check=True,
        # A machine may name a configuration that is not there; then the answer is no JSON.
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
    )
    return Version(json.loads(told.stdout)["terraform_version"])


@pytest.fixture(scope="module")
def old() -> Old:
    """The old Terraform that is installed here."""
    named = os.environ.get(VARIABLE)
    executable = shutil.which(named or "terraform")
    if executable is None:
        assert named is None, f"{VARIABLE} names {named}, which is no executable file"
        pytest.skip(f"no terraform is on the PATH; {VARIABLE} may name one before {NOT_OLD}")
    version = _version(executable)
    if version >= NOT_OLD:
        assert named is None, f"{VARIABLE} names Terraform {version}, which is not old"
        pytest.skip(f"the terraform on the PATH is {version}; {VARIABLE} may name an older one")
    return Old(Engine.find(executable), version)


def _plan(root: Path, repository: Path, engine: Engine, out: Path) -> dict[str, Any]:
    environment = Environment(root.name, root, repository)
    with local_aws.throw_away() as endpoint:
        plan_environment(environment, EmbeddedTarget(endpoint, keep_state=False), engine, out)
    plan: dict[str, Any] = json.loads(out.read_bytes())
    return plan


def test_every_example_plans(old: Old, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # AWS's own policies, which the embedded AWS has only if it is told so.
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    promised = {name: path for name, path in EXAMPLES.items() if old.promised(ROOT / path)}
    assert promised, f"no example is for Terraform {old.version}"
    repository = tmp_path / "repository"
    plan = _plan(write(repository, promised), repository, old.engine, tmp_path / "plan.json")
    assert Version(plan["terraform_version"]) == old.version
    called = {child["address"] for child in plan["planned_values"]["root_module"]["child_modules"]}
    assert called == {f"module.{name}" for name in promised}


def test_right_values_are_right(old: Old, tmp_path: Path) -> None:
    promised = [module for module in RIGHT if old.promised_module(module)]
    assert errors(right_calls(promised), tmp_path, old.engine) == []


def test_wrong_values_are_refused_by_the_rule_and_by_nothing_else(old: Old, tmp_path: Path) -> None:
    promised = [case for case in ALONE if old.promised_module(case[0])]
    found: dict[str, list[str]] = {}
    for error in errors(wrong_calls(promised), tmp_path, old.engine):
        found.setdefault(error["snippet"]["context"], []).append(error["detail"])
    for number, (*_, rule) in enumerate(promised):
        (detail,) = found.pop(f"module.case_{number}")
        assert rule in detail
    assert found == {}


def test_an_environment_that_promises_it_plans(old: Old, tmp_path: Path) -> None:
    roots = [root for root in sorted((ROOT / "envs").iterdir()) if old.promised(root)]
    if not roots:
        pytest.skip(f"no environment is for Terraform {old.version}")
    # They differ by variables only.
    plan = _plan(roots[0], ROOT, old.engine, tmp_path / "plan.json")
    assert plan["resource_changes"]
