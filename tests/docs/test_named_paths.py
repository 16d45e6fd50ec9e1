"""A file of this repository that a page names is there, by that name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("modules/*/README.md")])
_OURS = r"(?:bench|ci|docs|envs|modules|policies|requirements|scripts|tests|\.github)"
_PATH = re.compile(rf"`({_OURS}/[\w./*-]+|test_\w+\.py)`")
# The rule that the how-to adds, and directories that an adopter writes.
_NOT_HERE = re.compile(r"LG_LB_99|lg_lb_99|envs/NAME")


def named(text: str) -> Iterator[str]:
    """The paths that a page names in its text."""
    for path in _PATH.findall(text):
        if not _NOT_HERE.search(path):
            yield path


def is_there(path: str) -> bool:
    where = ROOT.glob(path.rstrip("/")) if "/" in path else ROOT.glob(f"tests/**/{path}")
    return any(where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_files_that_are_there(page: Path) -> None:
    assert [path for path in named(page.read_text("utf-8")) if not is_there(path)] == []


def test_paths_are_found_and_missed() -> None:
    page = "In `ci/lockgate/engine/` and `requirements/*.in`, not `tests/gone.py` or `a/b`.\n"
    assert list(named(page)) == ["ci/lockgate/engine/", "requirements/*.in", "tests/gone.py"]
    assert [is_there(path) for path in named(page)] == [True, True, False]
