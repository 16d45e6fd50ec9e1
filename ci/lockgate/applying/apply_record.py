"""What an apply has made so far, written down as it goes.

Terraform uploads its state every twenty seconds and at the end. What it made since is in no state
if it is killed, and the next plan would make it a second time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import msgspec

from lockgate.base import documents
from lockgate.base.documents import DocumentError

_ABSENT = object()


@dataclass(frozen=True)
class ApplyRecord:
    """One apply: whose, since when (ISO 8601, UTC), and the resources it makes.

    ``made`` gives the ID of each address; ``under_way`` are those that may be made or not.
    """

    holder: str
    since: str
    made: Mapping[str, str] = field(default_factory=dict)
    under_way: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The record as it lies in the bucket."""
        return asdict(self)

    def after(self, line: str) -> ApplyRecord:
        """The record after one line of ``terraform apply -json``; itself if it says nothing new."""
        try:
            event = json.loads(line)
        except ValueError:
            return self
        hook = event.get("hook") if isinstance(event, dict) else None
        if not isinstance(hook, dict) or hook.get("action") != "create":
            return self
        address = str((hook.get("resource") or {}).get("addr"))
        others = tuple(other for other in self.under_way if other != address)
        match event.get("type"):
            case "apply_start":
                return replace(self, under_way=(*others, address))
            case "apply_complete":
                identifiers = {**self.made, address: str(hook.get("id_value") or "")}
                return replace(self, made=identifiers, under_way=others)
            case "apply_errored":
                return replace(self, under_way=others)
        return self

    def without(self, addresses: Collection[str]) -> ApplyRecord:
        """The record but for some addresses."""
        return replace(
            self,
            made={
                written: value for written, value in self.made.items() if written not in addresses
            },
            under_way=tuple(begun for begun in self.under_way if begun not in addresses),
        )

    @property
    def empty(self) -> bool:
        """Tell whether nothing was made, nor was being made."""
        return not self.made and not self.under_way


class _Written(msgspec.Struct, frozen=True):
    """A record as it lies in the bucket, where nothing may be left out."""

    holder: str
    since: str
    made: dict[str, str]
    under_way: tuple[str, ...]


def read_record(document: object) -> ApplyRecord | None:
    """A record as it was written down; None for a document that is none."""
    try:
        written = documents.convert(document, _Written)
    except DocumentError:
        return None
    return ApplyRecord(**msgspec.structs.asdict(written))


def made_again(record: ApplyRecord, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of a record that a plan (as JSON) would make a second time."""
    making = {
        change["address"]: change["change"].get("before") or {}
        for change in plan.get("resource_changes", [])
        if "create" in change["change"]["actions"] and not change["change"].get("importing")
    }
    # What the state knows by its ID is replaced, not made twice.
    again = [
        address
        for address, value in record.made.items()
        if address in making and making[address].get("id", _ABSENT) != value
    ]
    return (*again, *(begun for begun in record.under_way if making.get(begun, _ABSENT) == {}))


def orphans(record: ApplyRecord, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of a record that a plan (as JSON) knows nothing of, neither old nor new."""
    known = {change["address"] for change in plan.get("resource_changes", [])}
    return tuple(noted for noted in (*record.made, *record.under_way) if noted not in known)


def described(record: ApplyRecord, address: str) -> str:
    """An address of a record, and how far it got, for a person."""
    if address in record.made:
        return f"{address}: made, ID {record.made[address]}"
    return f"{address}: was being made"


def addresses_of(state: Mapping[str, Any]) -> frozenset[str]:
    """The addresses of the resources that a state (as JSON) holds."""
    return frozenset(
        _address(resource, instance)
        for resource in state.get("resources") or []
        for instance in resource.get("instances") or []
    )


def _address(resource: Mapping[str, Any], instance: Mapping[str, Any]) -> str:
    module = f"{resource['module']}." if resource.get("module") else ""
    key = instance.get("index_key")
    index = "" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
    return f"{module}{resource['type']}.{resource['name']}{index}"
