"""Reads the facts that ``hcl_facts`` describes from a root module's HCL and its local modules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..hcl.blocks import Attribute, Block
from ..hcl.expressions import items, literal, members
from ..hcl.module_files import Dialect
from ..hcl.modules import HclError, dialect_of, read_blocks
from ..hcl.overrides import SourceBlock
from ..hcl.text import argument_texts, nested_blocks, text_of, value_of
from .plan_values import as_text

__all__ = ["HclError", "read_facts", "read_module"]

_DEEPEST_MODULE = 64


def read_facts(
    root_module: Path, repository: Path, engine: Dialect = Dialect.TERRAFORM
) -> dict[str, Any]:
    """The facts of a root module and every local module it calls, files relative to repository.

    Raises HclError for a file that does not parse or cannot be read.
    """
    reader = _Reader(repository.resolve(), dialect_of(root_module, engine))
    reader.read(root_module.resolve(), ())
    return {"modules": reader.modules}


def read_module(
    directory: Path, repository: Path, engine: Dialect = Dialect.TERRAFORM
) -> dict[str, Any]:
    """The facts of one module alone. Raises as ``read_facts`` does."""
    reader = _Reader(repository.resolve(), dialect_of(directory, engine))
    return reader.facts(directory.resolve())


class _Reader:
    def __init__(self, repository: Path, dialect: Dialect) -> None:
        self.repository = repository
        self.dialect = dialect
        self.modules: dict[str, Any] = {}
        self._by_directory: dict[Path, dict[str, Any]] = {}

    def read(self, directory: Path, path: tuple[str, ...]) -> None:
        facts = self.facts(directory)
        self.modules[".".join(path)] = facts
        if len(path) >= _DEEPEST_MODULE:
            return
        for name, call in facts["calls"].items():
            source = as_text(call["source"]) or ""
            target = directory / source
            if source.startswith(("./", "../")) and target.is_dir():
                self.read(target.resolve(), (*path, name))

    def facts(self, directory: Path) -> dict[str, Any]:
        """What a module says, once for all calls of it."""
        if directory not in self._by_directory:
            self._by_directory[directory] = self._read(directory)
        return self._by_directory[directory]

    def _blocks(self, directory: Path) -> tuple[SourceBlock, ...]:
        try:
            return read_blocks(directory, self.dialect)
        except HclError as error:  # a person knows the repository's files by their place in it
            raise HclError(str(error).removeprefix(f"{self.repository}/")) from error

    def _read(self, directory: Path) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "directory": _relative(directory, self.repository),
            "resources": {},
            "calls": {},
            "locals": {},
            "outputs": {},
            "providers": [],
            "required_providers": [],
            "configuration_aliases": [],
            "provider_constraints": {},
            "required_version": None,
            "backend": None,
        }
        for source in self._blocks(directory):
            file = _relative(directory / source.file, self.repository)
            _add(facts, {"file": file, "line": source.block.line}, source.block)
        return facts


def _add(facts: dict[str, Any], place: dict[str, Any], block: Block) -> None:
    labels = len(block.labels)
    if block.kind == "resource" and labels == 2:
        facts["resources"][".".join(block.labels)] = {**place, "arguments": argument_texts(block)}
    elif block.kind == "module" and labels == 1:
        facts["calls"][block.labels[0]] = {**place, **_call(block)}
    elif block.kind == "provider" and labels == 1:
        alias = _literal(block.attribute("alias"))
        facts["providers"].append({**place, "name": block.labels[0], "alias": alias})
    elif block.kind == "locals":
        facts["locals"].update(
            {attribute.name: text_of(attribute.expression) for attribute in block.attributes}
        )
    elif block.kind == "output" and labels == 1:
        value = block.attribute("value")
        facts["outputs"][block.labels[0]] = text_of(value.expression) if value else ""
    elif block.kind == "terraform":
        _add_terraform(facts, block)


def _call(block: Block) -> dict[str, Any]:
    source, given = block.attribute("source"), block.attribute("providers")
    pairs = items(given.expression) if given else None
    return {
        "source": text_of(source.expression) if source else None,
        "providers": (
            {name: text_of(value) for name, _, value in pairs if name is not None}
            if pairs is not None
            else None
        ),
        "arguments": argument_texts(block),
    }


def _add_terraform(facts: dict[str, Any], block: Block) -> None:
    version = _literal(block.attribute("required_version"))
    facts["required_version"] = version or facts["required_version"]
    for required in block.of_kind("required_providers"):
        for attribute in required.attributes:
            _add_provider(facts, attribute)
    for kind in ("backend", "cloud"):
        for inner in block.of_kind(kind):
            label = inner.labels[0] if kind == "backend" and inner.labels else kind
            facts["backend"] = {"type": label, "arguments": _values(inner)}


def _add_provider(facts: dict[str, Any], attribute: Attribute) -> None:
    facts["required_providers"].append(attribute.name)
    entry = {name: value for name, _, value in items(attribute.expression) or ()}
    constraint = literal(entry.get("version", attribute.expression))
    if constraint:
        facts["provider_constraints"][attribute.name] = constraint
    aliases: Iterable[Any] = members(entry.get("configuration_aliases", ())) or ()
    facts["configuration_aliases"] += [text_of(alias) for alias in aliases]


def _values(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {attribute.name: value_of(attribute) for attribute in block.attributes}
    for inner in nested_blocks(block):
        values.setdefault(inner.kind, []).append(_values(inner))
    return values


def _literal(attribute: Attribute | None) -> str | None:
    return literal(attribute.expression) if attribute else None


def _relative(path: Path, repository: Path) -> str:
    try:
        return path.resolve().relative_to(repository).as_posix()
    except ValueError:
        return path.as_posix()
