"""Which version of the AWS provider a root module and its modules ask for, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import EngineError
from lockgate.engine.dialect import configured_dialect
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.blocks import Block, parse_native
from lockgate_policies.hcl.expressions import items, literal, members
from lockgate_policies.hcl.modules import HclError, dialect_of, read_blocks
from lockgate_policies.hcl.overrides import SourceBlock
from lockgate_policies.hcl.tokens import HclSyntaxError
from lockgate_policies.model.hcl_reader import read_facts

SOURCE = "hashicorp/aws"
LOCK_FILE = ".terraform.lock.hcl"


@dataclass(frozen=True)
class Asked:
    """One place that asks for a version: a constraint, or a locked version."""

    version: str
    where: str


@dataclass(frozen=True)
class ProviderRequest:
    """All that an environment asks of the AWS provider's version.

    ``lock`` is a lock file of its entry alone, so that environments which lock the same share it.
    """

    constraints: tuple[Asked, ...] = ()
    locked: Asked | None = None
    lock: bytes = b""

    @property
    def names_one(self) -> bool:
        """Tell whether any version is asked for at all."""
        return bool(self.constraints or self.locked)

    @property
    def constraint(self) -> str:
        """All constraints as one."""
        return ", ".join(dict.fromkeys(asked.version for asked in self.constraints))

    @property
    def decisive(self) -> Asked | None:
        """What a person looks at first: the lock file, or else the first constraint."""
        return self.locked or next(iter(self.constraints), None)


def read_request(environment: Environment, registry: str) -> ProviderRequest:
    """What an environment's HCL and lock file ask for; ``registry`` is the engine's own.

    Raises:
        EngineError: the HCL or the lock file does not parse.
    """
    try:
        dialect = dialect_of(environment.directory, configured_dialect(environment))
        modules = read_facts(environment.directory, environment.root, dialect)["modules"]
        directories = dict.fromkeys(module["directory"] for module in modules.values())
        constraints = tuple(
            Asked(version, f"{directory}/{file}:{line}".removeprefix("./"))
            for directory in directories
            for file, line, version in _constraints(
                read_blocks(environment.root / directory, dialect), registry
            )
        )
        return ProviderRequest(constraints, *_locked(environment, registry))
    except HclError as error:
        raise EngineError(str(error)) from error


def _constraints(blocks: Sequence[SourceBlock], registry: str) -> Iterator[tuple[str, int, str]]:
    """The file, line and text of each constraint on the AWS provider in a module."""
    names = {"aws"}
    for source in blocks:
        for required in source.block.of_kind("required_providers"):
            for attribute in required.attributes:
                entry = {name: value for name, _, value in items(attribute.expression) or ()}
                named = literal(entry["source"]) if "source" in entry else None
                if (named or f"hashicorp/{attribute.name}") not in (SOURCE, f"{registry}/{SOURCE}"):
                    names.discard(attribute.name)
                    continue
                names.add(attribute.name)
                if version := literal(entry.get("version", attribute.expression)):
                    yield source.file, attribute.line, version
    # As it was done before there were `required_providers`; Terraform still counts it.
    for source in blocks:
        if source.block.kind == "provider" and source.block.labels[:1] in {(n,) for n in names}:
            given = source.block.attribute("version")
            if given and (version := literal(given.expression)):
                yield source.file, given.line, version


def locked_version(lock_file: Path) -> str | None:
    """The version of the AWS provider in a lock file that ``init`` wrote, of either registry."""
    try:
        blocks = parse_native(lock_file.read_text("utf-8")).blocks
    except (OSError, UnicodeDecodeError, HclSyntaxError):
        return None
    for block in blocks:
        given = block.attribute("version")
        if given and any(label.endswith(f"/{SOURCE}") for label in block.labels):
            return literal(given.expression)
    return None


def _locked(environment: Environment, registry: str) -> tuple[Asked | None, bytes]:
    path = environment.directory / LOCK_FILE
    name = _relative(path, environment.root)
    try:
        blocks = parse_native(path.read_text("utf-8")).blocks
    except FileNotFoundError:
        return None, b""
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{name}: cannot be read: {error}") from error
    except HclSyntaxError as error:
        raise EngineError(f"{name}:{error.line}: does not parse as HCL: {error.problem}") from error
    for block in blocks:
        attribute = block.attribute("version")
        version = literal(attribute.expression) if attribute else None
        if block.kind == "provider" and block.labels == (f"{registry}/{SOURCE}",) and version:
            return Asked(version, f"{name}:{block.line}"), _entry(block, version)
    return None, b""


def _entry(block: Block, version: str) -> bytes:
    lines = [f"  version = {json.dumps(version)}"]
    if given := block.attribute("hashes"):
        hashes = (literal(member) for member in members(given.expression) or ())
        lines.append(f"  hashes = {json.dumps(sorted(digest for digest in hashes if digest))}")
    head = f"provider {json.dumps(block.labels[0])} {{"
    return "\n".join([head, *lines, "}", ""]).encode()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
