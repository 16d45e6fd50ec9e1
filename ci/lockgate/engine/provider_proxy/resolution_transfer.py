"""Takes what a resolved plan tells over to another plan of the same configuration.

A plan against an account knows values that a plan from nothing can only make up, and has another
history; which resource an argument leads to is the configuration's. Where the other plan knows a
value, a reference is kept only if the resource that it leads to has that value there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MISSING = object()

Document = dict[str, Any]


def transfer(resolution: Document, plan: Document) -> Document:
    """The resolution, with what holds of this plan too. Nothing in such a plan is looked up."""
    values = dict(_values(plan))
    references = {
        address: kept
        for address, paths in resolution["references"].items()
        if address in values
        for kept in [
            {
                path: entries
                for path, origins in paths.items()
                for entries in [_that_hold(_at(values[address], path), origins, values)]
                if entries
            }
        ]
        if kept
    }
    outputs = {
        name: entries
        for name, origins in resolution["outputs"].items()
        for entries in [_that_hold(_output(plan, name), origins, values)]
        if entries
    }
    regions = {
        address: region for address, region in resolution["regions"].items() if address in values
    }
    # What is not given stays behind: there, other values may decide it.
    kept_parts = {name: part for name, part in resolution.items() if name != "not_given"}
    return {
        **kept_parts,
        "regions": regions,
        "references": references,
        "outputs": outputs,
        "looked_up": {},
    }


def _values(plan: Document) -> Iterator[tuple[str, Document]]:
    for change in plan.get("resource_changes") or ():
        after = change["change"].get("after")
        if isinstance(after, dict):
            yield change["address"], after
    modules = [(plan.get("prior_state") or {}).get("values", {}).get("root_module") or {}]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules") or ()
        for resource in module.get("resources") or ():
            if resource["mode"] == "data":
                yield resource["address"], resource.get("values") or {}


def _output(plan: Document, name: str) -> Any:
    return (plan.get("output_changes") or {}).get(name, {}).get("after", _MISSING)


def _that_hold(value: Any, entries: list[Document], values: dict[str, Document]) -> list[Document]:
    if value is _MISSING:
        return [entry for entry in entries if entry["address"] in values]
    return [
        entry
        for entry in entries
        for target in [_at(values.get(entry["address"], {}), entry["attribute"])]
        if _holds(value, target, whole=entry["whole"])
    ]


def _holds(value: Any, target: Any, *, whole: bool) -> bool:
    if isinstance(value, list):
        return any(_holds(member, target, whole=whole) for member in value)
    if not isinstance(value, str) or not isinstance(target, str) or not target:
        return False
    return value == target if whole else target in value


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path; a key may have dots in it. What is null is not known there."""
    if not path:
        return _MISSING if value is None else value
    if isinstance(value, list):
        index, _, rest = path.partition(".")
        inside = index.isdigit() and int(index) < len(value)
        return _at(value[int(index)], rest) if inside else _MISSING
    if isinstance(value, dict):
        for key in value:
            if path == key or path.startswith(f"{key}."):
                return _at(value[key], path[len(key) + 1 :])
    return _MISSING
