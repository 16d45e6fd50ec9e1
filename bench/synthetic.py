"""Plans of any size, made of copies of a real one."""

from __future__ import annotations

import json
from typing import Any


def grown(document: dict[str, Any], resources: int) -> dict[str, Any]:
    """A plan with about that many resources: copies of the root module's one module call.

    The copies are ``module.service_0``, ``module.service_1``, … with the configuration, the
    planned values and the changes of the original.
    """
    text = json.dumps(document)
    (original,) = json.loads(text)["planned_values"]["root_module"]["child_modules"]
    name = original["address"].removeprefix("module.")
    count = sum(1 for change in document["resource_changes"] if change["mode"] == "managed")
    copies = max(1, round(resources / count))
    plan: dict[str, Any] = json.loads(text)
    configuration = plan["configuration"]["root_module"]
    call = configuration["module_calls"].pop(name)
    plan["planned_values"]["root_module"]["child_modules"] = []
    plan["resource_changes"] = []
    for number in range(copies):
        renamed = f"{name}_{number}"

        def again(part: Any, renamed: str = renamed) -> Any:
            return json.loads(json.dumps(part).replace(f"module.{name}.", f"module.{renamed}."))

        module = again(original)
        module["address"] = f"module.{renamed}"
        plan["planned_values"]["root_module"]["child_modules"].append(module)
        plan["resource_changes"] += again(document["resource_changes"])
        configuration["module_calls"][renamed] = call
    plan.pop("lockgate", None)
    return plan
