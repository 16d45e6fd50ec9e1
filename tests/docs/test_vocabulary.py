"""Names say what they hold: words that fit anything are none in the code that is not a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
FILES = sorted(
    path
    for place in ("ci", "policies", "scripts", "bench")
    for path in ROOT.glob(f"{place}/**/*.py")
)
FITS_ANYTHING = {"each", "found", "made"}


def names_given(function: ast.AST) -> Iterator[tuple[int, str]]:
    """The names that a function gives, with their lines: variables and parameters."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def vague(text: str) -> set[tuple[int, str]]:
    functions = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    )
    given = (pair for function in functions for pair in names_given(function))
    return {(line, name) for line, name in given if name in FITS_ANYTHING}


def test_one_that_fits_anything_is_seen() -> None:
    text = "def f(made):\n    found = [each for each in made]\n    return lambda found: found\n"
    assert vague(text) == {(1, "made"), (2, "found"), (2, "each"), (3, "found")}


@pytest.mark.parametrize("place", ["ci", "policies", "scripts", "bench"])
def test_every_name_says_what_it_holds(place: str) -> None:
    vague_names = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in FILES
        if path.is_relative_to(ROOT / place)
        for line, name in sorted(vague(path.read_text(encoding="utf-8")))
    ]
    assert vague_names == []
