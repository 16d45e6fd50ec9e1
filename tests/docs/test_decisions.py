"""Each decision has a page of one form, and the index leads to all of them in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lockgate.base import paths

DECISIONS = paths.repository_root(Path(__file__)) / "docs" / "adr"
PAGES = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def test_the_index_names_every_page_by_its_title() -> None:
    listed = re.findall(
        r"^- \[(.+)\]\((.+)\)$", (DECISIONS / "README.md").read_text(), re.MULTILINE
    )
    titles = [
        (page.read_text("utf-8").splitlines()[0].removeprefix("# "), page.name) for page in PAGES
    ]
    assert listed == titles
    assert len(PAGES) >= 12


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_form(page: Path) -> None:
    text = page.read_text("utf-8")
    number = int(page.name.partition("-")[0])
    assert number == PAGES.index(page) + 1
    assert re.match(
        rf"# {number}\. \w.+\n\nDecided on \d{{4}}-\d{{2}}-\d{{2}}\.\n\n## Context\n", text
    )
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    for section in text.split("\n## ")[1:]:
        assert len(section.split()) > 20, "a heading is not a reason"
