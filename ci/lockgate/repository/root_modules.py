"""The root modules of a repository, found by what they hold and not by where they stand.

A root module is what Terraform is run in: it has a backend, a ``cloud`` block or a provider
configuration, or calls a module that has one, and no other module calls it
(https://developer.hashicorp.com/terraform/language/modules#the-root-module). Files are looked at as
text here: whether they parse is said when they are planned.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate_policies.hcl.blocks import Block
from lockgate_policies.hcl.module_files import is_configuration
from lockgate_policies.hcl.reading import parse
from lockgate_policies.hcl.tokens import HclSyntaxError

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
# Below one of these, `test` is the name of an environment and shows or tests nothing.
_HOLD_ENVIRONMENTS = re.compile(
    r"env|envs|environments?|live|stages?|accounts?|deployments?|stacks?|workspaces?|clusters?"
)
_ENVIRONMENT_TOO = frozenset({"test", "testing"})
_COMMENTED_OUT = re.compile(r"/\*|<<")
_PLACES = frozenset({"backend", "cloud", "state_store"})
NOTHING_SAID = "has neither a backend nor a provider configuration"


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


def place_of_no_root(steps: Sequence[str]) -> str | None:
    """The step of a path that says that nothing below it is run; None if there is none."""
    for number, step in enumerate(steps):
        if _NOT_RUN.fullmatch(step.lower()):
            above = any(_HOLD_ENVIRONMENTS.fullmatch(one.lower()) for one in steps[:number])
            if step.lower() not in _ENVIRONMENT_TOO or not above:
                return step
    return None


def find_root_modules(tree: FileTree, prefix: str = "") -> Search:
    """Every root module below ``prefix``, and what was left out."""
    modules = _Modules(tree, prefix)
    roots: dict[str, RootModule] = {}
    left_out: list[LeftOut] = []
    for directory in sorted(modules.directories):
        inside = posixpath.relpath(directory or ".", prefix or ".")
        if posixpath.dirname(inside) == ENVIRONMENTS:
            if modules.texts(directory):
                roots[directory] = RootModule(directory, f"stands in {ENVIRONMENTS}/")
            continue
        looks = modules.looks(directory)
        if looks is None:
            continue
        said = looks.state or looks.provider
        step = place_of_no_root(inside.split("/"))
        if step is not None:
            why_not = f"stands in {step}/" if said else ""
        elif not looks.state and directory in modules.callers:
            why_not = f"is called as a module by {modules.callers[directory]}" if said else ""
        elif not modules.of_aws(directory):
            why_not = "names nothing of AWS" if said else ""
        elif why := said or modules.configuring_call(directory):
            roots[directory] = RootModule(directory, why)
            continue
        else:
            why_not = NOTHING_SAID
        if why_not:
            left_out.append(LeftOut(directory, why_not))
    in_order = tuple(roots[directory] for directory in sorted(roots))
    return Search(in_order, tuple(sorted(left_out, key=lambda entry: entry.directory)))


class _Modules:
    """The directories below a prefix that hold configuration, each file read once."""

    def __init__(self, tree: FileTree, prefix: str) -> None:
        self._tree = tree
        self._prefix = prefix
        self._texts: dict[str, Mapping[str, str]] = {}
        self._looks: dict[str, _Looks | None] = {}

    @cached_property
    def directories(self) -> tuple[str, ...]:
        """All of them, links in ``envs/`` included."""
        return tuple(_below(self._tree, self._prefix))

    def texts(self, directory: str) -> Mapping[str, str]:
        """The texts of a directory's configuration files, by path, links followed."""
        if directory not in self._texts:
            paths = _configuration(self._tree, directory)
            self._texts[directory] = {path: _text(self._tree, path) for path in paths}
        return self._texts[directory]

    def looks(self, directory: str) -> _Looks | None:
        """What a directory's files look like; None if there are none."""
        if directory not in self._looks:
            texts = self.texts(directory)
            self._looks[directory] = _looks(texts) if texts else None
        return self._looks[directory]

    @cached_property
    def callers(self) -> dict[str, str]:
        """The directories that some file names as a module's source, each with one that does."""
        callers: dict[str, str] = {}
        for directory in self.directories:
            for path, called in self._calls(directory):
                if called != directory:
                    callers.setdefault(called, path)
        return callers

    def of_aws(self, directory: str) -> bool:
        """Whether a directory, or a module that it calls, names something of AWS."""
        return any(looks.aws for _, looks in self._reached(directory))

    def configuring_call(self, directory: str) -> str:
        """Say that a directory calls, itself or not, a module that configures a provider."""
        for called, looks in self._reached(directory):
            if called != directory and looks.provider:
                return f"calls {called}, which {looks.provider}"
        return ""

    def _reached(self, directory: str) -> Iterator[tuple[str, _Looks]]:
        """A directory and all that it calls, each once."""
        seen = {directory}
        waiting = [directory]
        while waiting:
            here = waiting.pop()
            looks = self.looks(here)
            if looks is None:
                continue
            yield here, looks
            for _, called in self._calls(here):
                if called not in seen:
                    seen.add(called)
                    waiting.append(called)

    def _calls(self, directory: str) -> Iterator[tuple[str, str]]:
        for path, text in self.texts(directory).items():
            for match in _LOCAL_SOURCE.finditer(text):
                called = posixpath.normpath(posixpath.join(directory, match[1]))
                yield path, "" if called == "." else called


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


def _looks(texts: Mapping[str, str]) -> _Looks:
    state = provider = ""
    aws = False
    for path, text in texts.items():
        name = posixpath.basename(path)
        json = name.endswith(".json")
        aws = aws or _AWS.search(text) is not None
        has_state = (_STATE_IN_JSON if json else _STATE).search(text) is not None
        has_provider = (_PROVIDER_IN_JSON if json else _PROVIDER).search(text) is not None
        if not json and (has_state or has_provider) and _COMMENTED_OUT.search(text):
            has_state, has_provider = _parsed(name, text, has_state, has_provider)
        if not state and has_state:
            state = f"says in {name} where its state is"
        if not provider and has_provider:
            provider = f"configures a provider in {name}"
    return _Looks(state, provider, aws)


def _parsed(name: str, text: str, has_state: bool, has_provider: bool) -> tuple[bool, bool]:
    """The same of what is not commented out; as it looks where that does not parse."""
    try:
        document = parse(name, text.encode())
    except HclSyntaxError:
        return has_state, has_provider
    settings = [inner.kind for block in document.of_kind("terraform") for inner in block.blocks]
    return bool(_PLACES.intersection(settings)), _has_provider(document)


def _has_provider(document: Block) -> bool:
    return any(True for _ in document.of_kind("provider"))
