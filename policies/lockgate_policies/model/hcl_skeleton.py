"""The modules and resources that the HCL writes down, as a plan tree without values.

Whether a ``count`` or ``for_each`` comes to nothing cannot be told from the HCL, so there are two
skeletons: one with everything that may exist, one with what certainly does. What rules say of both
alike, a plan will say too.
"""

from __future__ import annotations

from .hcl_facts import HclFacts
from .plan_tree import ModuleInstance, PlanTree, Resource
from .plan_values import as_dict

_REPEATED = ("count", "for_each")


def skeleton(facts: HclFacts, *, certain: bool) -> PlanTree:
    """The tree of what may exist, or only of what certainly does."""
    root = ModuleInstance("", "", None, None, {}, {})
    resources: list[Resource] = []
    _fill(root, facts, resources, certain)
    return PlanTree({}, root, resources, [])


def _fill(
    module: ModuleInstance, facts: HclFacts, resources: list[Resource], certain: bool
) -> None:
    own = facts.module(module.path)
    for name, block in as_dict(own.get("resources")).items():
        if certain and _repeated(block):
            continue
        kind, _, label = name.partition(".")
        prefix = f"{module.address}." if module.address else ""
        resource = Resource(
            address=f"{prefix}{name}",
            mode="managed",
            type=kind,
            name=label,
            key=None,
            values={},
            config={},
            module=module,
            provider="",
            actions=(),
        )
        module.resources.append(resource)
        resources.append(resource)
    for name, call in as_dict(own.get("calls")).items():
        if (certain and _repeated(call)) or not facts.module((*module.path, name)):
            continue
        prefix = f"{module.address}." if module.address else ""
        child = ModuleInstance(f"{prefix}module.{name}", name, None, module, {}, {})
        module.children.append(child)
        _fill(child, facts, resources, certain)


def _repeated(block: object) -> bool:
    arguments = as_dict(as_dict(block).get("arguments"))
    return any(name in arguments for name in _REPEATED)
