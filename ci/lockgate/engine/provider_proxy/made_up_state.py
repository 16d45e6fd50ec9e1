"""A state in which everything that a resolved plan plans is there already.

Terraform reads a data source only when what it is asked with is done: one that names a resource of
the same plan waits for the apply, though all it needs be known. Planned once more against this
state, nothing is left to be done, and every data source is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_VERSION = 4


def waiting(plan: dict[str, Any]) -> frozenset[str]:
    """The data sources that a plan leaves to be read by the apply."""
    return frozenset(
        change["address"]
        for change in plan.get("resource_changes") or ()
        if change["mode"] == "data" and "read" in change["change"]["actions"]
    )


def state_of(plan: dict[str, Any]) -> dict[str, Any]:
    """The state, as Terraform keeps it in a file, after an apply of a plan in JSON."""
    root = (plan.get("planned_values") or {}).get("root_module") or {}
    return {
        "version": _VERSION,
        "terraform_version": plan.get("terraform_version", "1.0.0"),
        "serial": 1,
        "lineage": "lockgate",
        "outputs": {},
        "resources": list(_resources(root)),
        "check_results": None,
    }


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in module.get("resources") or ():
        if resource["mode"] == "managed":
            yield {
                **({"module": module["address"]} if "address" in module else {}),
                "mode": "managed",
                "type": resource["type"],
                "name": resource["name"],
                "provider": f'provider["{resource["provider_name"]}"]',
                "instances": [
                    {
                        **({"index_key": resource["index"]} if "index" in resource else {}),
                        "schema_version": resource.get("schema_version", 0),
                        "attributes": resource.get("values") or {},
                    }
                ],
            }
    for child in module.get("child_modules") or ():
        yield from _resources(child)
