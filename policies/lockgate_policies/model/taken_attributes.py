"""Which attributes of a resource an argument takes: its name, its ARN, its engine.

A resolved plan writes down where computed values come from; for what is known, and in a plain
plan, the names in the expressions are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .hcl_facts import HclFacts
from .plan_tree import ModuleInstance, Resource
from .plan_values import as_dict, as_list, as_text
from .resolved_plan import ResolvedPlan

_INDEX = re.compile(r"\[[^\]]*\]")
_MOST_HOPS = 32


class TakenAttributes:
    """Reads, from one plan, what arguments take of other resources."""

    def __init__(self, facts: HclFacts, resolved: ResolvedPlan | None) -> None:
        self._facts = facts
        self._resolved = resolved

    def of(self, resource: Resource, argument: str, target: Resource) -> frozenset[str]:
        """The attributes of ``target`` that an argument takes; none where it cannot be told."""
        computed = self._origins(resource, argument, target)
        return computed or frozenset(self._named(resource, argument, target))

    def _origins(self, resource: Resource, argument: str, target: Resource) -> frozenset[str]:
        references = self._resolved.references if self._resolved else {}
        return frozenset(
            origin.attribute.split(".")[0]
            for path, origins in references.get(resource.address, {}).items()
            if path == argument or path.startswith(f"{argument}.")
            for origin in origins
            if origin.address == target.address
        )

    def _named(self, resource: Resource, argument: str, target: Resource) -> Iterator[str]:
        expression = as_dict(resource.config.get("expressions")).get(argument)
        texts = list(_references(expression))
        if not texts:
            path, kind, name = resource.module.path, resource.type, resource.name
            source = self._facts.expression(path, kind, name, argument)
            texts = self._facts.references_in(source or "")
        yield from self._follow(texts, resource.module, target, 0)

    def _follow(
        self, texts: Iterable[str], module: ModuleInstance, target: Resource, hops: int
    ) -> Iterator[str]:
        if hops > _MOST_HOPS:
            return
        for text in texts:
            head, *rest = _INDEX.sub("", text).split(".")
            if head == "var" and rest and module.parent is not None:
                given = as_dict(module.call.get("expressions")).get(rest[0])
                yield from self._follow(_references(given), module.parent, target, hops + 1)
            elif head == "local" and rest:
                inner = self._facts.references_in(self._facts.local(module.path, rest[0]) or "")
                yield from self._follow(inner, module, target, hops + 1)
            elif head == "module" and len(rest) > 1:
                for child in module.instances_of(rest[0]):
                    output = as_dict(child.outputs.get(rest[1])).get("expression")
                    yield from self._follow(_references(output), child, target, hops + 1)
            elif (head, *rest[:1]) == (target.type, target.name) and module is target.module:
                yield from rest[1:2]


def _references(expression: Any) -> Iterator[str]:
    """The references in an expression, or in those of a block, Terraform's prefixes included."""
    if isinstance(expression, list):
        for item in expression:
            yield from _references(item)
        return
    told = as_dict(expression)
    if "references" in told:
        yield from (text for item in as_list(told["references"]) if (text := as_text(item)))
        return
    for item in told.values():
        if isinstance(item, dict | list):
            yield from _references(item)
