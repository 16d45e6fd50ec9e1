"""A maintainer tries Lockgate on repositories that are not ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import try_repositories

ROOT_MODULE = """
provider "aws" {
  region = var.region
}
variable "region" {
  type = string
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
"""
BROKEN = ROOT_MODULE.replace("var.region", "local.nowhere").replace("type = string", "default = 1")
OVERLAY = """
version: 1
defaults: {provider: bundled, primary_region: eu-west-1}
environments:
  live:
    directory: infra/live
    variables: {region: eu-west-1}
"""


@pytest.fixture
def checkouts(tmp_path: Path) -> list[str]:
    """One that needs a few words, and one that no Terraform plans."""
    for name, place, text in (
        ("plain", "infra/live", ROOT_MODULE),
        ("broken", ".", BROKEN),
    ):
        directory = tmp_path / name / place
        directory.mkdir(parents=True)
        (directory / "main.tf").write_text(text)
    overlays = tmp_path / "overlays"
    overlays.mkdir()
    (overlays / "plain.yaml").write_text(OVERLAY)
    (overlays / "broken.yaml").write_text("version: 1\ndefaults: {provider: bundled}\n")
    return ["--overlays", str(overlays), str(tmp_path / "plain"), str(tmp_path / "broken")]


def test_each_is_told_what_it_needs_and_what_came_of_it(
    checkouts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository with a verdict has findings; one without has Terraform's own words."""
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert try_repositories.main(["--json", *checkouts]) == 1
    plain, broken = json.loads(capsys.readouterr().out)
    assert plain["layout"] == ["infra/live"]
    assert plain["said"] == [
        "defaults.provider",
        "defaults.primary_region",
        "environments.live.directory",
        "environments.live.variables (1)",
    ]
    (attempt,) = plain["attempts"]
    assert attempt["refusal"] == ""
    assert attempt["fail"]["LG_REGION_10"] == 1
    assert not attempt["passes"]
    assert {finding["rule"] for finding in attempt["findings"]} >= {"LG_REGION_10", "LG_STATE_1"}
    assert broken["layout"] == ["."]
    assert [attempt["refusal"] for attempt in broken["attempts"]] == [
        "Error: Reference to undeclared local value"
    ]
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


def test_the_table_counts_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    trials = [
        try_repositories.Trial(
            "plain",
            ["infra/live (1 var files)"],
            [],
            1.0,
            [
                try_repositories.Attempt("live", fail={"LG_DATA_1": 2}, unknown={"LG_LB_1": 1}),
                try_repositories.Attempt("test", refusal="Error: Reference to undeclared resource"),
            ],
        )
    ]
    try_repositories.print_table(trials)
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "infra/live (1 var files)",
        "nothing",
        "LG_DATA_1 × 2",
        "LG_LB_1 × 1 unknown",
        "no verdict: Error: Reference",
    ):
        assert words in said
    assert said.endswith(
        "1 repositories, 0 with a verdict on all that they have; 2 environments, 1 with a verdict; "
        "2 findings fail, 1 are unknown"
    )


def test_a_directory_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        try_repositories.main([str(tmp_path / "nowhere")])
    assert ended.value.code == 2
    assert "nowhere is no directory" in capsys.readouterr().err
