"""The environments of a repository: the root modules under ``envs/``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import UsageError


@dataclass(frozen=True)
class Environment:
    """One environment: a root module and the repository it stands in (absolute paths)."""

    name: str
    directory: Path
    root: Path


def discover(root: Path, envs_dir: str = "envs") -> list[Environment]:
    """The environments of a repository, by name: each directory of ``envs/`` that holds HCL.

    Raises UsageError if there is none.
    """
    base = root / envs_dir
    found = [
        Environment(directory.name, directory, root)
        for directory in sorted(base.iterdir() if base.is_dir() else [])
        if directory.is_dir() and (any(directory.glob("*.tf")) or any(directory.glob("*.tf.json")))
    ]
    if not found:
        raise UsageError(
            f"{base} holds no environment. An environment is a directory there with *.tf files: "
            "a root module."
        )
    return found


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
