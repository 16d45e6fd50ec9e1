"""Environments side by side: every answer in its order, and nothing goes on after the end."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Event

import pytest

from lockgate.base.errors import PolicyError
from lockgate.judging.side_by_side import side_by_side
from lockgate.repository.environments import Environment

_ENVIRONMENTS = [Environment(name, Path("envs") / name, Path()) for name in ("prod", "dev")]


def test_they_run_at_the_same_time_and_answer_in_their_order() -> None:
    together = Barrier(2)
    plans: list[Path] = []

    def work(environment: Environment, plan: Path) -> str:
        together.wait(30)
        plan.write_text("{}")
        plans.append(plan)
        return environment.name

    assert side_by_side(_ENVIRONMENTS, work, pytest.fail) == ("prod", "dev")
    assert {plan.name for plan in plans} == {"prod.json", "dev.json"}
    assert not any(plan.exists() for plan in plans)


@pytest.mark.parametrize("error", [PolicyError("no verdict"), KeyboardInterrupt()])
def test_one_that_ends_the_command_stops_the_others(error: BaseException) -> None:
    under_way, stopped = Event(), Event()

    def work(environment: Environment, _: Path) -> bool:
        if environment.name == "prod":
            under_way.wait(30)
            raise error
        under_way.set()
        return stopped.wait(30)

    with pytest.raises(type(error)):
        side_by_side(_ENVIRONMENTS, work, stopped.set)
    assert stopped.is_set()


def test_of_no_environments_there_is_no_answer() -> None:
    assert side_by_side([], lambda *_: 1, pytest.fail) == ()
