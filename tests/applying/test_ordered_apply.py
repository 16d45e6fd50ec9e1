"""The root modules of one environment are applied one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.applying.environment_apply import Applied
from lockgate.applying.ordered_apply import in_turn
from lockgate.base.errors import EngineError
from lockgate.repository.environments import Environment
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict

ROOT = Path("/repository")


def part(directory: str) -> Environment:
    return Environment(f"prod/{directory}", ROOT / directory, ROOT, whole="prod")


PARTS = (part("live/net"), part("live/app"))
PROD = Environment("prod", ROOT, ROOT, parts=PARTS)


def applied(one: Environment, verdict: Verdict = Verdict.PASS) -> Applied:
    finding = EnvironmentFinding(one.name, "LG_LB_1", "", verdict, "", "", "", "")
    return Applied(True, {"id": one.inside}, EnvironmentVerdict(one.name, (finding,)))


def test_in_the_order_that_is_said_with_the_outputs_of_each() -> None:
    said: list[str] = []
    outcome = in_turn(PROD, PARTS, applied, said.append)
    assert said == ["prod is applied in this order: live/net, live/app"]
    assert outcome.outputs == {"live/net/id": "live/net", "live/app/id": "live/app"}
    assert outcome.verdict.environment == "prod"
    assert outcome.changed


def test_what_does_not_pass_ends_it() -> None:
    asked: list[str] = []

    def refuse(one: Environment) -> Applied:
        asked.append(one.inside)
        return applied(one, Verdict.FAIL)

    outcome = in_turn(PROD, PARTS, refuse, lambda _line: None)
    assert asked == ["live/net"]
    assert not outcome.verdict.passes


def test_a_failure_says_what_stands_and_how_to_go_on() -> None:
    def fail_second(one: Environment) -> Applied:
        if one is PARTS[1]:
            raise EngineError("no such bucket")
        return applied(one)

    with pytest.raises(EngineError) as caught:
        in_turn(PROD, PARTS, fail_second, lambda _line: None)
    assert str(caught.value) == (
        "live/app: no such bucket\n"
        "Of prod, live/net is applied, and live/app is not. Put right what the message says, and "
        "run `lockgate apply prod` again: what is applied stays as it is."
    )
