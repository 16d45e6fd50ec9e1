"""Which version of the AWS provider a root module and its modules ask for, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import EngineError
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.blocks import Attribute, parse_native
from lockgate_policies.hcl.expressions import items, literal
from lockgate_policies.hcl.modules import HclError, dialect_of, read_blocks
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
    """All that an environment asks of the AWS provider's version."""

    constraints: tuple[Asked, ...] = ()
    locked: Asked | None = None

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
        modules = read_facts(environment.directory, environment.root)["modules"]
        dialect = dialect_of(environment.directory)
        directories = dict.fromkeys(module["directory"] for module in modules.values())
        constraints = tuple(
            Asked(version, f"{directory}/{source.file}:{attribute.line}".removeprefix("./"))
            for directory in directories
            for source in read_blocks(environment.root / directory, dialect)
            if source.block.kind == "terraform"
            for required in source.block.of_kind("required_providers")
            for attribute in required.attributes
            for version in _constraint(attribute)
        )
        return ProviderRequest(constraints, _locked(environment, registry))
    except HclError as error:
        raise EngineError(str(error)) from error


def _constraint(attribute: Attribute) -> Iterator[str]:
    """The constraint of an entry that stands for the AWS provider, whatever its local name is."""
    entry = {name: value for name, _, value in items(attribute.expression) or ()}
    source = literal(entry["source"]) if "source" in entry else f"hashicorp/{attribute.name}"
    version = literal(entry.get("version", attribute.expression))
    if version and source and source.lower().endswith(SOURCE):
        yield version


def _locked(environment: Environment, registry: str) -> Asked | None:
    path = environment.directory / LOCK_FILE
    name = _relative(path, environment.root)
    try:
        blocks = parse_native(path.read_text("utf-8")).blocks
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{name}: cannot be read: {error}") from error
    except HclSyntaxError as error:
        raise EngineError(f"{name}:{error.line}: does not parse as HCL: {error.problem}") from error
    for block in blocks:
        attribute = block.attribute("version")
        version = literal(attribute.expression) if attribute else None
        if block.kind == "provider" and block.labels == (f"{registry}/{SOURCE}",) and version:
            return Asked(version, f"{name}:{block.line}")
    return None


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
