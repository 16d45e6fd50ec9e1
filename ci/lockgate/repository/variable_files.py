"""The variable files (``*.tfvars``) that belong to a root module, as sets: one per environment.

Terraform loads ``terraform.tfvars`` and ``*.auto.tfvars`` of the root module by itself
(https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files);
every other one is somebody's ``-var-file``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass

from lockgate.repository.file_tree import FileTree
from lockgate_policies.hcl.module_files import is_configuration

_EXTENSIONS = (".tfvars", ".tfvars.json")
_DEEPEST = 3
_SHOWN_ONLY = re.compile(r"(?i)(^|[._-])(examples?|samples?|templates?|dist|tests?)([._-]|$)")
_OF_ALL = frozenset({"common", "global", "globals", "shared", "base", "default", "defaults", "all"})
# A directory called so holds one file per environment; any other one is an environment's own.
_HOLDERS = frozenset(
    {
        *("config", "configs", "configuration", "env", "environment", "environments", "envs"),
        *("input", "inputs", "params", "parameters", "settings", "tfvars", "values", "var"),
        *("variables", "vars", "workspaces"),
    }
)


@dataclass(frozen=True)
class VariableSet:
    """The variable files of one environment of a root module, in order, and what names it."""

    name: str
    files: tuple[str, ...]


def variable_sets(
    tree: FileTree, root: str, others: Collection[str] = ()
) -> tuple[VariableSet, ...]:
    """The sets of a root module, by name; none where nobody gives it a file.

    ``others`` are the repository's root modules: what lies nearer to one of them is its own.
    """
    by_name: dict[str, list[str]] = {}
    of_all: list[str] = []
    for directory in _near(tree, root, others):
        for name in tree.names(directory):
            path = posixpath.join(directory, name)
            stem = _stem(name)
            if not stem or tree.is_directory(path) or _SHOWN_ONLY.search(stem):
                continue
            if directory == root and _is_automatic(name):
                continue
            if stem in _OF_ALL:
                of_all.append(path)
            else:
                by_name.setdefault(_named_by(root, directory, stem), []).append(path)
    return tuple(
        VariableSet(name, (*of_all, *sorted(by_name[name]))) for name in sorted(by_name) if name
    )


def _near(tree: FileTree, root: str, others: Collection[str]) -> list[str]:
    """The root module's directory and those below it that hold no configuration."""
    near = [root]
    waiting = [(root, 0)]
    while waiting:
        directory, depth = waiting.pop()
        for name in tree.names(directory) if depth < _DEEPEST else ():
            below = posixpath.join(directory, name)
            if not tree.is_directory(below) or name.startswith(".") or below in others:
                continue
            if any(is_configuration(file) for file in tree.names(below)):
                continue
            near.append(below)
            waiting.append((below, depth + 1))
    return sorted(near)


def _named_by(root: str, directory: str, stem: str) -> str:
    """What a file's environment is called: the file, or the directory it has for itself."""
    own = posixpath.basename(directory)
    return stem if directory == root or own in _HOLDERS else own


def _stem(name: str) -> str:
    extension = next((end for end in _EXTENSIONS if name.endswith(end)), None)
    return name.removesuffix(extension) if extension else ""


def _is_automatic(name: str) -> bool:
    stem = _stem(name)
    return stem == "terraform" or stem.endswith(".auto")
