"""What changed outside Terraform, read from a plan's JSON; and the plan of what really stands.

Terraform compares its state with the account before it plans: what differs is ``resource_drift``,
what it read is ``prior_state``, and what it would do about it is ``resource_changes``
(https://developer.hashicorp.com/terraform/internals/json-format). A ``-refresh-only`` plan is of
no use here: its ``planned_values`` are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lockgate.verdict.verdict import EXIT_ENGINE, EXIT_GATE, EXIT_PASS, EnvironmentVerdict

_EMPTY: tuple[Any, ...] = ({}, [], "")
_ZERO: tuple[Any, ...] = (0, False)


@dataclass(frozen=True)
class AttributeDrift:
    """One attribute that differs; of lists, only the items that are not in both.

    A sensitive attribute has None on both sides: its values are never shown.
    """

    path: str
    before: Any
    after: Any
    sensitive: bool = False


@dataclass(frozen=True)
class ResourceDrift:
    """One resource that was changed or deleted outside.

    ``reverted`` tells whether the next apply undoes it. What no code sets stays as it is.
    """

    address: str
    deleted: bool
    attributes: tuple[AttributeDrift, ...]
    reverted: bool


@dataclass(frozen=True)
class EnvironmentDrift:
    """What was found of one environment.

    ``pending`` are the resources that the next apply changes for another reason: code that was
    not applied yet, or something that depends on what drifted. ``verdict`` is on what really
    stands; None where nothing is applied.
    """

    environment: str
    applied: bool = True
    resources: tuple[ResourceDrift, ...] = ()
    pending: tuple[str, ...] = ()
    verdict: EnvironmentVerdict | None = None
    engine_error: str = ""

    @property
    def exit_code(self) -> int:
        """0 as it was left, 1 drifted or not passing any more, 3 not known."""
        if self.engine_error or (self.verdict is not None and self.verdict.engine_error):
            return EXIT_ENGINE
        if not self.applied:
            return EXIT_PASS
        passes = self.verdict is not None and self.verdict.passes
        return EXIT_PASS if passes and not self.resources else EXIT_GATE


def exit_code(environments: tuple[EnvironmentDrift, ...]) -> int:
    """The worst of the environments' exit codes; none at all is not a pass."""
    return max((environment.exit_code for environment in environments), default=EXIT_GATE)


def read_drift(environment: str, plan: dict[str, Any]) -> EnvironmentDrift:
    """What changed outside, from an ordinary plan's JSON; the verdict is yet to be given."""
    changed = planned_changes(plan)
    entries = [
        entry for entry in plan.get("resource_drift") or [] if entry.get("mode") == "managed"
    ]
    drifts = tuple(
        drift
        for entry in entries
        if (drift := _resource(entry, changed.get(str(entry["address"]))))
    )
    drifted = {resource.address for resource in drifts}
    return EnvironmentDrift(
        environment,
        applied=bool(drifts) or any(True for _ in managed_resources(plan)),
        resources=drifts,
        pending=tuple(sorted(changed.keys() - drifted)),
    )


def in_part(directory: str, drift: EnvironmentDrift) -> EnvironmentDrift:
    """The drift of one of several root modules, with its addresses as ``directory/address``."""
    return replace(
        drift,
        resources=tuple(
            replace(resource, address=f"{directory}/{resource.address}")
            for resource in drift.resources
        ),
        pending=tuple(f"{directory}/{address}" for address in drift.pending),
    )


def standing_plan(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan that would leave everything as it really stands, to be judged as any plan is.

    Resources deleted outside are not in it; the configuration is the one that was planned.
    """
    kept = {
        key: value
        for key, value in plan.items()
        if key not in ("resource_drift", "relevant_attributes", "output_changes")
    }
    return {
        **kept,
        "planned_values": standing_values(plan),
        "resource_changes": [
            _unchanged(managed_resource) for managed_resource in managed_resources(plan)
        ],
    }


def planned_changes(plan: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The resources that a plan changes, each with the arguments that it sets anew."""
    return {
        str(change["address"]): _changing(change["change"])
        for change in plan.get("resource_changes") or []
        if change.get("mode") == "managed"
        and change["change"]["actions"] not in (["no-op"], ["read"])
    }


def standing_values(plan: dict[str, Any]) -> dict[str, Any]:
    """The resources and outputs that stand, as the plan read them."""
    values: dict[str, Any] = (plan.get("prior_state") or {}).get("values") or {}
    return values


def managed_resources(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every managed resource that stands, in any module."""
    modules = [standing_values(plan).get("root_module") or {}]
    while modules:
        module = modules.pop()
        for resource in module.get("resources") or []:
            if resource.get("mode") == "managed":
                yield {**resource, "module_address": module.get("address")}
        modules += module.get("child_modules") or []


def _unchanged(resource: dict[str, Any]) -> dict[str, Any]:
    values, sensitive = resource.get("values"), resource.get("sensitive_values") or {}
    entry = {
        key: resource[key]
        for key in ("address", "module_address", "mode", "type", "name", "index", "provider_name")
        if resource.get(key) is not None
    }
    entry["change"] = {
        "actions": ["no-op"],
        "before": values,
        "after": values,
        "after_unknown": {},
        "before_sensitive": sensitive,
        "after_sensitive": sensitive,
    }
    return entry


def _changing(change: dict[str, Any]) -> frozenset[str]:
    """The names of the arguments that a planned change sets anew."""
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    names = {*before, *after, *unknown}
    return frozenset(
        name for name in names if before.get(name) != after.get(name) or unknown.get(name)
    )


def _resource(entry: dict[str, Any], changing: frozenset[str] | None) -> ResourceDrift | None:
    """``changing`` is what the plan sets anew of the resource; None if it leaves it alone."""
    change = entry["change"]
    address, reverted = str(entry["address"]), changing is not None
    if change["actions"] == ["delete"]:
        return ResourceDrift(address, True, (), reverted)
    if change["actions"] != ["update"]:
        return None  # a resource that only moved to another address
    before, after = change["before"], change["after"]
    secret = (change.get("before_sensitive"), change.get("after_sensitive"))
    attributes: list[AttributeDrift] = []
    for name in sorted({*before, *after}):
        if name not in (changing or ()) and _unset(before.get(name)) and _unset(after.get(name)):
            continue
        inner = (_part(secret[0], name), _part(secret[1], name))
        attributes += _differences(name, before.get(name), after.get(name), inner)
    # The provider's sum of `tags` and its default tags says nothing that `tags` does not.
    repeated = {_in_tags_all(attribute.path) for attribute in attributes}
    told = tuple(attribute for attribute in attributes if attribute.path not in repeated)
    return ResourceDrift(address, False, told, reverted) if told else None


def _differences(
    path: str, before: Any, after: Any, secret: tuple[Any, Any]
) -> Iterator[AttributeDrift]:
    if before == after or (_empty(before) and _empty(after)):
        return
    if True in secret:
        yield AttributeDrift(path, None, None, sensitive=True)
        return
    if (isinstance(before, dict) or before is None) and (isinstance(after, dict) or after is None):
        before, after = before or {}, after or {}
        for key in sorted({*before, *after}):
            inner = (_part(secret[0], key), _part(secret[1], key))
            yield from _differences(f"{path}.{key}", before.get(key), after.get(key), inner)
        return
    if any(_holds_secret(marks) for marks in secret):
        yield AttributeDrift(path, None, None, sensitive=True)
        return
    if isinstance(before, list) and isinstance(after, list):
        gone = [item for item in before if item not in after]
        new = [item for item in after if item not in before]
        if gone or new:
            before, after = gone, new
    yield AttributeDrift(path, before, after)


def _empty(value: Any) -> bool:
    return value is None or value in _EMPTY


def _unset(value: Any) -> bool:
    """Tell whether a read may have made it of an unset argument, or the other way round.

    The provider's SDK does not tell an unset argument from its type's zero value. Where the plan
    undoes it, it means something all the same.
    """
    return _empty(value) or value in _ZERO


def _in_tags_all(path: str) -> str:
    return f"tags_all{path.removeprefix('tags')}" if path.startswith("tags.") else ""


def _part(secret: Any, key: str) -> Any:
    return secret.get(key) if isinstance(secret, dict) else secret is True


def _holds_secret(secret: Any) -> bool:
    if isinstance(secret, dict):
        return any(_holds_secret(marks) for marks in secret.values())
    if isinstance(secret, list):
        return any(_holds_secret(marks) for marks in secret)
    return secret is True
