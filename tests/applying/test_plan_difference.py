"""Two plans are compared value by value, and no secret is shown."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.applying.plan_difference import plan_difference

PLAN: dict[str, Any] = {
    "resource_changes": [
        {
            "address": "aws_ssm_parameter.a",
            "type": "aws_ssm_parameter",
            "change": {
                "actions": ["update"],
                "before": {"value": "old", "tier": "Standard", "tags": ["x"]},
                "after": {"value": "hush", "tier": "Standard", "tags": ["x", "y"]},
                "after_unknown": {"version": True},
                "before_sensitive": {"value": True},
                "after_sensitive": {"value": True},
            },
        }
    ],
    "output_changes": {"o": {"actions": ["create"], "after": 1, "after_sensitive": False}},
}


def _altered() -> tuple[dict[str, Any], dict[str, Any]]:
    other = copy.deepcopy(PLAN)
    return other, other["resource_changes"][0]["change"]


def _lines(other: dict[str, Any]) -> list[str]:
    return [str(each) for each in plan_difference(PLAN, other)]


def test_the_same_plan_differs_in_nothing() -> None:
    assert _lines(copy.deepcopy(PLAN)) == []


def test_values_are_told_by_their_path() -> None:
    other, change = _altered()
    change["after"]["tags"][1] = "z"
    other["output_changes"]["o"]["after"] = True
    assert _lines(other) == [
        'aws_ssm_parameter.a: after.tags[1]: reviewed "y", now "z"',
        "output.o: after: reviewed 1, now true",
    ]


def test_a_sensitive_value_is_compared_and_not_shown() -> None:
    other, change = _altered()
    change["after"]["value"] = "new secret"
    expected = "aws_ssm_parameter.a: after.value: reviewed (sensitive), now (sensitive)"
    assert _lines(other) == [expected]


def test_a_value_that_is_sensitive_in_one_plan_is_shown_of_neither() -> None:
    other, change = _altered()
    change["after"]["value"] = "new secret"
    change["after_sensitive"] = {}
    assert "secret" not in " ".join(_lines(other))
    change["after"] = None
    assert "hush" not in " ".join(_lines(other))


def test_a_resource_that_came_or_went_is_told_by_its_actions() -> None:
    assert _lines({}) == [
        "aws_ssm_parameter.a: actions: reviewed update, now no change",
        "output.o: actions: reviewed create, now no change",
    ]


def test_unknown_values_and_replacements_count() -> None:
    other, change = _altered()
    change["after_unknown"] = {}
    change["replace_paths"] = [["tier"]]
    assert [each.path for each in plan_difference(PLAN, other)] == [
        "after_unknown.version",
        "replace_paths",
    ]


@given(st.sampled_from(["tier", "tags", "value"]), st.none() | st.integers() | st.booleans())
def test_no_changed_value_is_missed(key: str, value: object) -> None:
    other, change = _altered()
    change["after"][key] = value
    assert plan_difference(PLAN, other)
