"""What a resolved plan says beside its values, read from ``lockgate.resolved``.

A resolved plan is made with values in place of what is only known after an apply. None of them
stands in it; what they told does: where each value comes from, the region of every resource, and
what was only looked up. Shape::

    {"version": 1,
     "regions": {"aws_lb.a": "us-east-1"},
     "references": {"aws_route53_record.a": {"alias.0.name": [
         {"address": "aws_lb.a", "attribute": "dns_name", "whole": true}]}},
     "outputs": {"name": [the same]},
     "looked_up": {"data.aws_vpc.a": {"id": true}},
     "not_given": {"aws_instance.a": ["subnet_id"]}}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .plan_values import as_dict, as_list, as_text

VERSION = 1


@dataclass(frozen=True)
class Origin:
    """Where a value comes from: a computed attribute of a resource, or of a data source.

    ``whole`` tells whether the value is that attribute, and not a longer text that contains it.
    """

    address: str
    attribute: str
    whole: bool


@dataclass(frozen=True)
class ResolvedPlan:
    """The resolved part of a plan document.

    ``not_given`` names, by resource address, arguments whose expression is null: AWS decides them.
    ``references`` are by resource address and dotted path, ``looked_up`` marks by data source's
    address, as ``after_unknown`` does, what no account was asked for.
    """

    regions: dict[str, str]
    references: dict[str, dict[str, tuple[Origin, ...]]]
    looked_up: dict[str, Any]
    not_given: dict[str, frozenset[str]]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ResolvedPlan | None:
        """The resolved part; None for a plain plan. Never raises on odd JSON."""
        section = as_dict(document.get("lockgate")).get("resolved")
        if not isinstance(section, dict) or section.get("version") != VERSION:
            return None
        regions = as_dict(section.get("regions"))
        return cls(
            {address: region for address, region in regions.items() if as_text(region)},
            {
                address: {path: _origins(entries) for path, entries in as_dict(paths).items()}
                for address, paths in as_dict(section.get("references")).items()
            },
            as_dict(section.get("looked_up")),
            {
                address: frozenset(name for name in as_list(names) if isinstance(name, str))
                for address, names in as_dict(section.get("not_given")).items()
            },
        )


def unreadable_version(document: dict[str, Any]) -> str | None:
    """The version of a resolved part that is not known here, in words; None if there is no such.

    What was made up for it stands in the plan, and only its own version says what that is.
    """
    section = as_dict(document.get("lockgate")).get("resolved")
    if section is None or (isinstance(section, dict) and section.get("version") == VERSION):
        return None
    return repr(as_dict(section).get("version"))


def _origins(entries: object) -> tuple[Origin, ...]:
    return tuple(
        Origin(address, as_text(entry.get("attribute")) or "", entry.get("whole") is True)
        for entry in as_list(entries)
        if isinstance(entry, dict) and (address := as_text(entry.get("address")))
    )
