"""Versions and version constraints, as Terraform reads them.

Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints. Python's
packaging library has another language (``~=``, epochs, post releases), so this is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_VERSION = re.compile(
    r"^v?(\d+(?:\.\d+){0,2})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$", re.ASCII
)
_CONSTRAINT = re.compile(r"^\s*(=|!=|>=|<=|>|<|~>)? ?(\S+)\s*$")


class ConstraintError(ValueError):
    """A text is no version, or no constraint; the message says which text."""


@total_ordering
@dataclass(frozen=True)
class Version:
    """A version: three numbers, and what makes it a pre-release."""

    numbers: tuple[int, int, int]
    pre_release: tuple[str, ...] = ()

    def __lt__(self, other: Version) -> bool:
        """Semantic Versioning's order: https://semver.org/#spec-item-11."""
        return self._order() < other._order()

    def __str__(self) -> str:
        numbers = ".".join(map(str, self.numbers))
        return f"{numbers}-{'.'.join(self.pre_release)}" if self.pre_release else numbers

    def _order(self) -> tuple[tuple[int, int, int], bool, list[tuple[bool, int, str]]]:
        parts = [
            (False, int(part), "") if part.isdigit() else (True, 0, part)
            for part in self.pre_release
        ]
        return self.numbers, not self.pre_release, parts


@dataclass(frozen=True)
class Constraint:
    """One condition; ``given`` is how many of the version's numbers were written."""

    operator: str
    version: Version
    given: int

    def names(self, version: Version) -> bool:
        """Tell whether it asks for this version and no other."""
        return self.operator == "=" and version == self.version

    def admits(self, version: Version) -> bool:
        """Tell whether a version keeps it."""
        if self.operator == "~>":
            # All that is written but the last number must stay; the last may grow.
            kept = max(1, self.given - 1)
            same = version.numbers[:kept] == self.version.numbers[:kept]
            return same and version >= self.version
        return {
            "=": version == self.version,
            "!=": version != self.version,
            ">": version > self.version,
            ">=": version >= self.version,
            "<": version < self.version,
            "<=": version <= self.version,
        }[self.operator]


def parse_version(text: str) -> Version:
    """The version that a text names.

    Raises:
        ConstraintError: it names none.
    """
    return _version(text)[0]


def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """The conditions of a constraint, which commas divide.

    Raises:
        ConstraintError: one of them is none.
    """
    return tuple(_constraint(part) for part in text.split(",")) if text.strip() else ()


def admits(constraints: str, version: str) -> bool:
    """Tell whether a version keeps all the conditions of a constraint.

    A pre-release does only if one of them names it exactly.

    Raises:
        ConstraintError: either cannot be read.
    """
    parsed = parse_version(version)
    conditions = parse_constraints(constraints)
    if parsed.pre_release and not any(condition.names(parsed) for condition in conditions):
        return False
    return all(condition.admits(parsed) for condition in conditions)


def _constraint(text: str) -> Constraint:
    match = _CONSTRAINT.match(text)
    if match is None:
        raise ConstraintError(f"'{text.strip()}' is no version constraint")
    version, given = _version(match.group(2))
    return Constraint(match.group(1) or "=", version, given)


def _version(text: str) -> tuple[Version, int]:
    match = _VERSION.match(text.strip())
    if match is None:
        raise ConstraintError(f"'{text.strip()}' is no version")
    numbers = [int(number) for number in match.group(1).split(".")]
    whole = (*numbers, 0, 0)
    pre_release = tuple(match.group(2).split(".")) if match.group(2) else ()
    return Version((whole[0], whole[1], whole[2]), pre_release), len(numbers)
