"""Every report tells what losing a region would do, and a plan's text in it is text."""

from __future__ import annotations

import json

import pytest

from lockgate.base.errors import UsageError
from lockgate.reports import report_html, report_markdown
from lockgate.reports.report_markdown import Style
from lockgate.verdict import loss_text, verdict_document
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.verdict_document import parse_verdict
from lockgate_policies.model.strategy import Strategy
from lockgate_policies.model.surviving_capacity import CapacityOutcome
from lockgate_policies.model.surviving_data import DataOutcome
from lockgate_policies.model.surviving_names import NameOutcome
from lockgate_policies.model.what_if import Dependency, LossOutcome
from tests.reports import verdicts

_NAME = NameOutcome(
    "www.example.com", True, "aws_route53_record.b", "aws_lb.b", 90, "10 s × 3 + 60 s = 90 s", ""
)
_CAPACITY = CapacityOutcome("load balancers", 2, 1, 0.5)
_DATA = DataOutcome("aws_rds_cluster.a", True, ("us-west-2",), "global cluster", 1, 60, "")


def loss(
    name: NameOutcome = _NAME, dependencies: tuple[Dependency, ...] = (), rto: int = 300
) -> LossOutcome:
    """The loss of us-east-1."""
    return LossOutcome(
        "region", "us-east-1", 9, (name,), (_CAPACITY,), (_DATA,), dependencies, rto, 900
    )


def verdict(found: LossOutcome) -> GateVerdict:
    """A verdict with one environment, in which this loss was worked out."""
    kept = verdicts.passing().environments[0]
    return GateVerdict((EnvironmentVerdict("dev", kept.findings, losses=(found,)),))


def test_a_comment_says_in_a_line_what_is_survived_and_when_the_name_answers() -> None:
    report = report_markdown.render(verdict(loss()), Style(limit=60_000))
    assert "✅ without us-east-1" in report
    assert "50% of the capacity remains" in report
    assert "10 s × 3 + 60 s = 90 s" in report
    assert "RPO 1 s" in report
    assert "| Data store |" not in report


def test_the_whole_report_has_the_tables() -> None:
    report = report_markdown.render(verdict(loss()))
    assert "| Name | Answers | Through | After |" in report
    assert "| Data store | Copies left in | Replication | May lack | Promotion |" in report
    assert "by a person, then about 60 s" in report


def test_a_missed_objective_is_marked_and_opened() -> None:
    found = loss(rto=60)
    assert not found.survived
    assert "❌ without us-east-1" in report_markdown.render(verdict(found))
    assert "<details open>" in report_html.as_html(verdict(found))
    assert any(line.startswith("missed: ") for line in loss_text.shortfalls(found))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "a | b\n| c", "@org/team"])
def test_a_name_of_the_plan_is_text_in_every_report(hostile: str) -> None:
    name = NameOutcome(hostile, True, hostile, hostile, 90, "90 s", "")
    page = report_html.as_html(verdict(loss(name)))
    assert "<script>" not in page
    report = report_markdown.render(verdict(loss(name)))
    assert "<script>" not in report
    assert "@org/team" not in report
    rows = [line for line in report.splitlines() if line.startswith("| ") and "yes" in line]
    assert len(rows) == 1
    assert rows[0].count("|") - rows[0].count("\\|") == 5


def test_many_dependencies_are_counted() -> None:
    many = tuple(Dependency(f"aws_lb.a{n}", "subnets", "aws_subnet.b") for n in range(20))
    lines = loss_text.dependencies(loss(dependencies=many))
    assert lines[0] == "aws_lb.a0: subnets → aws_subnet.b"
    assert lines[-1] == "and 8 more: lockgate whatif --json lists them"


def test_a_loss_survives_its_file() -> None:
    told = verdict(loss(dependencies=(Dependency("aws_lb.a", "subnets", "aws_subnet.b"),)))
    written = json.loads(json.dumps(verdict_document.as_json(told)))
    assert parse_verdict(written, "verdict.json") == told


@pytest.mark.parametrize(
    ("key", "value"),
    [("names", [{"name": 1}]), ("data", [3]), ("lost_resources", "9"), ("targets", None)],
)
def test_a_strange_loss_is_refused(key: str, value: object) -> None:
    written = verdict_document.as_json(verdict(loss()))
    written["environments"][0]["losses"][0][key] = value
    with pytest.raises(UsageError, match=r"verdict\.json is no verdict as Lockgate writes it"):
        parse_verdict(written, "verdict.json")


@pytest.mark.parametrize(
    ("strategy", "kept", "says"),
    [
        (
            Strategy.PILOT_LIGHT,
            True,
            "a person starts it and leads its names there, as its strategy pilot-light has it, "
            "1 data store(s) keep a copy, RPO 1 s",
        ),
        (
            Strategy.BACKUP_RESTORE,
            False,
            "it ends until a person has restored 1 data store(s), as its strategy backup-restore "
            "has it",
        ),
        (
            Strategy.SINGLE_REGION,
            False,
            "it ends, as its strategy single-region has it",
        ),
    ],
)
def test_what_a_strategy_does_not_promise_is_told_and_is_no_shortfall(
    strategy: Strategy, kept: bool, says: str
) -> None:
    lost = NameOutcome("www.example.com", False, "aws_route53_record.a", "", None, "", "it is lost")
    none = CapacityOutcome("load balancers", 2, 0, None)
    data = _DATA if kept else DataOutcome("aws_rds_cluster.a", False, (), "none", None, 0, "", "x")
    found = LossOutcome(
        *("region", "us-east-1", 9, (lost,), (none,), (data,), (), 300, 900),
        strategy=strategy.value,
        promised=strategy.promises,
    )
    assert found.shortfalls == ()
    assert loss_text.headline(found) == f"without us-east-1: {says}"
    promised = LossOutcome("region", "us-east-1", 9, (lost,), (none,), (data,), (), 300, 900)
    assert [shortfall.certain for shortfall in promised.shortfalls] == [True] * (2 + (not kept))
