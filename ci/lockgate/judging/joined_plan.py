"""Joins the plans of several root modules to one, as if one root module called each of them.

What a rule reads of a plan, it reads of the joined one: addresses, configuration, providers and
references carry the module path of their root module. ``as_known`` says them as a person does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from lockgate.engine.provider_proxy.joined_offers import ELSEWHERE
from lockgate.verdict.verdict import EnvironmentVerdict
from lockgate_policies.model.plan_values import as_dict, as_list

Document = dict[str, Any]

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


def module_of(root: str) -> str:
    """The module name that a root module has in the joined plan; ``root`` is ``NAME/directory``."""
    return "root-" + _ODD.sub("-", root.partition("/")[2] or root)


def join(plans: Mapping[str, Document]) -> Document:
    """The plans of an environment's root modules, by name, in the order in which they apply."""
    first = next(iter(plans.values()))
    parts = [_Part(root, plan) for root, plan in plans.items()]
    resolved = {
        "version": as_dict(as_dict(first.get("lockgate")).get("resolved")).get("version"),
        "provider": ", ".join(dict.fromkeys(part.provider for part in parts)),
        "regions": _merged(part.by_address("regions") for part in parts),
        "references": _merged(part.references() for part in parts),
        "outputs": {},
        "looked_up": _merged(part.by_address("looked_up") for part in parts),
        "not_given": _merged(part.by_address("not_given") for part in parts),
    }
    carried: Document = {"roots": {part.module: part.root for part in parts}}
    recorded = [
        entry
        for plan in plans.values()
        for entry in as_list(as_dict(plan.get("lockgate")).get("recorded"))
    ]
    if recorded:
        carried["recorded"] = recorded
    if resolved["version"] is not None:
        carried["resolved"] = resolved
    return {
        "lockgate": carried,
        "format_version": first.get("format_version"),
        "terraform_version": first.get("terraform_version"),
        # What one of them does not show, the joined plan does not show.
        "errored": any(plan.get("errored") is True for plan in plans.values()),
        "complete": all(plan.get("complete") is not False for plan in plans.values()),
        "deferred_changes": [
            change for plan in plans.values() for change in as_list(plan.get("deferred_changes"))
        ],
        "planned_values": {
            "root_module": {"child_modules": [part.planned_values() for part in parts]}
        },
        "resource_changes": [change for part in parts for change in part.changes()],
        "prior_state": {
            "format_version": "1.0",
            "values": {
                "root_module": {
                    "child_modules": [values for part in parts if (values := part.prior_state())]
                }
            },
        },
        "configuration": {
            "provider_config": _merged(part.provider_config() for part in parts),
            "root_module": {"module_calls": {part.module: part.call() for part in parts}},
        },
    }


def join_facts(facts: Mapping[str, Document], directories: Mapping[str, str]) -> Document:
    """The HCL facts of an environment's root modules as those of the joined plan."""
    modules: Document = {"": {"directory": "", "calls": {}, "resources": {}, "outputs": {}}}
    roots = []
    for root, own in facts.items():
        module = module_of(root)
        roots.append(module)
        modules[""]["calls"][module] = {
            "file": directories[root],
            "line": 1,
            "source": f"./{directories[root]}",
            "providers": {"aws": "aws"},
            "arguments": {},
        }
        for path, told in own["modules"].items():
            modules[f"{module}.{path}" if path else module] = told
    return {"modules": modules, "roots": roots}


def as_known(verdict: EnvironmentVerdict, roots: Sequence[str]) -> EnvironmentVerdict:
    """A verdict on the joined plan, with its addresses as ``directory/address``."""
    names = {f"module.{module_of(root)}.": f"{root.partition('/')[2]}/" for root in roots}
    changed: EnvironmentVerdict = _with_texts(verdict, names)
    return changed


def _with_texts(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        for name, known in names.items():
            value = value.replace(name, known)
        return value
    if isinstance(value, tuple | list):
        return type(value)(_with_texts(member, names) for member in value)
    if isinstance(value, dict):
        return {key: _with_texts(member, names) for key, member in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {own.name: _with_texts(getattr(value, own.name), names) for own in fields(value)}
        return replace(value, **changed)
    return value


class _Part:
    """The plan of one root module, on its way into the joined one."""

    def __init__(self, root: str, plan: Document):
        self.root = root
        self.module = module_of(root)
        self._prefix = f"module.{self.module}"
        self._plan = plan
        self._resolved = as_dict(as_dict(plan.get("lockgate")).get("resolved"))

    @property
    def provider(self) -> str:
        return str(self._resolved.get("provider") or "")

    def _at(self, address: str) -> str:
        if address.startswith(ELSEWHERE):
            root, _, rest = address.removeprefix(ELSEWHERE).partition(ELSEWHERE)
            return f"module.{module_of(root)}.{rest}"
        return f"{self._prefix}.{address}"

    def by_address(self, name: str) -> Document:
        """What the resolved plan says of each address under a name."""
        return {self._at(address): told for address, told in self._of(name).items()}

    def references(self) -> Document:
        return {
            self._at(name): {
                path: [{**entry, "address": self._at(entry["address"])} for entry in entries]
                for path, entries in paths.items()
            }
            for name, paths in self._of("references").items()
        }

    def _of(self, name: str) -> Document:
        return as_dict(self._resolved.get(name))

    def changes(self) -> list[Document]:
        changes = []
        for change in as_list(self._plan.get("resource_changes")):
            module = change.get("module_address")
            changes.append(
                {
                    **change,
                    "address": self._at(change["address"]),
                    "module_address": self._at(module) if module else self._prefix,
                }
            )
        return changes

    def planned_values(self) -> Document:
        values = as_dict(as_dict(self._plan.get("planned_values")).get("root_module"))
        return self._values(values)

    def prior_state(self) -> Document:
        values = as_dict(as_dict(self._plan.get("prior_state")).get("values"))
        root = as_dict(values.get("root_module"))
        return self._values(root) if root else {}

    def _values(self, module: Document) -> Document:
        address = module.get("address")
        return {
            **module,
            "address": self._at(address) if address else self._prefix,
            "resources": [
                {**resource, "address": self._at(resource["address"])}
                for resource in as_list(module.get("resources"))
            ],
            "child_modules": [
                self._values(child) for child in as_list(module.get("child_modules"))
            ],
        }

    def provider_config(self) -> Document:
        configured = as_dict(as_dict(self._plan.get("configuration")).get("provider_config"))
        joined = {}
        for key, config in configured.items():
            module = config.get("module_address")
            address = {"module_address": self._at(module)} if module else {}
            joined[self._key(key)] = {**self._constant(config), **address}
        return joined

    def _constant(self, config: Document) -> Document:
        """A provider's region as the root module's variables tell it: they are out of sight."""
        region = as_dict(as_dict(config.get("expressions")).get("region"))
        variables = as_dict(self._plan.get("variables"))
        for reference in as_list(region.get("references")):
            value = as_dict(variables.get(str(reference).removeprefix("var."))).get("value")
            if isinstance(value, str) and str(reference).startswith("var."):
                constant = {"constant_value": value}
                return {**config, "expressions": {**config["expressions"], "region": constant}}
        return config

    def _key(self, key: str) -> str:
        """A provider's key; those of root modules stand at the top, where checkov sees them."""
        module, colon, provider = key.rpartition(":")
        if colon:
            return f"{self._at(module)}:{provider}"
        name, dot, alias = provider.partition(".")
        return f"{name}.{alias}-{self.module}" if dot else f"{name}.{self.module}"

    def call(self) -> Document:
        root = as_dict(as_dict(self._plan.get("configuration")).get("root_module"))
        variables = as_dict(self._plan.get("variables"))
        given = {
            name: {"constant_value": as_dict(entry).get("value")}
            for name, entry in variables.items()
        }
        return {"source": f"./{self.root}", "expressions": given, "module": self._module(root)}

    def _module(self, module: Document) -> Document:
        changed = dict(module)
        if "resources" in module:
            changed["resources"] = [
                {**resource, "provider_config_key": self._key(resource["provider_config_key"])}
                if "provider_config_key" in resource
                else resource
                for resource in module["resources"]
            ]
        if "module_calls" in module:
            changed["module_calls"] = {
                name: {**call, "module": self._module(as_dict(call.get("module")))}
                for name, call in module["module_calls"].items()
            }
        return changed


def _merged(parts: Any) -> Document:
    merged: Document = {}
    for part in parts:
        merged |= part
    return merged
