"""What a planned root module has to offer to the others of its environment."""

from __future__ import annotations

from typing import Any

from lockgate.engine.provider_proxy.joins import Joins
from lockgate.engine.provider_proxy.made_up import Pass
from lockgate.engine.provider_proxy.resolved_plan import Document, Merged

ELSEWHERE = "//"
"""Begins the address of a resource in another root module: ``//root//address``."""


def offer(root: str, joins: Joins, ordinary: Document, resolved: Document, merged: Merged) -> None:
    """Offer the resources and outputs of a plan, in place of what was offered before.

    ``ordinary`` and ``resolved`` are the plans of the two passes, ``merged`` is their outcome.
    """
    joins.drop(root)
    known = _values(ordinary)
    regions = merged.document["lockgate"]["resolved"]["regions"]
    for address, (type_name, invented) in _values(resolved).items():
        known_values = known.get(address, (type_name, {}))[1]
        joins.add(root, type_name, regions.get(address), known_values, invented)
    joins.outputs[root] = _outputs(joins, ordinary, resolved)
    for call, address in merged.addresses.items():
        joins.addresses[call] = f"{ELSEWHERE}{root}{ELSEWHERE}{address}"


def _values(plan: Document) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        change["address"]: (change["type"], change["change"]["after"])
        for change in plan.get("resource_changes") or ()
        if change["mode"] == "managed" and isinstance(change["change"].get("after"), dict)
    }


def _outputs(
    joins: Joins, ordinary: Document, resolved: Document
) -> dict[Pass, dict[str, dict[str, Any]]]:
    """The outputs as a state file holds them, in each pass."""
    known = (ordinary.get("planned_values") or {}).get("outputs") or {}
    told: dict[Pass, dict[str, dict[str, Any]]] = {Pass.ORDINARY: {}, Pass.RESOLVED: {}}
    for name, output in ((resolved.get("planned_values") or {}).get("outputs") or {}).items():
        invented = output.get("value")
        kind = output.get("type") or _type_of(invented)
        other = joins.as_other(known.get(name, {}).get("value"), invented)
        told[Pass.RESOLVED][name] = {"value": invented, "type": kind}
        told[Pass.ORDINARY][name] = {"value": other, "type": kind}
    return told


def _type_of(value: Any) -> Any:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return ["tuple", [_type_of(member) for member in value]]
    if isinstance(value, dict):
        return ["object", {name: _type_of(member) for name, member in value.items()}]
    return "string"
