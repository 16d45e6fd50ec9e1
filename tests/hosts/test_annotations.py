"""Annotations: what blocks is told at its line, and a plan's text gives the runner no command."""

from __future__ import annotations

import re

from hypothesis import given, settings

from lockgate.hosts.annotations import MOST, workflow_commands
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict
from tests.reports import verdicts

_LINE = re.compile(r"::error file=[^:,\r\n]+,line=[1-9]\d*,title=[^:,\r\n]+::[^\r\n]*")


def test_what_blocks_is_told_at_its_line() -> None:
    first, second = workflow_commands(verdicts.mixed())[:2]
    assert first == (
        "::error file=envs/prod/main.tf,line=7,title=LG_LB_1 in prod%3A aws_lb.this"
        "::stands in one zone Give it two subnets."
    )
    assert ",line=19," in second


def test_what_passes_is_waived_or_has_no_place_is_not_told() -> None:
    verdict = EnvironmentVerdict(
        "prod",
        (
            verdicts.finding(verdict=Verdict.PASS),
            verdicts.finding(waived=verdicts.WAIVED),
            verdicts.finding(location=""),
        ),
    )
    assert workflow_commands(GateVerdict((verdict,))) == []
    assert workflow_commands(GateVerdict(())) == []


def test_no_more_than_the_host_shows() -> None:
    assert len(workflow_commands(verdicts.many(40, "dev", "prod"))) == MOST


@settings(max_examples=100, deadline=None)
@given(verdicts.VERDICTS)
def test_a_plans_text_stays_text(verdict: GateVerdict) -> None:
    for line in workflow_commands(verdict):
        assert _LINE.fullmatch(line), line
        assert len(line.splitlines()) == 1
