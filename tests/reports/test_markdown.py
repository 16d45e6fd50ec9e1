"""Markdown reports: what a reviewer reads, safe whatever a plan says, and never too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lockgate.base.markdown_text import block, code, prose
from lockgate.base.safe_text import visible
from lockgate.reports.report_markdown import Style, render
from lockgate.verdict.verdict import GateVerdict
from tests.reports import verdicts

BREAK = "\N{ZERO WIDTH SPACE}"
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _inline(text: str) -> list[Token]:
    """The inline tokens of a text in a paragraph."""
    paragraph = MARKDOWN.parse(f"x {text} x")
    assert [token.type for token in paragraph] == ["paragraph_open", "inline", "paragraph_close"]
    return paragraph[1].children or []


def _shown(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens).removeprefix("x ").removesuffix(" x")


def test_a_reviewer_reads_what_blocks_where_and_how_to_fix_it() -> None:
    text = render(verdicts.mixed())
    assert "**FAIL: prod: 1 rule(s) broken and 1 rule(s) not decidable" in text
    assert "- **LG_LB_1** fails: `aws_lb.this`<br>`envs/prod/main.tf:7`" in text
    assert "**Fix:** Give it two subnets." in text
    assert "- **LG_DATA_3** cannot be told" in text
    assert "Waived by platform@" in text
    assert "| prod | ❌ blocked | 1 | 1 | 2 | 1 | 1 |" in text
    assert "| dev | ✅ passes | 0 | 0 | 1 | 0 | 0 |" in text
    assert "| staging | ❌ not planned |" in text
    assert "| test | ❌ not judged completely |" in text
    assert "Error: no such variable\n  on main.tf:3" in text
    assert "LG_LB_2 did not report" in text
    assert "waivers.yaml:2" in text


def test_a_pass_is_a_few_lines() -> None:
    text = render(verdicts.passing())
    assert text.startswith("## ✅ Lockgate\n\n**PASS: dev kept all 1 rules**")
    assert "###" not in text


def test_places_lead_to_the_judged_commit() -> None:
    text = render(verdicts.mixed(), Style(source_url="https://example.com/o/r/blob/abc"))
    link = "[`envs/prod/main.tf:7`](<https://example.com/o/r/blob/abc/envs/prod/main.tf#L7>)"
    assert link in text


@given(verdicts.TEXTS)
def test_any_text_is_shown_as_it_is_and_marks_nothing(text: str) -> None:
    tokens = _inline(prose(text))
    assert {token.type for token in tokens} <= {"text", "text_special"}
    assert _shown(tokens).replace(BREAK, "") == visible(text)


@given(verdicts.TEXTS)
def test_any_text_as_code_is_exact(text: str) -> None:
    tokens = _inline(code(text))
    assert {token.type for token in tokens} <= {"text", "code_inline"}
    assert _shown(tokens) == visible(text)


@given(verdicts.TEXTS)
def test_any_long_text_stays_in_its_block(text: str) -> None:
    tokens = MARKDOWN.parse(f"{block(text)}\n\nafter")
    types = [token.type for token in tokens]
    assert types == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[-2].content == "after"


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("ask @octocat", "@octocat"),
        ("see #12", "#12"),
        ("see GH-12", "GH-12"),
        ("see !12", "!12"),
        ("is ~bug", "~bug"),
        ("in %v1", "%v1"),
        ("see $12", "$12"),
        ("at https://example.com", "https://"),
        ("at www.example.com", "www.example"),
        ("to a@example.com", "a@example"),
    ],
)
def test_what_a_host_would_turn_into_a_link_or_a_notification_is_broken(
    text: str, active: str
) -> None:
    # The hosts read what Markdown has made, so it is looked for there.
    assert active in _shown(_inline(text))
    assert active not in _shown(_inline(prose(text)))


def test_gitlab_finds_no_quick_action_even_in_a_block() -> None:
    assert not re.search(r"^/", block("/approve\n  fine\n/merge"), re.MULTILINE)


@given(verdicts.VERDICTS)
def test_any_verdict_gives_a_report_of_the_same_form(verdict: GateVerdict) -> None:
    text = render(verdict)
    tokens = MARKDOWN.parse(text)
    names = [environment.environment for environment in verdict.environments]
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == (len(names) + 1 if names else 0)
    assert len([token for token in tokens if token.type in ("td_open", "th_open")]) == 7 * len(rows)
    kinds = {
        *("heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td"),
        *("bullet_list", "list_item"),
    }
    blocks = {f"{kind}_{end}" for kind in kinds for end in ("open", "close")}
    assert {token.type for token in tokens} <= {*blocks, "inline", "fence"}
    children = [child for token in tokens for child in token.children or []]
    assert {child.content for child in children if child.type == "html_inline"} <= {"<br>"}
    assert not {child.type for child in children} & {"link_open", "image", "em_open", "s_open"}
    assert not re.search(r"^/", text, re.MULTILINE)


@given(verdicts.VERDICTS, st.integers(300, 3_000))
def test_a_limit_is_kept_whatever_the_verdict(verdict: GateVerdict, limit: int) -> None:
    assert len(render(verdict, Style(limit=limit)).encode()) <= limit


def test_five_hundred_findings_are_cut_at_whole_ones_and_the_rest_is_counted() -> None:
    verdict = verdicts.many(250, "prod", "staging", message="stands in one zone only " * 10)
    url = "https://example.com/artifact"
    for limit, where in (
        (20_000, "the full report (the job's artifact)"),
        (65_536, f"[the full report](<{url}>)"),
    ):
        text = render(verdict, Style(limit=limit, report_url=url if limit == 65_536 else ""))
        assert limit - 1_000 < len(text.encode()) <= limit
        told = text.count("- **LG_LB_1** fails")
        assert told == text.count("**Fix:** Give it two subnets.\n")
        assert f"**… and {500 - told} more: see {where}.**" in text


def test_no_environment_crowds_out_another_one() -> None:
    big = verdicts.many(500, "a").environments
    small = verdicts.mixed().environments
    text = render(GateVerdict((*big, *small)), Style(limit=8_000))
    assert "Error: no such variable" in text
    assert "LG_LB_2 did not report" in text
    assert "- **LG_DATA_3** cannot be told" in text


def test_a_single_endless_message_is_cut() -> None:
    verdict = verdicts.many(3, message="a" * 100_000)
    text = render(verdict, Style(limit=65_536))
    assert text.count("- **LG_LB_1** fails") == 3
    assert "a …" in text


def test_without_a_limit_nothing_is_left_out() -> None:
    text = render(verdicts.many(500, message="a" * 2_000))
    assert text.count("a" * 2_000) == 500
    assert "more" not in text
