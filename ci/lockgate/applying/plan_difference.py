"""How two plans differ: resource by resource, value by value, without a sensitive value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = "(absent)"
SENSITIVE = "(sensitive)"
_MISSING = object()


@dataclass(frozen=True)
class Difference:
    """One value that is not the same in both plans, as texts to be shown."""

    address: str
    path: str
    reviewed: str
    now: str

    def __str__(self) -> str:
        return f"{self.address}: {self.path}: reviewed {self.reviewed}, now {self.now}"


def plan_difference(reviewed: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The differences between what two plans (as JSON) do; empty if they do the same."""
    return tuple(
        difference
        for before, after in ((_changes(reviewed), _changes(now)),)
        for address in sorted(before.keys() | after.keys())
        for difference in _of_address(address, before.get(address), after.get(address))
    )


def _changes(plan: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    changes: dict[str, Mapping[str, Any]] = {}
    for change in plan.get("resource_changes", []):
        body = {**change["change"], "previous_address": change.get("previous_address")}
        if change["change"]["actions"] != ["no-op"] or body["previous_address"] is not None:
            deposed = change.get("deposed")
            changes[change["address"] + (f" (deposed {deposed})" if deposed else "")] = body
        elif "importing" in change["change"]:
            changes[change["address"]] = body
    for name, change in plan.get("output_changes", {}).items():
        if change["actions"] != ["no-op"]:
            changes[f"output.{name}"] = change
    return changes


def _of_address(
    address: str, reviewed: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterator[Difference]:
    if reviewed is None or now is None:
        yield Difference(address, "actions", _actions(reviewed), _actions(now))
        return
    for key in sorted(reviewed.keys() | now.keys()):
        # A value that either plan calls sensitive is shown of neither.
        masks: tuple[Any, ...] = ()
        if key in ("before", "after"):
            mask = f"{key}_sensitive"
            masks = (reviewed.get(mask), now.get(mask))
        elif key not in _PLAIN:
            masks = (True,)
        first, second = reviewed.get(key, _MISSING), now.get(key, _MISSING)
        for path, old, new in _values(key, first, second, masks):
            yield Difference(address, path, old, new)


# What Terraform writes here are marks and names, never a value of the configuration's.
_PLAIN = (
    "actions",
    "after_unknown",
    "before_sensitive",
    "after_sensitive",
    "replace_paths",
    "previous_address",
)


def _actions(change: Mapping[str, Any] | None) -> str:
    return "no change" if change is None else "+".join(change["actions"])


def _values(
    path: str, old: Any, new: Any, masks: tuple[Any, ...]
) -> Iterator[tuple[str, str, str]]:
    if _same(old, new):
        return
    if any(mask is True for mask in masks):
        yield path, _hidden(old), _hidden(new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = tuple(m.get(key) for m in masks if isinstance(m, dict))
            first, second = old.get(key, _MISSING), new.get(key, _MISSING)
            yield from _values(f"{path}.{key}", first, second, inner)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            inner = tuple(m[index] for m in masks if isinstance(m, list) and index < len(m))
            first = old[index] if index < len(old) else _MISSING
            second = new[index] if index < len(new) else _MISSING
            yield from _values(f"{path}[{index}]", first, second, inner)
    else:
        # One side may hold a collection with a secret deep inside it.
        hidden = any(_marks(mask) for mask in masks)
        yield path, *((_hidden(old), _hidden(new)) if hidden else (_shown(old), _shown(new)))


def _same(old: Any, new: Any) -> bool:
    """Equal as JSON: there 1 is not true."""
    if old is _MISSING or new is _MISSING:
        return old is new
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def _marks(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(_marks(inner) for inner in mask.values())
    if isinstance(mask, list):
        return any(_marks(inner) for inner in mask)
    return mask is True


def _hidden(value: Any) -> str:
    return ABSENT if value is _MISSING else SENSITIVE


def _shown(value: Any) -> str:
    return ABSENT if value is _MISSING else json.dumps(value, sort_keys=True)
