"""Wrong values are refused while planning, by a message that states the rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.modules.module_calls import (
    ALONE,
    RIGHT,
    ROOT,
    TOGETHER,
    errors,
    right_calls,
    wrong_calls,
)


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is said against each case of ALONE, by its module call."""
    refusals: dict[str, list[str]] = {}
    for error in errors(wrong_calls(ALONE), tmp_path_factory.mktemp("alone")):
        refusals.setdefault(error["snippet"]["context"], []).append(error["detail"])
    return refusals


@pytest.mark.parametrize("number", range(len(ALONE)))
def test_wrong_value_is_refused_by_the_rule(refusals: dict[str, list[str]], number: int) -> None:
    [refusal] = refusals[f"module.case_{number}"]
    assert ALONE[number][3] in refusal


def test_values_that_contradict_each_other_are_refused_and_nothing_else(tmp_path: Path) -> None:
    found = [
        error["detail"]
        for error in errors({**right_calls(RIGHT), **wrong_calls(TOGETHER)}, tmp_path)
    ]
    # Not every error tells its module call; but each rule is broken as often as it is refused.
    rules = Counter(rule for *_, rule in TOGETHER)
    assert Counter(rule for detail in found for rule in rules if rule in detail) == rules
    # The provider's own word on the second record of the name that has no zone at all.
    others = [detail for detail in found if not any(rule in detail for rule in rules)]
    assert others == ['The argument "zone_id" is required, but no definition was found.']


def test_every_module_is_tried() -> None:
    assert set(RIGHT) == {path.parent.name for path in (ROOT / "modules").glob("*/variables.tf")}
