"""The environments of a repository: the root modules under ``envs/``, on disk or in a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate_policies.hcl.module_files import is_configuration
from lockgate_policies.hcl.modules import is_module

ENVIRONMENTS = "envs"


@dataclass(frozen=True)
class Environment:
    """One environment: a root module and the repository it stands in (absolute paths)."""

    name: str
    directory: Path
    root: Path


def discover(root: Path, envs_dir: str = ENVIRONMENTS) -> list[Environment]:
    """The environments of a repository, by name: each directory of ``envs/`` that holds HCL.

    Raises UsageError if there is none.
    """
    base = root / envs_dir
    found = [
        Environment(directory.name, directory, root)
        for directory in sorted(base.iterdir() if base.is_dir() else [])
        if is_module(directory)
    ]
    if not found:
        raise UsageError(
            f"{base} holds no environment. An environment is a directory there with *.tf files: "
            "a root module."
        )
    return found


def in_tree(tree: FileTree, prefix: str = "") -> dict[str, str]:
    """The environments of a tree and where they stand, as ``discover`` finds them on disk.

    ``prefix`` is where the repository's root (lockgate.yaml) stands in the tree.
    """
    base = posixpath.join(prefix, ENVIRONMENTS)
    found: dict[str, str] = {}
    try:
        names = tree.names(tree.resolve(base).path)
    except OutsideError:
        return found
    for name in names:
        directory = posixpath.join(base, name)
        if _holds_configuration(tree, directory):
            found[name] = directory
    return found


def _holds_configuration(tree: FileTree, directory: str) -> bool:
    try:
        real = tree.resolve(directory).path
    except OutsideError:
        return False
    return any(
        is_configuration(name) and not tree.is_directory(posixpath.join(real, name))
        for name in tree.names(real)
    )


def select(environments: Sequence[Environment], names: Sequence[str]) -> list[Environment]:
    """The environments of the given names, all of them for no name, each once.

    Raises UsageError for a name that is not among them, with those that are.
    """
    by_name = {environment.name: environment for environment in environments}
    for name in names:
        if name not in by_name:
            known = ", ".join(by_name) or "none"
            raise UsageError(f"There is no environment '{name}'. Known are: {known}.")
    return [by_name[name] for name in dict.fromkeys(names)] or list(environments)
