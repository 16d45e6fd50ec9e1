"""The environments of a repository: said by its settings, or found; on disk or in a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.repository.declared_variables import declared_variables
from lockgate.repository.directory_tree import directory_tree
from lockgate.repository.environment_inputs import Inputs
from lockgate.repository.environment_names import short_names
from lockgate.repository.environment_settings import (
    SaidEnvironment,
    inputs_of,
    said_environments,
)
from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate.repository.root_modules import (
    ENVIRONMENTS,
    NOTHING_SAID,
    Search,
    find_root_modules,
)
from lockgate.repository.settings import read_settings_document
from lockgate.repository.variable_files import variable_sets
from lockgate_policies.hcl.module_files import is_configuration

_MOST_NAMED = 8
_MOST_OF_A_KIND = 3


@dataclass(frozen=True)
class Environment:
    """One environment: a root module and the repository it stands in (absolute paths).

    One with ``parts`` has several root modules, each of which is planned by itself; its own
    ``directory`` is the repository then. ``twin`` names another environment of the same root module
    whose state nothing tells apart from its own.
    """

    name: str
    directory: Path
    root: Path
    inputs: Inputs = field(default_factory=Inputs)
    parts: tuple[Environment, ...] = ()
    whole: str = ""
    """The name of the environment that this is one of several root modules of."""
    twin: str = ""

    @property
    def inside(self) -> str:
        """Where its root module stands in the repository, for a person to read."""
        return self.directory.relative_to(self.root).as_posix()

    @property
    def roots(self) -> tuple[Environment, ...]:
        """What is planned by itself: its parts, or it alone."""
        return self.parts or (self,)


@dataclass(frozen=True)
class PlacedEnvironment:
    """An environment in a tree: its directory there, and the inputs of its root module.

    ``why`` says what tells that it is one, ``said`` whether the settings do. Files of the inputs
    are relative to the repository.
    """

    name: str
    directory: str
    inputs: Inputs = field(default_factory=Inputs)
    why: str = ""
    parts: tuple[PlacedEnvironment, ...] = ()
    said: bool = False

    @property
    def in_own_layout(self) -> bool:
        """Whether it is found as ``envs/NAME``, and needs no inputs for that."""
        here = self.directory == posixpath.join(ENVIRONMENTS, self.name)
        return here and not self.inputs.var_files

    @property
    def roots(self) -> tuple[PlacedEnvironment, ...]:
        """What is planned by itself: its parts, or it alone."""
        return self.parts or (self,)


@dataclass(frozen=True)
class Overview:
    """The environments of a tree, and what the search for root modules saw.

    ``said`` tells that the settings say where they are.
    """

    environments: tuple[PlacedEnvironment, ...]
    search: Search
    said: bool


def overview(tree: FileTree, document: object, prefix: str = "") -> Overview:
    """The environments of a tree, by a parsed settings document. Raises UsageError.

    ``prefix`` is where the repository's root (lockgate.yaml) stands in the tree.
    """
    search: list[Search] = []

    def searched() -> Search:
        if not search:
            search.append(find_root_modules(tree, prefix))
        return search[0]

    def directories() -> list[str]:
        return [_inside(root.directory, prefix) for root in searched().roots]

    def files() -> list[str]:
        start = f"{prefix}/" if prefix else ""
        return sorted(path.removeprefix(start) for path in tree.entries if path.startswith(start))

    said = said_environments(document, directories, files)
    if said:
        placed = [_placed(environment, prefix) for environment in said.values()]
        return Overview(tuple(sorted(placed, key=_name)), Search((), ()), True)
    return Overview(
        tuple(sorted(_found(tree, document, searched(), prefix), key=_name)), searched(), False
    )


def _name(environment: PlacedEnvironment) -> str:
    return environment.name


def _inside(directory: str, prefix: str) -> str:
    return directory.removeprefix(prefix).lstrip("/")


def _with(files: Sequence[str]) -> str:
    return f", with {', '.join(files)}" if files else ""


def _placed(said: SaidEnvironment, prefix: str) -> PlacedEnvironment:
    return PlacedEnvironment(
        said.name,
        posixpath.join(prefix, said.directory) if said.directory else prefix,
        said.inputs,
        f"is named in {SETTINGS_FILE}{_with(said.inputs.var_files)}",
        tuple(_placed(part, prefix) for part in said.parts),
        said=True,
    )


def _found(
    tree: FileTree, document: object, search: Search, prefix: str
) -> list[PlacedEnvironment]:
    """The environments of the root modules that were found: one for each set of variables."""
    directories = {root.directory for root in search.roots}
    places: list[tuple[str, str]] = []
    inputs: list[Inputs] = []
    reasons: list[str] = []
    for root in search.roots:
        sets = variable_sets(tree, root.directory, directories)
        for variables in sets:
            places.append((_inside(root.directory, prefix), variables.name))
            files = tuple(_inside(file, prefix) for file in variables.files)
            backends = tuple(_inside(file, prefix) for file in variables.backends)
            inputs.append(Inputs(var_files=files, backend_config=backends))
            reasons.append(f"{root.why}{_with(files)}")
        if not sets:
            places.append((_inside(root.directory, prefix), ""))
            inputs.append(Inputs())
            reasons.append(root.why)
    placed = []
    for name, (directory, _), own, why in zip(
        short_names(places), places, inputs, reasons, strict=True
    ):
        told = inputs_of(document, name)
        merged = replace(
            told,
            var_files=(*own.var_files, *told.var_files),
            backend_config=told.backend_config or own.backend_config,
        )
        placed.append(PlacedEnvironment(name, posixpath.join(prefix, directory), merged, why))
    return placed


def in_tree(tree: FileTree, prefix: str = "") -> dict[str, PlacedEnvironment]:
    """The environments of a tree, by name, as ``discover`` finds them on disk.

    ``prefix`` is where the repository's root (lockgate.yaml) stands in the tree. Where the settings
    do not say where they are in a way that can be used, they are searched for.
    """
    try:
        seen = overview(tree, settings_document(tree, prefix), prefix)
    except UsageError:
        seen = overview(tree, None, prefix)
    return {environment.name: environment for environment in seen.environments}


def settings_document(tree: FileTree, prefix: str) -> object:
    """The settings of a tree; None if there are none, or none that can be read."""
    path = posixpath.join(prefix, SETTINGS_FILE)
    if path not in tree.entries:
        return None
    try:
        return yaml.safe_load(tree.read(tree.resolve(path).path).decode("utf-8"))
    except (OutsideError, OSError, KeyError, ValueError, yaml.YAMLError, RecursionError):
        return None


def overview_of(root: Path) -> Overview:
    """The environments of a repository on disk, and what was seen. Raises UsageError."""
    return overview(directory_tree(root), read_settings_document(root))


def discover(root: Path, seen: Overview | None = None) -> list[Environment]:
    """The environments of a repository, by name. Raises UsageError if there is none.

    ``seen`` is what ``overview_of`` has said already.
    """
    seen = seen or overview_of(root)
    if not seen.environments:
        raise UsageError(no_environment(root))
    alike = twins(seen)
    environments = [_on_disk(environment, root, alike) for environment in seen.environments]
    for environment in environments:
        for part in environment.roots:
            _must_be_there(part)
    return environments


def _on_disk(
    placed: PlacedEnvironment, root: Path, alike: Mapping[str, str], whole: str = ""
) -> Environment:
    parts = tuple(_on_disk(part, root, alike, placed.name) for part in placed.parts)
    directory, twin = root / placed.directory, alike.get(placed.name, "")
    return Environment(placed.name, directory, root, placed.inputs, parts, whole, twin)


def twins(seen: Overview) -> dict[str, str]:
    """The root modules whose state nothing tells apart from another one's, each with that."""
    by_place: dict[object, list[str]] = {}
    for environment in seen.environments:
        for root in environment.roots:
            place = (root.directory, root.inputs.workspace, root.inputs.backend_config)
            by_place.setdefault(place, []).append(root.name)
    return {
        name: next(other for other in names if other != name)
        for names in by_place.values()
        for name in names
        if len(set(names)) > 1
    }


def _must_be_there(environment: Environment) -> None:
    where = f"{SETTINGS_FILE}: environments.{environment.name.partition('/')[0]}"
    inside = environment.directory.relative_to(environment.root)
    if not environment.directory.is_dir():
        raise UsageError(f"{where}: there is no directory {inside}. Name the root module's.")
    if not any(is_configuration(path.name) for path in environment.directory.iterdir()):
        raise UsageError(
            f"{where}: {inside} holds no *.tf files. Name the directory of the root module."
        )
    for file in environment.inputs.var_files:
        if not (environment.root / file).is_file():
            raise UsageError(f"{where}: there is no variable file {file}.")
    for file in environment.inputs.backend_config:
        if "=" not in file and not (environment.root / file).is_file():
            raise UsageError(f"{where}: there is no file {file} for the backend.")


def what_was_found(seen: Overview) -> list[str]:
    """Say what a search found, how it is called and what was left out; many are folded.

    Nothing is to be said where the settings say it, or all stand in ``envs/``.
    """
    if seen.said or all(environment.in_own_layout for environment in seen.environments):
        return []
    lines = [
        f"{environment.name}: {environment.directory or '.'} ({environment.why})"
        for environment in seen.environments[:_MOST_NAMED]
    ]
    more = len(seen.environments) - _MOST_NAMED
    if more > 0:
        lines.append(f"and {more} more environments")
    lines += [f"left out: {line}" for line in left_out_lines(seen.search)]
    return [*lines, "`lockgate environments` lists all, and `lockgate init` writes them down."]


def left_out_lines(search: Search) -> list[str]:
    """What a search left out, and why: one line for each reason."""
    by_why: dict[str, list[str]] = {}
    for entry in search.left_out:
        by_why.setdefault(entry.why, []).append(entry.directory or ".")
    return [f"{_folded(directories)} ({why})" for why, directories in sorted(by_why.items())]


def _folded(directories: list[str]) -> str:
    named = ", ".join(directories[:_MOST_OF_A_KIND])
    more = len(directories) - _MOST_OF_A_KIND
    return f"{named} and {more} more" if more > 0 else named


def no_environment(root: Path) -> str:
    """Say that there is no environment, what was seen instead, and what takes it."""
    search = find_root_modules(directory_tree(root))
    text = (
        f"{root} holds no environment. An environment is a root module: a directory whose *.tf "
        "files have a backend or configure the AWS provider, or any in envs/."
    )
    if seen := left_out_lines(search):
        text += f" Left out: {'; '.join(seen)}."
    left_out = sorted(search.left_out, key=lambda entry: entry.why != NOTHING_SAID)
    example = (left_out[0].directory or ".") if left_out else "infra/prod"
    return (
        f"{text} Name yours in {SETTINGS_FILE}, for example `environments: {{prod: {{directory: "
        f"{example}}}}}`: docs/environments.md"
    )


def select(environments: Sequence[Environment], names: Sequence[str]) -> list[Environment]:
    """The environments of the given names, all of them for no name, each once.

    A root module of an environment with several has a name of its own. Raises UsageError for a
    name that is not among them, with those that are.
    """
    by_name = {environment.name: environment for environment in with_parts(environments)}
    for name in names:
        if name not in by_name:
            known = ", ".join(by_name) or "none"
            raise UsageError(f"There is no environment '{name}'. Known are: {known}.")
    return [by_name[name] for name in dict.fromkeys(names)] or list(environments)


def with_parts(environments: Sequence[Environment]) -> list[Environment]:
    """The environments, and before them the root modules of those that have several."""
    return [part for environment in environments for part in environment.parts] + [*environments]


def single(root: Path, name: str) -> Environment:
    """The environment of a name, for what is done to one root module. Raises UsageError."""
    (environment,) = select(discover(root), [name])
    if environment.parts:
        parts = ", ".join(part.name for part in environment.parts)
        raise UsageError(
            f"{name} has several root modules, and this is done to one of them. Name it: {parts}."
        )
    return environment


def with_variables(
    chosen: Sequence[Environment], values: Sequence[str], files: Sequence[Path]
) -> list[Environment]:
    """The environments with what the command line gives their root modules' variables.

    Of several root modules, those get a value that declare the variable. Terraform says of one
    that nobody declares what it always says. Raises UsageError for a value that is not
    ``NAME=VALUE``.
    """
    names = []
    for value in values:
        name, told, _ = value.partition("=")
        if not told or not name.strip():
            raise UsageError(f"-var '{value}' gives no value: write -var 'NAME=VALUE'.")
        names.append(name.strip())
    if not values and not files:
        return list(chosen)
    roots = [root for environment in chosen for root in environment.roots]
    declared = {root.directory: declared_variables(root.directory) for root in roots}
    known = frozenset().union(*(own or () for own in declared.values()))

    def given(environment: Environment) -> Environment:
        own = declared.get(environment.directory)
        options = (
            *(f"-var-file={file.absolute()}" for file in files),
            *(
                f"-var={value}"
                for name, value in zip(names, values, strict=True)
                if own is None or name in own or name not in known
            ),
        )
        inputs = replace(environment.inputs, options=(*environment.inputs.options, *options))
        parts = tuple(given(part) for part in environment.parts)
        return replace(environment, inputs=inputs, parts=parts)

    return [given(environment) for environment in chosen]
