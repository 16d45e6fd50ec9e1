"""What is shown of a command's output keeps the words, and drops the frames."""

from __future__ import annotations

from lockgate.demo import trimming
from lockgate.demo.trimming import Trim

VERDICT = """\
prod: planning
┏━━━━━━━━━━━━━┳━━━━━━┓
┃ Environment ┃ Rule ┃
┡━━━━━━━━━━━━━╇━━━━━━┩
│ dev         │ LG_1 │
│             │ here │
├─────────────┼──────┤
│ prod        │ LG_2 │
│             │ note │
└─────────────┴──────┘
dev          1 fail
             without us-east-1: gone
prod         1 fail

FAIL: dev, prod
"""


def _shown(text: str, trim: Trim) -> list[str]:
    return [line for splitline in text.splitlines() if (line := trim(splitline)) is not None]


def test_a_table_loses_its_frame_and_no_word() -> None:
    assert _shown(VERDICT, trimming.rows) == [
        "prod: planning",
        "dev  LG_1",
        "    here",
        "prod  LG_2",
        "    note",
        "dev          1 fail",
        "             without us-east-1: gone",
        "prod         1 fail",
        "FAIL: dev, prod",
    ]


def test_one_environment_is_shown_with_the_verdict_on_all() -> None:
    assert _shown(VERDICT, trimming.findings_of("prod")) == [
        "prod: planning",
        "prod  LG_2",
        "    note",
        "prod         1 fail",
        "FAIL: dev, prod",
    ]


def test_of_a_plan_what_changes_is_shown() -> None:
    plan = """\
aws_lb.this: Refreshing state... [id=a]
  # aws_route53_health_check.primary will be updated in-place
  ~ resource "aws_route53_health_check" "primary" {
      ~ failure_threshold               = 3 -> 2
        id                              = "b136"
Plan: 0 to add, 1 to change, 0 to destroy.
PASS: dev kept all 66 rules
The sealed plan is in dev.lockgate.
"""
    assert _shown(plan, trimming.plan) == [
        "  # aws_route53_health_check.primary will be updated in-place",
        "      ~ failure_threshold               = 3 -> 2",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
        "PASS: dev kept all 66 rules",
        "The sealed plan is in dev.lockgate.",
    ]


def test_lines_are_chosen_by_a_pattern() -> None:
    assert _shown(VERDICT, trimming.matching("^FAIL")) == ["FAIL: dev, prod"]
