"""What is shown of a command's output: the lines that matter, without the frames of tables."""

from __future__ import annotations

import re
from collections.abc import Callable

# A line as it is shown, or None for one that is left out.
Trim = Callable[[str], str | None]

_FRAMES = "┏┡├└┃"
_PLANNED = re.compile(r" +# \S.* will be |Plan: | +~ \w+ += .* -> |PASS|FAIL|The sealed plan")


def rows(line: str) -> str | None:
    """A line, or the row of a table without its frame."""
    if line[:1] in _FRAMES and line:
        return None
    if not line.startswith("│"):
        return line if line.strip() else None
    cells = [cell.strip() for cell in line.strip("│ ").split("│")]
    text = "  ".join(cell for cell in cells if cell)
    return text if not line.startswith("│  ") else f"    {text}"


def findings_of(environment: str) -> Trim:
    """As ``rows``, with the findings and summaries of one environment, and the last words."""
    shown = True

    def trim(line: str) -> str | None:
        nonlocal shown
        if line[:1] == "│" and not line.startswith("│  "):
            shown = line.startswith(f"│ {environment} ")
        elif re.match(r"\S+ +\d", line):
            shown = line.startswith(f"{environment} ")
        elif line[:1].strip() and line[:1] not in "│├└":
            shown = True
        return rows(line) if shown else None

    return trim


def plan(line: str) -> str | None:
    """Of a plan: what changes, the verdict, and where it was sealed."""
    return line if _PLANNED.match(line) else None


def matching(pattern: str) -> Trim:
    """The lines in which a pattern is found."""
    wanted = re.compile(pattern)
    return lambda line: rows(line) if wanted.search(line) else None


def nothing(_line: str) -> str | None:
    """No line at all."""
    return None
