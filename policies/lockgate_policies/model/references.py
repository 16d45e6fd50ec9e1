"""Which resource instances an argument leads to: the question, and what both ways to answer share.

A resolved plan says exactly where a value comes from (``resolved_references``); in a plain plan
file the names in its expressions are followed instead (``plan_references``). In both, what the
plan knows speaks before where it might come from: a value that is null or empty leads nowhere, and
an identifier leads to the resource that has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from .plan_tree import Resource
from .targets import Targets


class References(ABC):
    """Follows references in one plan."""

    def targets(self, resource: Resource, path: str, *types: str) -> Targets:
        """The resource instances (of the given types) that the argument at ``path`` leads to.

        ``path`` is dotted (``alias.0.name``). Where it is not known which of several resources is
        meant, the answer is a gap.
        """
        return self.candidates(resource, path, *types).settled

    @abstractmethod
    def candidates(self, resource: Resource, path: str, *types: str) -> Targets:
        """The same, with all the resources that may be meant and ``either`` saying so.

        For questions that have one answer whichever it is, such as whether it is public.
        """

    @abstractmethod
    def by_argument(self, resource: Resource) -> dict[str, Targets]:
        """The candidates of each argument and block of a resource, ``dynamic`` blocks included."""


def not_of_this_plan(where: str, texts: list[str]) -> str:
    """The gap of an argument whose known value is nobody's identifier."""
    return f"{where} = {', '.join(texts)} is not a resource of this plan"
