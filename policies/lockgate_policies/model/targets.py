"""What an argument leads to: resource instances, and what could not be followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .plan_tree import Resource


@dataclass(frozen=True)
class Targets:
    """The resource instances an argument leads to, and what could not be followed.

    With gaps, there may be more targets than are listed: a rule must not pass on their absence.
    """

    resources: tuple[Resource, ...] = ()
    gaps: tuple[str, ...] = ()

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

    def of_type(self, *types: str) -> Targets:
        """Only the targets of the given types; the gaps stay."""
        return Targets(tuple(r for r in self.resources if r.type in types), self.gaps)

    def __bool__(self) -> bool:
        raise TypeError("ask .resources or .known")


def merge(parts: Iterable[Targets]) -> Targets:
    """Join several answers, each resource and gap once, in order."""
    resources: dict[int, Resource] = {}
    gaps: dict[str, None] = {}
    for part in parts:
        resources.update((id(resource), resource) for resource in part.resources)
        gaps.update(dict.fromkeys(part.gaps))
    return Targets(tuple(resources.values()), tuple(gaps))
