"""Arguments with a documented default: not given means the default, unknown stays unknown.

An argument that is optional and computed is unknown in a plan when the configuration leaves it
out; only one that is given and unknown is a value that is missing.
"""

from __future__ import annotations

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView


def flag(plan: PlanView, resource: Resource, path: str, default: bool = False) -> Value:
    """True, False or UNKNOWN: the argument at a dotted path, or its default when not given."""
    value = resource.value(path)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return UNKNOWN if _given(plan, resource, path) else default


def number(plan: PlanView, resource: Resource, path: str, default: Value) -> Value:
    """A whole number or UNKNOWN: the argument at a dotted path, or its default when not given."""
    value = resource.value(path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if value == value and abs(value) < 1e18 else UNKNOWN
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return UNKNOWN if _given(plan, resource, path) else default


def _given(plan: PlanView, resource: Resource, path: str) -> bool:
    # null in the plan is known to be unset, even where the configuration names the argument.
    name = path.split(".")[0]
    unset = resource.value(path) is None and name in resource.values
    return not unset and plan.gives(resource, name)
