"""An environment is judged as what the base branch says that it is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.install import provision
from lockgate.judging.base_revision import JudgedBy
from lockgate.judging.environment_check import Judge, read_catalogue
from lockgate.repository.environments import Environment
from lockgate.verdict.verdict import EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.model.strategy import Strategy
from tests.policies.recorded_plans import RESOLVED, recorded
from tests.policies.rule_cases import all_cases

_NONE = "environments: {account: {strategy: none}}\n"
_HCL = """
terraform {
  required_version = ">= 1.10, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }

  backend "s3" {
    bucket       = "states"
    key          = "account/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudwatch_log_group" "audit" {
  name = "audit"
}
"""


def _judged(place: Path, settings: str, base: str) -> EnvironmentVerdict:
    """The verdict on one log group, by the settings of the base."""
    root, before = place / "change", place / "base"
    for directory, text in ((root, settings), (before, base)):
        directory.mkdir(parents=True)
        (directory / "lockgate.yaml").write_text(text, encoding="utf-8")
    environment = Environment("account", root / "envs" / "account", root)
    environment.directory.mkdir(parents=True)
    (environment.directory / "main.tf").write_text(_HCL, encoding="utf-8")
    (case,) = (each for each in all_cases() if each.name == "an account's roles and a log group")
    document = recorded(case, RESOLVED)
    carried = document.pop("lockgate")
    plan = place / "plan.json"
    # As it is planned, before the facts and the settings are put in.
    document = {"lockgate": {"resolved": carried["resolved"]}, **document}
    plan.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
    judged_by = JudgedBy(before, paths.policies_dir(), "judged by the base")
    catalogue = read_catalogue(paths.policies_dir())
    with Judge([environment], provision.ensure_checkov(), catalogue, judged_by) as judge:
        return judge.judge(environment, plan)


def test_a_change_does_not_excuse_itself_by_declaring_a_strategy(tmp_path: Path) -> None:
    verdict = _judged(tmp_path, settings=_NONE, base="version: 1\n")
    assert not verdict.passes
    assert [finding.rule for finding in verdict.blocking] == ["LG_REGION_10"]
    assert "`environments: {account: {strategy: none}}`" in verdict.blocking[0].message
    assert verdict.strategy is not None
    assert not verdict.strategy.declared
    assert not verdict.strategy.counts


@pytest.mark.parametrize("settings", [_NONE, "version: 1\n"])
def test_what_the_base_declares_counts_and_the_environment_passes(
    tmp_path: Path, settings: str
) -> None:
    verdict = _judged(tmp_path, settings=settings, base=_NONE)
    assert verdict.blocking == ()
    assert verdict.passes
    assert verdict.strategy is not None
    assert verdict.strategy.strategy is Strategy.NONE
    assert verdict.losses == ()
    assert verdict.rules["LG_FAILOVER_1"] is Verdict.NOT_APPLICABLE
    whys = [why for why, rules in verdict.not_asked.items() if "LG_FAILOVER_1" in rules]
    assert whys == [
        "not asked of an environment with no strategy: nothing in it has to survive a region"
    ]
