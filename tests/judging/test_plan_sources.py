"""What `--plan` may name, and what each plan is then called."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.judging.plan_sources import PlanSource, plan_sources


def _named(sources: list[PlanSource]) -> list[tuple[str, str]]:
    return [(source.environment, source.name) for source in sources]


def test_a_file_is_called_by_its_name_or_by_the_one_that_is_given(tmp_path: Path) -> None:
    prod = tmp_path / "prod.json"
    prod.touch()
    assert _named(plan_sources([str(prod), f"live={prod}", "-"])) == [
        ("", str(prod.with_suffix(""))),
        ("live", str(prod.with_suffix(""))),
        ("", "plan"),
    ]
    assert _named(plan_sources([str(prod)])) == [("", "prod")]


def test_a_file_whose_name_has_an_equals_sign_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a=b.json").touch()
    (source,) = plan_sources([str(tmp_path / "a=b.json")])
    assert (source.environment, source.name) == ("", "a=b")


def test_plans_of_a_directory_are_called_by_where_they_lie(tmp_path: Path) -> None:
    for place in ("dev/tfplan.json", "prod/us-east-1/tfplan.json", "prod/extra.json", "plan.json"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "readme.txt").touch()
    assert _named(plan_sources([str(tmp_path)])) == [
        ("", "dev"),
        ("", "plan"),
        ("", "prod/extra"),
        ("", "prod/us-east-1"),
    ]
    assert {source.environment for source in plan_sources([f"live={tmp_path}"])} == {"live"}


def test_plans_that_are_called_alike_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "plan.json").touch()
    sources = plan_sources([str(tmp_path / "a/plan.json"), str(tmp_path / "b/plan.json")])
    assert _named(sources) == [("", f"{tmp_path}/a/plan"), ("", f"{tmp_path}/b/plan")]


def test_a_directory_without_plans_and_a_second_standard_input_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no \*\.json: write each plan there"):
        plan_sources([str(tmp_path)])
    with pytest.raises(UsageError, match="which holds one plan: give it once"):
        plan_sources(["-", "prod=-"])
