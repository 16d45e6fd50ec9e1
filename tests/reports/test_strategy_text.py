"""Every report says first what an environment was judged as, and what that left out."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from lockgate.reports import report_html, report_markdown, report_sarif, report_terminal
from lockgate.reports.strategy_text import in_short, judged_as, not_asked
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate.verdict.verdict_document import as_json, parse_verdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.strategies import why_not_asked
from lockgate_policies.model.strategy import Strategy, StrategyDecision

_PILOT = StrategyDecision(Strategy.PILOT_LIGHT, True, ())
_SEEN = ("it runs in us-east-1 alone", "nothing routes a name to two regions")


def _environment(decision: StrategyDecision) -> EnvironmentVerdict:
    said = {"LG_REGION_10": (Verdict.PASS, "it is declared to be a pilot light")}
    for rule in ("LG_FAILOVER_1", "LG_FAILOVER_2", "LG_FAILOVER_3", "LG_REGION_8"):
        if why := why_not_asked(decision.strategy, rule):
            said[rule] = (Verdict.NOT_APPLICABLE, why)
    findings = (
        EnvironmentFinding("dev", rule, "A title", verdict, "", "", message, "")
        for rule, (verdict, message) in said.items()
    )
    return EnvironmentVerdict("dev", tuple(findings), strategy=decision)


def test_rules_are_named_in_short() -> None:
    rules = ["LG_LB_1", "LG_LB_13", *(f"LG_FAILOVER_{n}" for n in (1, 2, 3, 4, 6, 7))]
    assert in_short(rules) == "LG_FAILOVER_1 to 4, 6, 7, LG_LB_1, 13"


@pytest.mark.parametrize(
    ("decision", "line"),
    [
        (_PILOT, "strategy pilot-light, as lockgate.yaml declares"),
        (
            StrategyDecision(Strategy.ACTIVE_ACTIVE, False, ("weighted records of a (A)",)),
            "strategy active-active, by its plan: weighted records of a (A)",
        ),
        (
            StrategyDecision(Strategy.SINGLE_REGION, False, _SEEN),
            "strategy single-region by its plan, which counts only when it is declared: it runs in "
            "us-east-1 alone; nothing routes a name to two regions",
        ),
    ],
)
def test_the_strategy_is_one_line(decision: StrategyDecision, line: str) -> None:
    assert judged_as(_environment(decision)) == line


def test_the_reasons_are_a_line_each() -> None:
    assert not_asked(_environment(_PILOT)) == [
        "not asked of a pilot light: a person leads the names to the other region "
        "(LG_FAILOVER_1 to 3)",
        "not asked of a pilot light: its second region runs nothing until a person starts it "
        "(LG_REGION_8)",
    ]


def test_every_report_has_both_and_the_terminal_says_the_strategy_first() -> None:
    verdict = GateVerdict((_environment(_PILOT),))
    printed = io.StringIO()
    report_terminal.show(verdict, Console(file=printed, width=400))
    terminal = printed.getvalue()
    assert terminal.startswith("dev: strategy pilot-light, as lockgate.yaml declares\n")
    assert "1 pass  4 not asked" in terminal
    reports = [
        terminal,
        report_markdown.render(verdict),
        report_html.as_html(verdict),
        json.dumps(report_sarif.as_sarif(verdict)),
    ]
    for report in reports:
        # Markdown escapes, and a terminal breaks lines.
        text = " ".join(report.replace("\\", "").split())
        assert "strategy pilot-light" in text
        assert "a person leads the names to the other region" in text
    assert verdict.sentence == "PASS: dev kept all 1 rules"


def test_the_json_says_which_rules_and_why_and_is_read_back() -> None:
    verdict = GateVerdict((_environment(_PILOT),))
    document = as_json(verdict)
    strategy = document["environments"][0]["strategy"]
    assert strategy["name"] == "pilot-light"
    assert strategy["declared"] is True
    assert strategy["not_asked"][1] == {
        "why": "not asked of a pilot light: its second region runs nothing until a person "
        "starts it",
        "rules": ["LG_REGION_8"],
    }
    assert parse_verdict(json.loads(json.dumps(document)), "x") == verdict
