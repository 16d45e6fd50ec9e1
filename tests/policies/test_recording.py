"""A plan that is recorded again is the same file, and one that cannot be made is named."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.record_plans import record_all
from tests.policies.recorded_plans import recorded
from tests.policies.rule_cases import RULES, Case, read_cases

# One that asks the embedded AWS while it plans, one that has settings, one that has modules.
_RECORDED = ("LG_REGION_6", "LG_REGION_8", "LG_REGION_4")


def test_recording_again_changes_nothing(tmp_path: Path) -> None:
    cases: list[Case] = []
    for rule in _RECORDED:
        cases += read_cases(Path(shutil.copy(RULES / f"{rule}.yaml", tmp_path)))
    assert record_all(cases, print) == []
    for rule in _RECORDED:
        again, before = tmp_path / f"{rule}.json", RULES / f"{rule}.json"
        assert again.read_bytes() == before.read_bytes()


_TWO = """\
base: |
  provider "aws" {
    region = "us-east-1"
  }

  resource "aws_vpc" "this" {
    cidr_block = "10.0.0.0/16"
  }

cases:
  - name: nobody says where
    replace:
      - old: region = "us-east-1"
        new: region = var.region
    fails: [environment]

  - name: a network
"""


def test_a_case_that_does_not_plan_is_named_with_the_reason_and_loses_no_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "LG_X_1.yaml"
    path.write_text(_TWO)
    broken, good = read_cases(path)
    said: list[str] = []
    assert record_all([broken, good], said.append) == [broken]
    (line,) = (line for line in said if "does not plan" in line)
    assert line.startswith("LG_X_1: nobody says where: ")
    assert "main.tf line 2" in line
    assert recorded(good)["lockgate"]["environment"] == "LG_X_1"
    assert "nobody says where" not in (tmp_path / "LG_X_1.json").read_text()
