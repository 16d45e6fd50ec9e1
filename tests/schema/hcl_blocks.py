"""The blocks of HCL files that belong to the AWS provider, and what a schema says against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2

from tests.schema.provider_schema import PROVIDER, Body, Schema

# They are arguments of Terraform, and the same for every provider.
_META = {
    "provider": {"alias", "version"},
    "resource": {"connection", "count", "depends_on", "for_each", "lifecycle", "provider"}
    | {"provisioner"},
    "data": {"count", "depends_on", "for_each", "lifecycle", "provider"},
}


@dataclass(frozen=True)
class Block:
    """One `resource`, `data` or `provider` block of a file."""

    file: Path
    kind: tuple[str, str]
    address: str
    arguments: dict[str, Any]


def aws_blocks(file: Path) -> Iterator[Block]:
    """Every block of a file that the AWS provider has a say in."""
    document = hcl2.loads(file.read_text("utf-8"))
    for block in ("resource", "data"):
        for entry in document.get(block, []):
            for kind, named in _labels(entry):
                for name, body in _labels(named):
                    if kind.startswith("aws_"):
                        yield Block(file, (block, kind), f"{kind}.{name}", body)
    for entry in document.get("provider", []):
        for name, body in _labels(entry):
            if name == "aws":
                yield Block(file, PROVIDER, 'provider "aws"', body)


def problems(block: Block, schema: Schema) -> list[str]:
    """What this version of the provider would refuse, each with file, address and name."""
    where = f"{block.file}: {block.address}"
    body = schema.body(block.kind)
    if body is None:
        return [f"{where}: there is no {' '.join(block.kind)} in provider {schema.version}"]
    own = {key: value for key, value in block.arguments.items() if key not in _META[block.kind[0]]}
    return [
        f"{where}: {problem} in provider {schema.version}" for problem in _refused(own, body, "")
    ]


def _refused(arguments: dict[str, Any], body: Body, path: str) -> Iterator[str]:
    given = {key: value for key, value in arguments.items() if not _is_note(key)}
    for entry in given.pop("dynamic", []):
        for name, made in _labels(entry):
            given[name] = made["content"]
    for name, value in given.items():
        member = body.members.get(name)
        written_as_block = _is_blocks(value)
        if member is None:
            yield f"{path}{name} does not exist"
        elif written_as_block and member.body is None:
            yield f"{path}{name} is an argument, not a block,"
        elif member.is_block and not written_as_block:
            yield f"{path}{name} is a block, not an argument,"
        elif written_as_block and member.body is not None:
            for each in value:
                yield from _refused(each, member.body, f"{path}{name}.")
    for name, member in body.members.items():
        if member.required and name not in given:
            yield f"{path}{name} is required, and not set,"


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(item, dict) and item.get("__is_block__") for item in value
    )


def _is_note(key: str) -> bool:
    """Whether the parser put it there."""
    return key.startswith("__")


def _labels(entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, inner in entry.items():
        if not _is_note(label):
            yield label.strip('"'), inner
