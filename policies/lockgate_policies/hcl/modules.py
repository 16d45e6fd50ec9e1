"""A module on disk: the top-level blocks of its files as they count, overrides merged."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from .blocks import Block
from .module_files import Dialect, is_configuration, module_files
from .overrides import OverrideError, SourceBlock, merged
from .reading import parse
from .tokens import HclSyntaxError


class HclError(ValueError):
    """A file that is not HCL; the message starts with ``file:line``."""


def is_module(directory: Path) -> bool:
    """Tell whether a directory holds configuration, of Terraform or OpenTofu."""
    return directory.is_dir() and any(is_configuration(name) for name in _names(directory))


def dialect_of(directory: Path, engine: Dialect = Dialect.TERRAFORM) -> Dialect:
    """Whose files to read in a root module: the engine's, unless only OpenTofu finds any there."""
    files = module_files(_names(directory), Dialect.TERRAFORM)
    return engine if files.primary or files.overrides else Dialect.OPENTOFU


def read_blocks(directory: Path, dialect: Dialect) -> tuple[SourceBlock, ...]:
    """A module's blocks, each with the file name that it stands in.

    Raises HclError for a file that does not parse, cannot be read, or overrides what is nowhere.
    """
    files = module_files(_names(directory), dialect)
    try:
        return merged(_blocks(directory, files.primary), list(_blocks(directory, files.overrides)))
    except OverrideError as error:
        where = directory / error.file
        raise HclError(
            f"{where}:{error.line}: {error.problem}: an override file changes what another file "
            "of the module holds"
        ) from error


def _names(directory: Path) -> list[str]:
    return [entry.name for entry in directory.iterdir() if not entry.is_dir()]


def _blocks(directory: Path, names: Iterable[str]) -> Iterable[SourceBlock]:
    for name in names:
        file = directory / name
        try:
            stamp = file.stat()
            document = _parsed(file, stamp.st_mtime_ns, stamp.st_size)
        except OSError as error:
            raise HclError(f"{file}:1: cannot be read: {error.strerror}") from error
        yield from (SourceBlock(name, block) for block in document.blocks)


# Modules are shared between environments, and unchanged files need no second parse.
@functools.lru_cache(maxsize=4096)
def _parsed(file: Path, _mtime: int, _size: int) -> Block:
    try:
        return parse(file.name, file.read_bytes())
    except HclSyntaxError as error:
        language = "JSON" if file.suffix == ".json" else "HCL"
        where = f"{file}:{error.line}"
        raise HclError(f"{where}: does not parse as {language}: {error.problem}") from error
