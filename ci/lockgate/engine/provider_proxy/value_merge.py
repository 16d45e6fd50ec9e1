"""Merges a value of two plans: what both agree on is known, and the rest is not.

Values are those of a plan in JSON: what is unknown is left out of objects and null in lists, and a
second tree tells where (true), as Terraform's own ``after_unknown`` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lockgate.engine.provider_proxy.tokens import Occurrence

Path = tuple[str, ...]
MISSING = object()


@dataclass
class ValueMerge:
    """How values are merged; ``found`` collects the made-up texts by the path they stand at.

    ``name`` is what an occurrence leads to: what is made up gives a set an order of no meaning, so
    its members are taken in the order of what they lead to.
    """

    find: Callable[[str], list[Occurrence]]
    name: Callable[[Occurrence], str] = lambda occurrence: occurrence.origin.call
    is_set: Callable[[Path], bool] = lambda _path: False
    found: dict[Path, list[Occurrence]] = field(default_factory=dict)

    def merge(self, ordinary: Any, unknown: Any, resolved: Any, path: Path = ()) -> tuple[Any, Any]:
        """The merged value and its tree of what is unknown.

        ``unknown`` is that tree of the ordinary value; MISSING stands for no value at all.
        """
        if unknown is True or ordinary is MISSING:
            self._collect(resolved, path)
            return MISSING, True
        if isinstance(ordinary, dict) and isinstance(resolved, dict):
            return self._objects(ordinary, unknown, resolved, path)
        if isinstance(ordinary, list) and isinstance(resolved, list):
            return self._lists(ordinary, unknown, resolved, path)
        before = len(self.found)
        self._collect(resolved, path)
        if len(self.found) == before and _same(ordinary, resolved):
            return ordinary, False
        return MISSING, True

    def _objects(
        self, ordinary: dict[str, Any], unknown: Any, resolved: dict[str, Any], path: Path
    ) -> tuple[Any, Any]:
        known = unknown if isinstance(unknown, dict) else {}
        value: dict[str, Any] = {}
        tree: dict[str, Any] = {}
        for name in dict.fromkeys([*ordinary, *known, *resolved]):
            merged, where = self.merge(
                ordinary.get(name, MISSING),
                known.get(name, False),
                resolved.get(name, MISSING),
                (*path, name),
            )
            if merged is not MISSING:
                value[name] = merged
            if where is not False:
                tree[name] = where
        return value, tree

    def _lists(
        self, ordinary: list[Any], unknown: Any, resolved: list[Any], path: Path
    ) -> tuple[Any, Any]:
        if len(ordinary) != len(resolved):
            self._collect(resolved, path)
            return MISSING, True
        trees = unknown if isinstance(unknown, list) else [False] * len(ordinary)
        if self._is_set(path):
            resolved = _paired(ordinary, trees, self._in_order(resolved))
        merged = [
            self.merge(*members, (*path, str(index)))
            for index, members in enumerate(zip(ordinary, trees, resolved, strict=True))
        ]
        return (
            [None if value is MISSING else value for value, _ in merged],
            [tree for _, tree in merged],
        )

    def _collect(self, value: Any, path: Path) -> None:
        if isinstance(value, str):
            occurrences = self.find(value)
            if occurrences:
                self.found[path] = occurrences
        elif isinstance(value, dict):
            for name, member in value.items():
                self._collect(member, (*path, name))
        elif isinstance(value, list):
            members = self._in_order(value) if self._is_set(path) else value
            for index, member in enumerate(members):
                self._collect(member, (*path, str(index)))

    def _is_set(self, path: Path) -> bool:
        return self.is_set(tuple(name for name in path if not name.isdigit()))

    def _in_order(self, members: list[Any]) -> list[Any]:
        return sorted(
            members,
            key=lambda member: [
                (
                    text if not occurrences else "",
                    [self.name(occurrence) for occurrence in occurrences],
                )
                for text in _texts(member)
                for occurrences in [self.find(text)]
            ],
        )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _same(one: Any, other: Any) -> bool:
    # In Python True equals 1; in Terraform it does not.
    return type(one) is type(other) and bool(one == other)


def _paired(ordinary: list[Any], trees: list[Any], resolved: list[Any]) -> list[Any]:
    """The members of a set in the order of the same set in the ordinary plan.

    A plan lists a set by its members' values, so what is made up in them changes their places.
    Members go together that have most in common of what is known.
    """
    left = list(resolved)
    pairs: list[Any] = [MISSING] * len(ordinary)
    by_text: dict[str, list[int]] = {}
    for index, member in enumerate(left):
        by_text.setdefault(json.dumps(member, sort_keys=True), []).append(index)
    used: set[int] = set()
    for index, member in enumerate(ordinary):
        same = by_text.get(json.dumps(member, sort_keys=True))
        if same and not _any_unknown(trees[index]):
            used.add(same[0])
            pairs[index] = left[same.pop(0)]
    for index, member in enumerate(ordinary):
        if pairs[index] is MISSING:
            best = min(
                (other for other in range(len(left)) if other not in used),
                key=lambda other: _differences(member, trees[index], left[other]),
            )
            used.add(best)
            pairs[index] = left[best]
    return pairs


def _any_unknown(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(map(_any_unknown, tree.values()))
    if isinstance(tree, list):
        return any(map(_any_unknown, tree))
    return tree is True


def _differences(ordinary: Any, tree: Any, resolved: Any) -> int:
    """In how many places that are known in the first the second says something else."""
    if tree is True:
        return 0
    if isinstance(ordinary, dict) and isinstance(resolved, dict):
        inside = tree if isinstance(tree, dict) else {}
        return sum(
            _differences(member, inside.get(name, False), resolved.get(name))
            for name, member in ordinary.items()
        )
    if isinstance(ordinary, list) and isinstance(resolved, list):
        if len(ordinary) != len(resolved):
            return 1
        trees = tree if isinstance(tree, list) else [False] * len(ordinary)
        return sum(map(_differences, ordinary, trees, resolved))
    return 0 if _same(ordinary, resolved) else 1
