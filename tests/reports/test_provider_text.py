"""Every report says which provider's version judged."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from lockgate.reports import provider_text, report_html, report_markdown, report_terminal
from lockgate.verdict import verdict_document
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from tests.reports import verdicts

NEWEST = "hashicorp/aws 5.100.0"
LINE = f"Planned with {NEWEST}"


def judged_with(provider: str) -> GateVerdict:
    verdict = verdicts.passing()
    return GateVerdict(
        tuple(replace(environment, provider=provider) for environment in verdict.environments)
    )


def on_screen(verdict: GateVerdict) -> str:
    out = io.StringIO()
    report_terminal.show(verdict, Console(file=out, width=120, no_color=True))
    return out.getvalue()


def test_each_report_says_it_once() -> None:
    verdict = judged_with(NEWEST)
    for report in (
        on_screen(verdict),
        report_markdown.render(verdict),
        report_html.as_html(verdict),
    ):
        assert report.count(LINE) == 1
    environment = verdict_document.as_json(verdict)["environments"][0]
    assert environment["provider"] == NEWEST


def test_what_no_plan_tells_is_not_said() -> None:
    verdict = judged_with("")
    for report in (
        on_screen(verdict),
        report_markdown.render(verdict),
        report_html.as_html(verdict),
    ):
        assert "Planned with" not in report
    assert verdict_document.as_json(verdict)["environments"][0]["provider"] is None


def test_environments_are_named_where_they_differ() -> None:
    verdict = GateVerdict(
        (
            EnvironmentVerdict("dev", provider=NEWEST),
            EnvironmentVerdict("prod", provider="hashicorp/aws 3.39.0"),
            EnvironmentVerdict("stage", provider=NEWEST),
        )
    )
    assert provider_text.planned_with(verdict) == (
        "Planned with hashicorp/aws 5.100.0 (dev, stage), hashicorp/aws 3.39.0 (prod)"
    )


def test_an_environment_that_was_not_planned_is_not_among_them() -> None:
    verdict = GateVerdict(
        (EnvironmentVerdict("dev", provider=NEWEST), EnvironmentVerdict("prod", engine_error="no"))
    )
    assert provider_text.planned_with(verdict) == f"{LINE} (dev)"


def test_a_merged_verdict_keeps_it() -> None:
    verdict = judged_with(NEWEST)
    document = verdict_document.as_json(verdict)
    assert verdict_document.parse_verdict(document, "it") == verdict
    older = {**document, "environments": [dict(document["environments"][0])]}
    del older["environments"][0]["provider"]
    assert verdict_document.parse_verdict(older, "it") == judged_with("")
