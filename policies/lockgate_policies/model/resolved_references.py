"""Where arguments lead in a resolved plan: each value's origin is written down, and exact.

An argument without an origin whose value is not known leads nowhere that is known. Names are never
asked where a value leads to; only two questions are left to them (``_Names``): whether an unknown
value inside of a block could be of the kind that is asked for, and what a resource depends on by
a known name or by a number, which carries no origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .plan_references import NamedReferences
from .plan_tree import PlanTree, Resource
from .plan_values import UNKNOWN, Value
from .references import References, not_of_this_plan
from .resolved_plan import Origin, ResolvedPlan
from .targets import Targets, merge
from .value_index import ValueIndex, is_called

# Shorter texts stand in others by chance.
_SHORTEST_NAME = 4


class ResolvedReferences(References):
    """Reads the origins that a resolved plan carries."""

    def __init__(
        self, tree: PlanTree, resolved: ResolvedPlan, values: ValueIndex, named: NamedReferences
    ) -> None:
        self._tree = tree
        self._resolved = resolved
        self._values = values
        self._named = named

    def candidates(self, resource: Resource, path: str, *types: str) -> Targets:
        """The resource instances (of the given types) that the argument at ``path`` leads to."""
        if resource.known_empty(path) or path.split(".")[0] in resource.not_given:
            return Targets()
        value = resource.value(path)
        where = f"{resource.address}: {path}"
        origins = self._origins(resource, path)
        targets = merge(
            [self._led_to(origins, where), self._identified(resource, path, value, types)]
        )
        typed = targets.of_type(*types) if types else targets
        gaps = [*typed.gaps, *_beside(targets, types, where)]
        if self._is_gap(resource, path, value, types, len(origins)):
            gaps.append(
                f"{where} is not known until apply, and comes from no resource of this plan"
            )
        return Targets(typed.resources, tuple(dict.fromkeys(gaps)))

    def by_argument(self, resource: Resource) -> dict[str, Targets]:
        """What each argument and block of the resource depends on."""
        named = self._named.by_argument(resource)
        own = self._resolved.references.get(resource.address, {})
        arguments = dict.fromkeys([*named, *(path.split(".")[0] for path in own)])
        return {
            argument: self._depends_on(resource, argument, named.get(argument, Targets()))
            for argument in arguments
        }

    def _depends_on(self, resource: Resource, argument: str, named: Targets) -> Targets:
        if resource.known_empty(argument) or argument in resource.not_given:
            return Targets()
        value = resource.value(argument)
        origins = self._origins(resource, argument)
        targets = self._led_to(origins, f"{resource.address}: {argument}")
        unknown = sum(leaf is UNKNOWN for leaf in _leaves(value))
        if unknown > len(origins):
            return merge([targets, named])
        texts = [leaf for leaf in _leaves(value) if isinstance(leaf, str)]
        by_name = (target for target in named.resources if _gives_one_of(target, texts))
        known = (r for text in texts for r in self._values.identified(text, ()))
        return merge([targets, Targets((*known, *by_name))])

    def _origins(self, resource: Resource, path: str) -> list[tuple[Origin, ...]]:
        """The origins of each value at a path and below, but for what the resource computes."""
        own = self._resolved.references.get(resource.address, {})
        if not own:
            return []
        inside = [
            tuple(origin for origin in origins if origin.address != resource.address)
            for where, origins in own.items()
            if where == path or where.startswith(f"{path}.")
        ]
        return [origins for origins in inside if origins]

    def _led_to(self, origins: Iterable[tuple[Origin, ...]], where: str) -> Targets:
        return merge(
            self._at(origin, where) for origins_of_one in origins for origin in origins_of_one
        )

    def _at(self, origin: Origin, where: str) -> Targets:
        resource = self._tree.by_address.get(origin.address)
        if resource is None:
            return Targets(gaps=(f"{where} comes from {origin.address}, which the plan lacks",))
        return Targets((resource,))

    def _identified(
        self, resource: Resource, path: str, value: Value, types: tuple[str, ...]
    ) -> Targets:
        """The resources that the known texts of a value identify."""
        parts = []
        for place, text in _texts(value, path):
            targets = self._of_text(resource, place, text, types)
            if not targets.resources and not isinstance(value, dict) and not _has_blocks(value):
                targets = Targets(gaps=(not_of_this_plan(f"{resource.address}: {path}", [text]),))
            parts.append(targets)
        return merge(parts)

    def _of_text(
        self, resource: Resource, place: str, text: str, types: tuple[str, ...]
    ) -> Targets:
        """What one known text identifies, by an ID or by a name that an expression takes."""
        matching = self._values.identified(text, types)
        if len(matching) == 1:
            return Targets(tuple(matching))
        # Two regions may use one name; and what is called by it, only the expression tells.
        named = self._named.candidates(resource, place)
        if not named.resources and resource.expression(place) is None:
            named = self._named.candidates(resource, place.split(".")[0])  # a dynamic block
        called = named.only(r for r in named.resources if is_called(r, (text,)))
        both = called.only(r for r in called.resources if r in matching)
        if matching:
            return both if both.resources else Targets(tuple(matching))
        return Targets(called.resources, either=called.either)

    def _is_gap(
        self, resource: Resource, path: str, value: Value, types: tuple[str, ...], origins: int
    ) -> bool:
        """Whether something that leads to such a resource may stand at the path, unknown."""
        unknown = sum(leaf is UNKNOWN for leaf in _leaves(value))
        if unknown <= origins:
            return False
        expression = resource.expression(path)
        if isinstance(expression, dict) and "references" in expression:
            return True
        # A block, or a `dynamic` one: much of it is computed by the provider and leads nowhere.
        if origins:
            return False
        named = self._named.candidates(resource, path)
        return bool(named.of_type(*types).resources if types else named.resources)


def _beside(targets: Targets, types: tuple[str, ...], where: str) -> Iterator[str]:
    """A value of something that is only looked up may be of any resource, in the plan or not."""
    for resource in targets.resources:
        if types and resource.mode == "data" and resource.type not in types:
            yield f"{where} comes from {resource.address}, which is only looked up"


def _gives_one_of(resource: Resource, texts: list[str]) -> bool:
    """Whether some text holds what the resource is called by: what it names, it depends on."""
    mine = [
        value
        for value in resource.values.values()
        if isinstance(value, str) and len(value) >= _SHORTEST_NAME
    ]
    return any(own in text for own in mine for text in texts)


def _texts(value: Value, path: str) -> Iterator[tuple[str, str]]:
    """The known texts in a value that say something, each with its path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")
    elif isinstance(value, str) and value:
        yield path, value


def _has_blocks(value: Value) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
