"""What the bench of drills counts as near the computed time. Running it is no part of a test."""

from __future__ import annotations

import pytest

from bench.drill import Run, Setting, summary

_SETTING = Setting(10, 3, 1, 10)


@pytest.mark.parametrize(
    ("run", "near"),
    [
        (Run(80.0, 90, ()), 1),
        (Run(100.0, 90, ()), 1),
        (Run(79.9, 90, ()), 0),
        (Run(100.1, 90, ()), 0),
        (Run(None, 90, ("clients were not served again",)), 0),
        (Run(90.0, 90, ("clients did not come back",)), 0),
    ],
)
def test_near_is_an_interval_in_both_directions(run: Run, near: int) -> None:
    found = summary(_SETTING, [run])
    assert (found["within"], found["runs"], found["problems"]) == (near, 1, list(run.problems))


def test_figures_are_those_of_the_runs_that_recovered() -> None:
    took = (85.04, 90.0, 81.0, None)
    found = summary(_SETTING, [Run(each, 90, ()) for each in took])
    assert (found["median"], found["min"], found["max"]) == (85.0, 81.0, 90.0)
    assert found["took"] == [85.0, 90.0, 81.0, None]
    assert found["within"] == 3
