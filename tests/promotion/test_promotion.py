"""How a promotion goes on: never past a failure, never back to what is done."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base.errors import UsageError
from lockgate.promotion.promotion import (
    DONE,
    FAILED,
    INTERRUPTED,
    REFUSED,
    WAITING,
    Promotion,
    State,
    Step,
    choose_stages,
    read_promotion,
)

_ENDS: st.SearchStrategy[State] = st.sampled_from([DONE, REFUSED, FAILED, INTERRUPTED])


@st.composite
def _stages(draw: st.DrawFn) -> tuple[tuple[str, ...], ...]:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    return tuple(
        tuple(f"env-{number}-{each}" for each in range(size)) for number, size in enumerate(sizes)
    )


@given(_stages(), st.data())
def test_a_stage_begins_only_when_all_before_it_are_done(
    stages: tuple[tuple[str, ...], ...], data: st.DataObject
) -> None:
    now, begun = Promotion("abc", stages), []
    while stage := now.next_stage:
        begun.append(stage)
        for name in stage:
            now = now.with_step(Step(name, data.draw(_ENDS)))
    assert tuple(begun) == stages[: len(begun)]
    if now.state == DONE:
        assert tuple(begun) == stages
        assert now.exit_code == 0
    else:
        assert now.exit_code in (1, 3, 130)
        assert all(now.step(n).state == WAITING for stage in stages[len(begun) :] for n in stage)
    assert read_promotion(json.loads(json.dumps(now.as_json())), "x").as_json() == now.as_json()

    again = now.resumed()
    done = {name for name in now.names if now.step(name).state == DONE}
    assert not done & set(again.next_stage)
    assert again.state in ("running", DONE)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"version": 2, "commit": "a", "stages": [["dev"]], "environments": [], "started": ""},
        {"version": 1, "commit": "a", "stages": [], "environments": [], "started": ""},
        {
            "version": 1,
            "commit": "a",
            "stages": [["dev"]],
            "environments": [{"environment": "dev", "state": "dreaming"}],
            "started": "",
        },
    ],
)
def test_what_is_no_journal_is_refused(document: object) -> None:
    with pytest.raises(UsageError, match="Start anew with `lockgate promote`"):
        read_promotion(document, "s3://b/k")


def test_some_environments_keep_their_order() -> None:
    stages = (("a", "b"), ("c",), ("d",))
    assert choose_stages(stages, ["a", "b", "c", "d"], ["d", "b"]) == (("b",), ("d",))
