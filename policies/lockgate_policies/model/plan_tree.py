"""The plan as a tree of module instances and resource instances, each tied to its configuration.

The plan JSON describes instances (``planned_values``) and configuration (``configuration``) in two
trees that name the same thing differently: ``module.net["a"].aws_subnet.public["x"]`` against
``module_calls.net.module.resources[aws_subnet.public]``. Here every instance knows its own
configuration and the module instance whose variables it sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .plan_values import UNKNOWN, Value, as_dict, as_list, as_text, is_empty, overlay
from .resolved_plan import ResolvedPlan

_MODULE_STEP = re.compile(r'^module\.([^.\[]+)(?:\[(?P<key>"(?:[^"\\]|\\.)*"|\d+)\])?$')
_VERSION = re.compile(r"^(\d+)\.(\d+)")
# Terraform nests modules a handful deep; a plan that claims more is not one that it wrote, and
# recursion must not be what notices.
_DEEPEST_MODULE = 64


@dataclass(eq=False)
class ModuleInstance:
    """One instance of a module: the root module, or what a module call (and its key) made."""

    address: str
    name: str
    key: str | int | None
    parent: ModuleInstance | None
    call: dict[str, Any]
    config: dict[str, Any]
    children: list[ModuleInstance] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the module calls from the root to here, without instance keys."""
        return (*self.parent.path, self.name) if self.parent else ()

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The module's output configuration, by output name."""
        return as_dict(self.config.get("outputs"))

    def instances_of(self, call_name: str) -> list[ModuleInstance]:
        """The instances of one of this module's own module calls."""
        return [child for child in self.children if child.name == call_name]

    def walk(self) -> Iterator[ModuleInstance]:
        """This module instance and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(eq=False)
class Resource:
    """One resource instance as it will be after the plan is applied."""

    address: str
    mode: str
    type: str
    name: str
    key: str | int | None
    values: dict[str, Value]
    config: dict[str, Any]
    module: ModuleInstance
    provider: str
    actions: tuple[str, ...]
    not_given: frozenset[str] = frozenset()
    """Arguments whose expression is null, as a resolved plan tells: as if there were none."""

    def __repr__(self) -> str:
        return f"<{self.address}>"

    def value(self, path: str) -> Value:
        """The value at a dotted path such as ``alias.0.name``; None when it is not set."""
        here: Value = self.values
        for step in path.split("."):
            if here is UNKNOWN:
                return UNKNOWN
            if isinstance(here, list):
                index = int(step) if step.isdigit() else -1
                here = here[index] if 0 <= index < len(here) else None
            else:
                here = as_dict(here).get(step)
        return here

    def known_empty(self, path: str) -> bool:
        """Tell whether the plan knows that there is nothing at a path: null, "" or no element."""
        here: Value = self.values
        for step in path.split("."):
            if isinstance(here, list):
                index = int(step) if step.isdigit() else -1
                if not 0 <= index < len(here):
                    return True
                here = here[index]
            elif isinstance(here, dict) and step in here:
                here = here[step]
            else:
                return False  # unknown, or not told
        return is_empty(here)

    def text(self, path: str) -> Value:
        """The value at a path as a string; UNKNOWN stays UNKNOWN, anything else is None."""
        value = self.value(path)
        return value if value is UNKNOWN else as_text(value)

    def blocks(self, name: str) -> list[dict[str, Any]]:
        """The nested blocks of a name (those known to exist), each an object."""
        return [block for block in as_list(self.value(name)) if isinstance(block, dict)]

    def expression(self, path: str) -> Any:
        """The configuration expression at a dotted path; None where the configuration sets none.

        A block that a ``dynamic`` block makes has no expression: Terraform does not write it.
        """
        here: Any = self.config.get("expressions")
        if path.split(".")[0] in self.not_given:
            return None
        for step in path.split("."):
            if isinstance(here, dict) and "references" in here:
                return here  # an attribute given as one expression: it covers what is below it
            if isinstance(here, list):
                index = int(step) if step.isdigit() else -1
                here = here[index] if 0 <= index < len(here) else None
            else:
                here = as_dict(here).get(step)
        return here

    def sets(self, name: str) -> bool:
        """Tell whether the configuration gives the argument or block at all.

        In a plan without the resource's block, what is there counts as given, and what is unknown
        does: it may have been.
        """
        if not self.config:
            value = self.value(name)
            return value is UNKNOWN or not is_empty(value)
        return self.expression(name) is not None


@dataclass(eq=False)
class PlanTree:
    """A whole plan: the root module instance, and every resource instance in it."""

    document: dict[str, Any]
    root: ModuleInstance
    resources: list[Resource]
    data: list[Resource]
    forgotten: frozenset[str] = frozenset()
    """The addresses that leave the state and are not destroyed: nothing is planned of them."""

    @cached_property
    def by_type(self) -> dict[str, list[Resource]]:
        """Managed resource instances by resource type, in plan order."""
        resources: dict[str, list[Resource]] = {}
        for resource in self.resources:
            resources.setdefault(resource.type, []).append(resource)
        return resources

    @cached_property
    def by_address(self) -> dict[str, Resource]:
        """Managed and data resource instances by address."""
        return {resource.address: resource for resource in [*self.data, *self.resources]}

    def of_type(self, *types: str) -> list[Resource]:
        """The managed resource instances of the given types."""
        return [resource for name in types for resource in self.by_type.get(name, [])]

    @property
    def provider_config(self) -> dict[str, Any]:
        """The provider configurations, by the key that resources refer to."""
        return as_dict(as_dict(self.document.get("configuration")).get("provider_config"))

    @property
    def terraform_version(self) -> str:
        """The version that made the plan; "" where it does not say."""
        return as_text(self.document.get("terraform_version")) or ""

    @property
    def names_inherited_providers(self) -> bool:
        """Tell whether a module's resources name the provider that the module was passed.

        Terraform does since 1.1; before, it writes the name of the module call and ``aws``. Every
        OpenTofu does.
        """
        match = _VERSION.match(self.terraform_version)
        return match is None or (int(match.group(1)), int(match.group(2))) >= (1, 1)

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the root module's variables."""
        entries = as_dict(self.document.get("variables"))
        return {name: as_dict(entry).get("value") for name, entry in entries.items()}


def read_plan(document: dict[str, Any], resolved: ResolvedPlan | None = None) -> PlanTree:
    """Build the tree from the JSON that ``terraform show -json PLANFILE`` prints.

    Of the ``resolved`` part it takes what was only looked up (it is unknown), and which arguments
    are not given.

    Never raises on a JSON object, however odd: what cannot be read is absent, and rules treat
    absence as a failure or as unknown.
    """
    root_config = as_dict(as_dict(document.get("configuration")).get("root_module"))
    root = ModuleInstance("", "", None, None, {}, root_config)
    changes = {
        address: change
        for change in as_list(document.get("resource_changes"))
        if isinstance(change, dict) and (address := as_text(change.get("address")))
    }
    managed: list[Resource] = []
    data: list[Resource] = []
    planned = as_dict(as_dict(document.get("planned_values")).get("root_module"))
    _fill(root, planned, changes, managed, data, 0)
    prior = as_dict(as_dict(as_dict(document.get("prior_state")).get("values")).get("root_module"))
    seen = {resource.address for resource in data}
    for resource in _data_of_state(root, prior, 0):
        if resource.address not in seen:
            data.append(resource)
    for resource in data:
        marks = resolved.looked_up.get(resource.address) if resolved else None
        if marks:
            resource.values = as_dict(overlay(resource.values, marks))
    if resolved:
        for resource in managed:
            resource.not_given = resolved.not_given.get(resource.address, frozenset())
    return PlanTree(document, root, managed, data, _forgotten(changes))


def _forgotten(changes: dict[str, dict[str, Any]]) -> frozenset[str]:
    """What a ``removed`` block with ``destroy = false`` names.

    Terraform lists it among the planned values, without a value. Source:
    https://developer.hashicorp.com/terraform/language/block/removed
    """
    return frozenset(
        address
        for address, change in changes.items()
        if as_list(as_dict(change.get("change")).get("actions")) == ["forget"]
    )


def _fill(
    module: ModuleInstance,
    planned: dict[str, Any],
    changes: dict[str, dict[str, Any]],
    managed: list[Resource],
    data: list[Resource],
    depth: int,
) -> None:
    configs = _resource_configs(module)
    for entry in as_list(planned.get("resources")):
        resource = _resource(module, as_dict(entry), configs, changes)
        if resource is not None and resource.actions != ("forget",):
            module.resources.append(resource)
            (managed if resource.mode == "managed" else data).append(resource)
    if depth >= _DEEPEST_MODULE:
        return
    for entry in as_list(planned.get("child_modules")):
        child = _child(module, as_dict(entry))
        if child is not None:
            module.children.append(child)
            _fill(child, as_dict(entry), changes, managed, data, depth + 1)


def _data_of_state(module: ModuleInstance, state: dict[str, Any], depth: int) -> Iterator[Resource]:
    """Data resources that were read while planning stand in the prior state only."""
    configs = _resource_configs(module)
    for entry in as_list(state.get("resources")):
        resource = _resource(module, as_dict(entry), configs, {})
        if resource is not None and resource.mode == "data":
            module.resources.append(resource)
            yield resource
    if depth >= _DEEPEST_MODULE:
        return
    for entry in as_list(state.get("child_modules")):
        address = as_text(as_dict(entry).get("address"))
        known = next((child for child in module.children if child.address == address), None)
        if known is None:
            known = _child(module, as_dict(entry))
            if known is None:
                continue
            module.children.append(known)
        yield from _data_of_state(known, as_dict(entry), depth + 1)


def _child(module: ModuleInstance, entry: dict[str, Any]) -> ModuleInstance | None:
    address = as_text(entry.get("address"))
    if address is None:
        return None
    step = address[len(module.address) :].lstrip(".") if module.address else address
    match = _MODULE_STEP.match(step)
    if match is None:
        return None
    name = match.group(1)
    call = as_dict(as_dict(module.config.get("module_calls")).get(name))
    return ModuleInstance(
        address, name, _key(match.group("key")), module, call, as_dict(call.get("module"))
    )


def _key(text: str | None) -> str | int | None:
    if text is None:
        return None
    try:
        key = json.loads(text)
    except ValueError:
        return text
    return key if isinstance(key, str | int) else text


def _resource_configs(module: ModuleInstance) -> dict[str, dict[str, Any]]:
    return {
        address: config
        for config in as_list(module.config.get("resources"))
        if isinstance(config, dict) and (address := as_text(config.get("address")))
    }


def _resource(
    module: ModuleInstance,
    entry: dict[str, Any],
    configs: dict[str, dict[str, Any]],
    changes: dict[str, dict[str, Any]],
) -> Resource | None:
    address, kind, name = (as_text(entry.get(field)) for field in ("address", "type", "name"))
    if address is None or kind is None or name is None:
        return None
    mode = as_text(entry.get("mode")) or "managed"
    change = as_dict(as_dict(changes.get(address)).get("change"))
    config = configs.get(f"{'data.' if mode == 'data' else ''}{kind}.{name}", {})
    index = entry.get("index")
    return Resource(
        address=address,
        mode=mode,
        type=kind,
        name=name,
        key=index if isinstance(index, str | int) else None,
        values=as_dict(overlay(as_dict(entry.get("values")), change.get("after_unknown"))),
        config=config,
        module=module,
        provider=as_text(config.get("provider_config_key")) or "",
        actions=tuple(a for a in as_list(change.get("actions")) if isinstance(a, str)),
    )
