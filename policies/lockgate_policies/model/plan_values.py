"""Values of a plan, where "not known until apply" is a value of its own and never looks like none.

Terraform splits a planned object in two trees: ``after`` holds what is known and ``after_unknown``
marks what is not (https://developer.hashicorp.com/terraform/internals/json-format). Read apart,
an unknown attribute is indistinguishable from an unset one, which is how a policy fails open.
``overlay`` puts the two together again.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias


class Unknown:
    """The type of ``UNKNOWN``: a value that the plan does not tell."""

    def __repr__(self) -> str:
        return "(known after apply)"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: compare it with UNKNOWN")


UNKNOWN: Final = Unknown()

# A JSON value, or UNKNOWN at any depth. `Any` because a plan's values have no schema here.
Value: TypeAlias = Any


def is_known(value: Value) -> bool:
    """Tell whether nothing in the value, at any depth, is unknown."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return True


def is_empty(value: Value) -> bool:
    """Tell whether a value is known to be nothing: null, "" or a list or map without members."""
    return value is None or value == "" or value == [] or value == {}


def overlay(known: Value, unknown: Value) -> Value:
    """Join the ``after`` and ``after_unknown`` trees of a change into one value."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        base = known if isinstance(known, dict) else {}
        return {key: overlay(base.get(key), unknown.get(key)) for key in [*base, *unknown]}
    if isinstance(unknown, list):
        items = known if isinstance(known, list) else []
        length = max(len(items), len(unknown))
        return [
            overlay(
                items[index] if index < len(items) else None,
                unknown[index] if index < len(unknown) else None,
            )
            for index in range(length)
        ]
    return known


def as_dict(value: object) -> dict[str, Any]:
    """The value if it is an object, otherwise an empty one: a plan may hold anything anywhere."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """The value if it is a string, otherwise None."""
    return value if isinstance(value, str) else None
