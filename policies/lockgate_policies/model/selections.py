"""Expressions that take only some of what they refer to: ``x[0]``, ``slice(x, 0, 1)``, ….

A plan names what an expression refers to, not which part of it is taken. Counting the whole would
make one subnet look like three, so the parts that can be told are taken; for the others the answer
says that it is one of several.
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
_CONDITIONAL = re.compile(r"\s\?\s.*\s:\s", re.DOTALL)
# { for key, one in aws_subnet.public : key => one.id } has the keys of what it is made of.
_SAME_KEYS = re.compile(
    r"^\{\s*for\s+(?P<key>\w+)\s*,\s*(?P<one>\w+)\s+in\s+[^:]+:\s*(?P=key)\s*=>\s*(?P=one)\b"
)
_FOR = re.compile(r"\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b")
_OPENING, _CLOSING = "([{", ")]}"


def selected(targets: Targets, text: str | None, where: str) -> Targets:
    """What an expression, by its text, takes of everything that it refers to."""
    if text is None or len(targets.resources) < 2:
        return targets
    text = text.strip()
    if (match := _SLICE.match(text)) and not _DROPPING.search(match.group("of")):
        start, end = int(match.group("start")), int(match.group("end"))
        return targets.only(targets.resources[start:end])
    if (match := _ELEMENT.match(text)) and not _DROPPING.search(match.group("of")):
        index = int(match.group("index")) % len(targets.resources)
        return targets.only([targets.resources[index]])
    if _DROPPING.search(text):
        gap = f"{where} takes only some of {', '.join(targets.addresses)}: name them directly"
        return Targets(targets.resources, (*targets.gaps, gap), targets.either)
    if _CONDITIONAL.search(text) and len({_config(r) for r in targets.resources}) > 1:
        why = f"{where} has a condition in it, and a plan does not say which part it takes"
        return Targets(targets.resources, targets.gaps, (*targets.either, why))
    return targets


def indexed(targets: Targets, steps: Sequence[str | int], text: str | None, where: str) -> Targets:
    """What a reference takes by the steps that follow the name of a list or a map.

    ``text`` is the expression of that list or map.
    """
    if not steps or len(targets.resources) < 2:
        return targets
    first = steps[0]
    if isinstance(first, int) and first < len(targets.resources):
        return targets.only([targets.resources[first]])
    if isinstance(first, int):
        return Targets((), (*targets.gaps, f"{where} takes element {first}, which is not known"))
    if _SAME_KEYS.match((text or "").strip()):
        mine = [resource for resource in targets.resources if resource.key == first]
        if mine:
            return targets.only(mine)
    kinds = [resource.type for resource in targets.resources]
    if len({_config(r) for r in targets.resources}) > len(set(kinds)):
        why = f"{where} takes '{first}' of a value of several parts, and a plan does not hold it"
        return Targets(targets.resources, targets.gaps, (*targets.either, why))
    return targets


def keyed(targets: Targets, index: str, key: str | int | None, text: str | None) -> Targets | None:
    """What ``x[each.key]`` takes of a map of which ``text`` is the expression; None if not told."""
    if index == "each.key" and _SAME_KEYS.match((text or "").strip()):
        mine = [resource for resource in targets.resources if resource.key == key]
        return targets.only(mine) if mine else None
    return None


def alternatives(text: str | None) -> list[str]:
    """The values that a conditional may have, without its conditions; one for anything else."""
    text = (text or "").strip()
    question = _at_top(text, "?", 0)
    if question < 0:
        return [text]
    colon = _colon(text, question + 1)
    if colon < 0:
        return [text]
    return [*alternatives(text[question + 1 : colon]), *alternatives(text[colon + 1 :])]


def indices(text: str | None, name: str) -> set[str] | None:
    """By what ``name`` is indexed in an expression: ``each.key``, ``*`` for all; None if not there.

    An index that a ``for`` of the same expression binds takes all of them.
    """
    if text is None:
        return None
    bound = {word for match in _FOR.findall(text) for word in match if word}
    indices: set[str] = set()
    for match in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
        rest = text[match.end() :]
        if not rest.startswith("["):
            indices.add("*")
            continue
        end = _at_top(rest[1:], "]", 0)
        inside = rest[1 : end + 1].strip() if end >= 0 else rest
        indices.add("*" if inside in bound or inside == "*" else inside)
    return indices or None


def _config(resource: object) -> tuple[object, ...]:
    module, kind, name = (getattr(resource, attribute) for attribute in ("module", "type", "name"))
    return id(module), kind, name


def _at_top(text: str, wanted: str, start: int) -> int:
    """Where a character stands outside of brackets and texts; -1 if nowhere."""
    depth, quoted = 0, False
    for index in range(start, len(text)):
        one = text[index]
        if one == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        if quoted:
            continue
        if one == wanted and depth == 0:
            return index
        if one in _OPENING:
            depth += 1
        elif one in _CLOSING:
            depth -= 1
    return -1


def _colon(text: str, start: int) -> int:
    """The colon that belongs to the question mark before ``start``."""
    colon = _at_top(text, ":", start)
    question = _at_top(text, "?", start)
    while 0 <= question < colon:
        inner = _colon(text, question + 1)
        if inner < 0:
            return -1
        colon = _at_top(text, ":", inner + 1)
        question = _at_top(text, "?", inner + 1)
    return colon
