"""What an argument leads to: resource instances, and what could not be followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .plan_tree import Resource


@dataclass(frozen=True)
class Targets:
    """The resource instances an argument leads to, and what could not be followed.

    With gaps, there may be more targets than are listed: a rule must not pass on their absence.
    While names are followed, ``either`` says why only some of the resources are meant; whoever
    asks gets an answer that is ``settled``, where a choice that is still open is a gap.
    """

    resources: tuple[Resource, ...] = ()
    gaps: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Tell whether the list of resources is complete."""
        return not self.gaps

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the resources."""
        return tuple(resource.address for resource in self.resources)

    @property
    def why(self) -> str:
        """The gaps in words."""
        return "; ".join(self.gaps)

    @property
    def settled(self) -> Targets:
        """The same, but nothing where it is not known which of several is meant."""
        if self.either and len(self.resources) > 1:
            gap = f"{self.either[0]}: {' or '.join(self.addresses)}"
            return Targets(gaps=(*self.gaps, gap))
        return Targets(self.resources, self.gaps)

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The addresses of the data sources among them, of which a plan proves nothing."""
        return tuple(resource.address for resource in self.resources if resource.mode == "data")

    def of_type(self, *types: str) -> Targets:
        """Only the targets of the given types; the gaps stay."""
        resources = tuple(r for r in self.resources if r.type in types)
        return Targets(resources, self.gaps, self.either)

    def only(self, resources: Iterable[Resource]) -> Targets:
        """These of its resources; the gaps stay."""
        return Targets(tuple(resources), self.gaps, self.either)

    def __bool__(self) -> bool:
        raise TypeError("ask .resources or .known")


def merge(parts: Iterable[Targets]) -> Targets:
    """Join several answers, each resource and gap once, in order."""
    resources: dict[int, Resource] = {}
    gaps: dict[str, None] = {}
    either: dict[str, None] = {}
    for part in parts:
        resources.update((id(resource), resource) for resource in part.resources)
        gaps.update(dict.fromkeys(part.gaps))
        either.update(dict.fromkeys(part.either))
    return Targets(tuple(resources.values()), tuple(gaps), tuple(either))


def one_of(parts: Iterable[Targets], why: str) -> Targets:
    """What one of several answers means, where the plan does not say which of them it is."""
    candidates = list(parts)
    different = {part.addresses for part in candidates if part.resources}
    joined = merge(candidates)
    if len(different) < 2:
        return joined
    return Targets(joined.resources, joined.gaps, (*joined.either, why))
