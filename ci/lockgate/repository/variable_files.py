"""The variable files (``*.tfvars``) that belong to a root module, as sets: one per environment.

Files of backends (``*.tfbackend``, ``backend.tfvars``) go to the set that they are named like.

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
from lockgate.repository.root_modules import place_of_no_root
from lockgate_policies.hcl.module_files import is_configuration

_EXTENSIONS = (".tfvars", ".tfvars.json")
_DEEPEST = 3
_BACKENDS = ".tfbackend"
_SHOWN_ONLY = re.compile(
    r"(?i)(^|[._-])(examples?|samples?|templates?|dist)([._-]|$)|[._-]tests?$|^tests$"
)
# https://developer.hashicorp.com/terraform/language/backend#file shows such names.
_OF_BACKEND = re.compile(r"(?i)(?:(.+)[._-])?backend(?:[._-]?conf(?:ig)?)?(?:[._-](.+))?")
# What a lone file may be called without telling environments apart.
_TELLS_NOTHING = frozenset({"main", "terraform", "tf", "project", "infra", "infrastructure"})
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
    """The variable files of one environment of a root module, in order, and what names it.

    A set without a name is the only one, and its files say nothing of which environment it is.
    """

    name: str
    files: tuple[str, ...]
    backends: tuple[str, ...] = ()


def variable_sets(
    tree: FileTree, root: str, others: Collection[str] = ()
) -> tuple[VariableSet, ...]:
    """The sets of a root module, by name; none where nobody gives it a file.

    ``others`` are the repository's root modules: what lies nearer to one of them is its own.
    """
    by_name: dict[str, list[str]] = {}
    backends: dict[str, list[str]] = {}
    of_all: list[str] = []
    for directory in _near(tree, root, others):
        for name in tree.names(directory):
            path = posixpath.join(directory, name)
            stem = _stem(name)
            if not stem or tree.is_directory(path) or _SHOWN_ONLY.search(stem):
                continue
            if directory == root and _is_automatic(name):
                continue
            if _is_backend(name, stem):
                own = _named_by(root, directory, _without_backend(stem))
                backends.setdefault(own, []).append(path)
            elif stem in _OF_ALL:
                of_all.append(path)
            else:
                by_name.setdefault(_named_by(root, directory, stem), []).append(path)
    lone = len(by_name) == 1 and by_name.keys() <= _TELLS_NOTHING | _HOLDERS
    return tuple(
        VariableSet(
            "" if lone else name,
            (*of_all, *sorted(by_name[name])),
            tuple(sorted(backends.get("" if lone else name, ()))),
        )
        for name in sorted(by_name)
        if name
    )


def _is_backend(name: str, stem: str) -> bool:
    return name.endswith(_BACKENDS) or _OF_BACKEND.fullmatch(stem) is not None


def _without_backend(stem: str) -> str:
    """What a backend's file is called beside being one: ``prod-backend`` is ``prod``'s."""
    match = _OF_BACKEND.fullmatch(stem)
    return "-".join(part for part in match.groups() if part) if match else stem


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
            if place_of_no_root(below.split("/")) or _holds_configuration(tree, below):
                continue
            near.append(below)
            waiting.append((below, depth + 1))
    return sorted(near)


def _holds_configuration(tree: FileTree, directory: str) -> bool:
    return any(
        is_configuration(name) and not tree.is_directory(posixpath.join(directory, name))
        for name in tree.names(directory)
    )


def _named_by(root: str, directory: str, stem: str) -> str:
    """What a file's environment is called: the file, or the directory it has for itself."""
    own = posixpath.basename(directory)
    return stem if directory == root or own in _HOLDERS else own


def _stem(name: str) -> str:
    extension = next((end for end in (*_EXTENSIONS, _BACKENDS) if name.endswith(end)), None)
    return name.removesuffix(extension) if extension else ""


def _is_automatic(name: str) -> bool:
    stem = _stem(name)
    return stem == "terraform" or stem.endswith(".auto")
