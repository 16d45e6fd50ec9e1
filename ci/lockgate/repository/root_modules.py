"""The root modules of a repository, found by what they hold and not by where they stand.

A root module is what Terraform is run in: it has a backend, a ``cloud`` block or a provider
configuration, and no other module calls it
(https://developer.hashicorp.com/terraform/language/modules#the-root-module). Files are looked at as
text here: whether they parse is said when they are planned.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate_policies.hcl.module_files import is_configuration

ENVIRONMENTS = "envs"
"""Each directory here that holds configuration is an environment, whatever is in it."""

# Not what is run, but what shows, tests, makes or is called by it.
_NOT_RUN = re.compile(
    r"_?(examples?|samples?|tests?|testing|test[-_]?data|testdata|fixtures?|test-fixtures|mocks?|"
    r"modules?|terraform-modules|templates?|vendor|skeletons?)"
)
_UNCOMMENTED = r"^(?![^\S\n]*(?:#|//|\*))[^\n#]*?"
_STATE = re.compile(rf'{_UNCOMMENTED}\b(?:backend\s+"?[\w-]+"?|cloud|state_store\s+"?)\s*\{{', re.M)
_PROVIDER = re.compile(rf'{_UNCOMMENTED}\bprovider\s+"?([\w-]+)"?\s*\{{', re.M)
_STATE_IN_JSON = re.compile(r'"(?:backend|cloud|state_store)"\s*:\s*[\[{]')
_PROVIDER_IN_JSON = re.compile(r'"provider"\s*:\s*[\[{]')
_LOCAL_SOURCE = re.compile(r'"?\bsource"?\s*[=:]\s*"(\.\.?/?[^"$%]*)"')
_AWS = re.compile(r"\baws\b|\baws_|awscc")


@dataclass(frozen=True)
class RootModule:
    """A directory that Terraform is run in, and what tells so."""

    directory: str
    why: str


@dataclass(frozen=True)
class LeftOut:
    """A directory that looks like a root module and is not taken for one, and why."""

    directory: str
    why: str


@dataclass(frozen=True)
class Search:
    """What a search found, by directory."""

    roots: tuple[RootModule, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Looks:
    """What the files of one directory look like."""

    state: str
    provider: str
    aws: bool


def find_root_modules(tree: FileTree, prefix: str = "") -> Search:
    """Every root module below ``prefix``, and what was left out."""
    roots: dict[str, RootModule] = {}
    left_out: list[LeftOut] = []
    candidates: dict[str, _Looks] = {}
    for directory in sorted(_below(tree, prefix)):
        inside = posixpath.relpath(directory or ".", prefix or ".")
        if posixpath.dirname(inside) == ENVIRONMENTS:
            if _configuration(tree, directory):
                roots[directory] = RootModule(directory, f"stands in {ENVIRONMENTS}/")
            continue
        looks = _looks(tree, directory)
        if not looks.state and not looks.provider:
            continue
        step = next((step for step in inside.split("/") if _NOT_RUN.fullmatch(step)), None)
        if step is not None:
            left_out.append(LeftOut(directory, f"stands in {step}/"))
        elif not looks.aws:
            left_out.append(LeftOut(directory, "names nothing of AWS"))
        else:
            candidates[directory] = looks
    callers = _callers(tree, prefix) if any(not look.state for look in candidates.values()) else {}
    for directory, looks in candidates.items():
        if not looks.state and directory in callers:
            left_out.append(LeftOut(directory, f"is called as a module by {callers[directory]}"))
        else:
            why = looks.state or looks.provider
            roots[directory] = RootModule(directory, why)
    found = tuple(roots[directory] for directory in sorted(roots))
    return Search(found, tuple(sorted(left_out, key=lambda entry: entry.directory)))


def _below(tree: FileTree, prefix: str) -> Iterator[str]:
    start = f"{prefix}/" if prefix else ""
    for directory in tree.directories:
        if directory == prefix or directory.startswith(start):
            steps = directory.removeprefix(start).split("/")
            if not any(step.startswith(".") for step in steps if step):
                yield directory
    # A link to a directory of the tree is an environment there, too.
    envs = posixpath.join(prefix, ENVIRONMENTS)
    for name in tree.names(envs):
        if posixpath.join(envs, name) not in tree.directories:
            yield posixpath.join(envs, name)


def _configuration(tree: FileTree, directory: str) -> list[str]:
    """The paths of the configuration files of a directory, links followed."""
    try:
        real = tree.resolve(directory).path
    except OutsideError:
        return []
    names = [name for name in tree.names(real) if is_configuration(name)]
    return [path for name in names if not tree.is_directory(path := posixpath.join(real, name))]


def _text(tree: FileTree, path: str) -> str:
    try:
        return tree.read(tree.resolve(path).path).decode("utf-8", "replace")
    except (OutsideError, OSError, KeyError):
        return ""


def _looks(tree: FileTree, directory: str) -> _Looks:
    state = provider = ""
    aws = False
    for path in _configuration(tree, directory):
        text, name = _text(tree, path), posixpath.basename(path)
        json = name.endswith(".json")
        aws = aws or _AWS.search(text) is not None
        if not state and (_STATE_IN_JSON if json else _STATE).search(text):
            state = f"says in {name} where its state is"
        if not provider and (_PROVIDER_IN_JSON if json else _PROVIDER).search(text):
            provider = f"configures a provider in {name}"
    return _Looks(state, provider, aws)


def _callers(tree: FileTree, prefix: str) -> dict[str, str]:
    """The directories that some file names as a module's source, each with one that does."""
    callers: dict[str, str] = {}
    for directory in _below(tree, prefix):
        for path in _configuration(tree, directory):
            for match in _LOCAL_SOURCE.finditer(_text(tree, path)):
                called = posixpath.normpath(posixpath.join(directory, match[1]))
                callers.setdefault("" if called == "." else called, path)
    return callers
