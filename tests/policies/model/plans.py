"""Small plan documents, written by hand: values, what their expressions name, where they come from.

A value of ``UNTIL_APPLY`` is known after an apply only. ``names`` are the references that a plan
writes beside an argument, and ``origins`` what a resolved plan says of it instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lockgate_policies.catalogue.finding import Finding
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import Architecture, read_architecture

UNTIL_APPLY = object()
Document = dict[str, Any]
Origins = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Planned:
    """A resource instance of the root module; ``address`` ends in its index, if it has one."""

    address: str
    values: Document = field(default_factory=dict)
    names: Document = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    region: str = "us-east-1"
    not_given: Sequence[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """The HCL of arguments, which is read beside a plan."""

    @property
    def block(self) -> str:
        """The address of the block that makes it, without an index."""
        return self.address.split("[")[0]

    @property
    def is_data(self) -> bool:
        """Tell whether it is a data source."""
        return self.address.startswith("data.")

    @property
    def entry(self) -> Document:
        """It as an entry of the plan's values."""
        *_, kind, name = self.block.split(".")
        entry = {"address": self.address, "type": kind, "name": name, "values": _known(self.values)}
        entry["mode"] = "data" if self.is_data else "managed"
        if self.address != self.block:
            key = self.address.removeprefix(self.block)[1:-1]
            entry["index"] = int(key) if key.isdecimal() else key.strip('"')
        return entry


def document(
    *planned: Planned, local: Mapping[str, str] | None = None, looked_up: Document | None = None
) -> Document:
    """A resolved plan of some resources."""
    plain = plain_document(*planned, local=local)
    plain["lockgate"]["resolved"] = {
        "version": 1,
        "provider": "hashicorp/aws 5.100.0",
        "regions": {each.address: each.region for each in planned},
        "references": {
            each.address: {path: _entries(origin) for path, origin in each.origins.items()}
            for each in planned
            if each.origins
        },
        "outputs": {},
        "looked_up": looked_up or {},
        "not_given": {each.address: list(each.not_given) for each in planned},
    }
    return plain


def plain_document(*planned: Planned, local: Mapping[str, str] | None = None) -> Document:
    """A plain plan of some resources, with its HCL beside it."""
    managed = [each for each in planned if not each.is_data]
    blocks = {each.block: each for each in planned}
    resources = {
        name: {"file": "main.tf", "line": 1, "arguments": dict(each.texts)}
        for name, each in blocks.items()
        if not each.is_data
    }
    facts = {"directory": ".", "resources": resources, "locals": dict(local or {})}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [each.entry for each in managed]}},
        "prior_state": {
            "values": {"root_module": {"resources": [e.entry for e in planned if e.is_data]}}
        },
        "resource_changes": [
            {"address": each.address, "change": {"after_unknown": _unknown(each.values)}}
            for each in managed
        ],
        "configuration": {
            "provider_config": {
                key: {"name": "aws", "expressions": {"region": {"constant_value": region}}}
                for key, region in (("aws", "us-east-1"), ("aws.secondary", "us-west-2"))
            },
            "root_module": {"resources": [_configuration(block) for block in blocks.values()]},
        },
        "lockgate": {"environment": "prod", "hcl": {"modules": {"": facts}}},
    }


def findings(plan: Document, rule: str) -> list[Finding]:
    """What a rule says of a plan."""
    (file,) = [file for file in load_rules() if file.id == rule]
    return list(judge(file, read_architecture(plan)).findings)


def led_to(plan: Document, address: str, path: str, *types: str) -> tuple[str, ...]:
    """The addresses that an argument leads to; gaps follow them, in brackets."""
    architecture: Architecture = read_architecture(plan)
    found = architecture.targets(architecture.tree.by_address[address], path, *types)
    return (*found.addresses, *(f"({gap})" for gap in found.gaps))


def _configuration(planned: Planned) -> Document:
    *_, kind, name = planned.block.split(".")
    return {
        "address": planned.block,
        "mode": "data" if planned.is_data else "managed",
        "type": kind,
        "name": name,
        "provider_config_key": "aws" if planned.region == "us-east-1" else "aws.secondary",
        "expressions": {
            **{argument: {"constant_value": True} for argument in planned.values},
            **planned.names,
        },
    }


def _entries(origins: str | Sequence[str]) -> list[Document]:
    written = [origins] if isinstance(origins, str) else origins
    parts = [origin.rpartition(".") for origin in written]
    return [{"address": at, "attribute": name, "whole": True} for at, _, name in parts]


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if item is not UNTIL_APPLY}
    return [_known(item) for item in value] if isinstance(value, list) else value


def _unknown(value: Any) -> Any:
    if value is UNTIL_APPLY:
        return True
    if isinstance(value, dict):
        return {key: _unknown(item) for key, item in value.items()}
    return [_unknown(item) for item in value] if isinstance(value, list) else False
