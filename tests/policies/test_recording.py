"""A plan that is recorded again is the same file, and one that cannot be made is named."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.record_plans import record_all
from tests.recorded_plans import Fixture

_RULES = Path(__file__).resolve().parent / "rules"
# One that asks the embedded AWS while it plans, and has a settings file.
_RECORDED = (_RULES / "LG_REGION_6" / "passing", _RULES / "LG_REGION_8" / "passing")


def test_recording_again_changes_nothing(tmp_path: Path) -> None:
    copies = []
    for directory in _RECORDED:
        copy = tmp_path / directory.parent.name / directory.name
        shutil.copytree(directory, copy)
        (copy / "plan.json").unlink()
        copies.append(Fixture(copy))
    assert record_all(copies, print) == []
    for directory, again in zip(_RECORDED, copies, strict=True):
        assert again.plan.read_bytes() == (directory / "plan.json").read_bytes()


def test_a_fixture_that_does_not_plan_is_named_with_the_reason(tmp_path: Path) -> None:
    directory = tmp_path / "LG_X_1" / "passing"
    directory.mkdir(parents=True)
    (directory / "main.tf").write_text("""\
provider "aws" {
  region = var.region
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
""")
    said: list[str] = []
    assert record_all([Fixture(directory)], said.append) == [Fixture(directory)]
    assert "does not plan" in said[0]
    assert "main.tf line 2" in said[0]
    assert not (directory / "plan.json").exists()
