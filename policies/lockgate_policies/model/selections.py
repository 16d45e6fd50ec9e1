"""Expressions that take only some of what they refer to: ``x[0]``, ``slice(x, 0, 1)``, ….

A plan names what an expression refers to, not which part of it is taken. Counting the whole would
make one subnet look like three, so the parts that can be told are taken, and for the others the
answer has a gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .targets import Targets

_SLICE = re.compile(r"^slice\((?P<of>.*),\s*(?P<start>\d+),\s*(?P<end>\d+)\)$", re.DOTALL)
_ELEMENT = re.compile(r"^element\((?P<of>.*),\s*(?P<index>\d+)\)$", re.DOTALL)
_DROPPING = re.compile(
    r"\b(slice|element|setsubtract|setintersection|matchkeys|lookup)\(|[\[{]\s*for\b[^\]}]*\bif\b"
)


def selected(found: Targets, text: str | None, where: str) -> Targets:
    """What an expression, by its text, takes of everything that it refers to."""
    if text is None or len(found.resources) < 2:
        return found
    text = text.strip()
    if (match := _SLICE.match(text)) and not _DROPPING.search(match.group("of")):
        start, end = int(match.group("start")), int(match.group("end"))
        return Targets(found.resources[start:end], found.gaps)
    if (match := _ELEMENT.match(text)) and not _DROPPING.search(match.group("of")):
        index = int(match.group("index")) % len(found.resources)
        return Targets((found.resources[index],), found.gaps)
    if _DROPPING.search(text):
        gap = f"{where} takes only some of {', '.join(found.addresses)}: name them directly"
        return Targets(found.resources, (*found.gaps, gap))
    return found


def indexed(found: Targets, steps: Sequence[str | int], where: str) -> Targets:
    """What a reference takes by the steps that follow a list's or a map's name."""
    if not steps or len(found.resources) < 2:
        return found
    first = steps[0]
    if isinstance(first, int) and first < len(found.resources):
        return Targets((found.resources[first],), found.gaps)
    if isinstance(first, int):
        return Targets((), (*found.gaps, f"{where} takes element {first}, which is not known"))
    return found
