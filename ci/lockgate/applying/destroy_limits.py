"""What a plan destroys, and whether that needs an approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lockgate.repository.pipeline_settings import PipelineSettings


@dataclass(frozen=True)
class Approval:
    """Someone's word that exactly these objects may be destroyed or replaced."""

    text: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Destroyed:
    """An object that a plan destroys or replaces; ``deposed`` is the key of a deposed one."""

    address: str
    type: str
    deposed: str = ""

    @property
    def name(self) -> str:
        """The address, with the deposed key where there is one."""
        return f"{self.address} (deposed {self.deposed})" if self.deposed else self.address


def destroyed(plan: Mapping[str, Any]) -> tuple[Destroyed, ...]:
    """What the JSON of a plan destroys or replaces, by name; ``forget`` destroys nothing."""
    gone = [
        Destroyed(change["address"], change["type"], change.get("deposed", ""))
        for change in plan.get("resource_changes", [])
        if "delete" in change["change"]["actions"]
    ]
    return tuple(sorted(gone, key=lambda resource: resource.name))


def unapproved(
    plan: Mapping[str, Any], settings: PipelineSettings, approvals: Iterable[Approval]
) -> tuple[Destroyed, ...]:
    """What the plan may not destroy as things stand; empty if it may be applied.

    Over the maximum, all that is destroyed needs an approval; otherwise the protected types do.
    """
    gone = destroyed(plan)
    approved = {address for approval in approvals for address in approval.addresses}
    too_many = len(gone) > settings.maximum_destroyed
    return tuple(
        resource
        for resource in gone
        if (too_many or resource.type in settings.protected_types) and resource.name not in approved
    )
