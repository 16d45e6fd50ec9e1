"""Which files of a directory are a module's configuration, and in which order they count.

https://developer.hashicorp.com/terraform/language/files/override and
https://opentofu.org/docs/language/files/#extension-precedence
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")


class Dialect(Enum):
    """Whose files are read: OpenTofu has names of its own, which Terraform passes over."""

    TERRAFORM = "terraform"
    OPENTOFU = "opentofu"


@dataclass(frozen=True)
class ModuleFiles:
    """The names of a module's files: what they say, and then what overrides it, in order."""

    primary: tuple[str, ...]
    overrides: tuple[str, ...]


def module_files(names: Iterable[str], dialect: Dialect) -> ModuleFiles:
    """The configuration among a directory's names, in the order in which it is read."""
    configuration = sorted(name for name in names if is_configuration(name))
    if dialect is Dialect.TERRAFORM:
        configuration = [name for name in configuration if _extension(name).startswith(".tf")]
    else:
        replaced = {name.replace(".tofu", ".tf") for name in configuration if _is_tofu(name)}
        configuration = [name for name in configuration if _is_tofu(name) or name not in replaced]
    return ModuleFiles(
        tuple(name for name in configuration if not is_override(name)),
        tuple(name for name in configuration if is_override(name)),
    )


def is_configuration(name: str) -> bool:
    """Tell whether either engine reads a file of this name: no hidden one, no editor's copy."""
    hidden = name.startswith(".") or (name.startswith("#") and name.endswith("#"))
    return bool(_extension(name)) and not hidden


def is_override(name: str) -> bool:
    """Tell whether a configuration file overrides what others say."""
    base = name.removesuffix(_extension(name))
    return base == "override" or base.endswith("_override")


def _is_tofu(name: str) -> bool:
    return _extension(name).startswith(".tofu")


def _extension(name: str) -> str:
    return next((extension for extension in CONFIGURATION if name.endswith(extension)), "")
