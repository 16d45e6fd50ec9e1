"""The HTML page: one file, readable, and only text in it whatever a plan says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings

from lockgate.base.safe_text import visible
from lockgate.reports.report_html import as_html
from lockgate.verdict.verdict import GateVerdict
from tests.reports import verdicts

VOID = {"meta", "br", "img", "link", "input", "base"}
MADE = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "nav"),
    *("a", "span", "i", "section", "article", "header", "code", "strong", "pre", "details"),
    *("summary", "div", "table", "thead", "tbody", "tr", "th", "td", "footer"),
}


class _Reader(HTMLParser):
    """Notes the elements, their attributes and the text, and that every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_says_what_the_terminal_says() -> None:
    reader = _read(as_html(verdicts.mixed()))
    assert verdicts.mixed().sentence in reader.text
    for expected in (
        "aws_lb.other",
        "envs/prod/main.tf:19",
        "Give it two subnets.",
        "known only after apply",
        "moves in May",
        "Error: no such variable\n  on main.tf:3",
        "LG_LB_2 did not report",
        "waivers.yaml:2",
    ):
        assert expected in reader.text


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    reader = _read(as_html(verdicts.mixed()))
    assert reader.tags <= MADE
    links = {value for name, value in reader.attributes if name in ("href", "src", "action")}
    assert links
    assert all(re.fullmatch(r"#environment-\d+", link) for link in links)
    assert (
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    ) in reader.attributes
    style = as_html(verdicts.mixed()).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style


@settings(max_examples=60)
@given(verdicts.VERDICTS)
def test_any_verdict_is_text_and_nothing_else(verdict: GateVerdict) -> None:
    reader = _read(as_html(verdict))
    assert reader.tags <= MADE
    assert not {name for name, _ in reader.attributes if name.startswith("on")}
    shown = " ".join(reader.text.split())
    for environment in verdict.environments:
        for finding in environment.blocking:
            assert visible(finding.message or finding.title) in shown
