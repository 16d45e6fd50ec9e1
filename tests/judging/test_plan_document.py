"""A plan file carries its facts without being parsed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.judging.plan_document import attach


@pytest.mark.parametrize("text", ['{"a": 1}', '\n {"a":{"b":[]}}\n', "{}", "{ }"])
def test_the_facts_join_the_plan(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    attach(plan, {"environment": "prod"})
    assert json.loads(plan.read_text()) == {
        "lockgate": {"environment": "prod"},
        **json.loads(text),
    }


@pytest.mark.parametrize("text", ['{"a": 1}', "{}"])
def test_they_can_be_attached_to_a_plan_that_carries_some(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    attach(plan, {"environment": "dev", "resolved": {"version": 1}})
    attach(plan, {"environment": "prod"})
    assert json.loads(plan.read_text()) == {
        "lockgate": {"environment": "prod", "resolved": {"version": 1}},
        **json.loads(text),
    }


@pytest.mark.parametrize("text", ['{"lockgate":', '{"lockgate": {"a": }}', '{"lockgate": "\xff'])
def test_a_plan_that_is_cut_off_is_refused(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(text.encode("latin-1"))
    with pytest.raises(EngineError, match="no whole JSON object"):
        attach(plan, {})


@pytest.mark.parametrize("text", ["", "[]", "Error: no plan"])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    with pytest.raises(EngineError, match="not a JSON object"):
        attach(plan, {})


def test_a_plan_that_cannot_be_written_is_an_engine_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is the disk full"):
        attach(tmp_path / "missing" / "plan.json", {})


@pytest.mark.parametrize("before", ['{"lockgate":{"resolved":{}},"a":1}', '{"lockgate": {}}'])
def test_what_a_plan_carries_already_stays_beside_it(tmp_path: Path, before: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(before)
    attach(plan, {"environment": "prod"})
    attach(plan, {"settings": None})
    was = json.loads(before)
    carried = {**was["lockgate"], "environment": "prod", "settings": None}
    assert json.loads(plan.read_text()) == {**was, "lockgate": carried}
