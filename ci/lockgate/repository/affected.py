"""Which environments a change can alter, and why: the changed files, through the module graph."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE, WAIVERS_FILE, look_ups_file
from lockgate.repository.environments import PlacedEnvironment, in_tree, no_environment
from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate.repository.git_repository import GitRepository
from lockgate.repository.module_graph import Dependencies, dependencies
from lockgate.repository.module_reader import ModuleReader
from lockgate_policies.model.settings import Settings, SettingsError, parse_settings

# Where these stand, what judges every environment is the repository's own.
_JUDGING = ("policies",)
_OWN_CHECKOUT = "ci/lockgate/__init__.py"
_OWN_JUDGING = ("ci/lockgate", "requirements")


@dataclass(frozen=True)
class AffectedEnvironment:
    """An environment that a change can alter, and why; ``deleted`` ones cannot be checked."""

    name: str
    reasons: tuple[str, ...]
    deleted: bool = False


@dataclass(frozen=True)
class Affected:
    """The answer: ``base`` is the commit compared with, ``unaffected`` the other environments."""

    base: str
    environments: tuple[AffectedEnvironment, ...]
    unaffected: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The environments to check: those that are still there."""
        return tuple(
            environment.name for environment in self.environments if not environment.deleted
        )

    def as_json(self) -> dict[str, Any]:
        """The answer as a JSON object; its shape is described in docs/affected.md."""
        return {
            "version": 1,
            "base": self.base,
            "environments": [
                {
                    "environment": environment.name,
                    "deleted": environment.deleted,
                    "reasons": list(environment.reasons),
                }
                for environment in self.environments
            ],
            "unaffected": list(self.unaffected),
        }


def find_affected(root: Path, revision: str) -> Affected:
    """What the work tree changes since it left a revision.

    Raises UsageError, also if there is no environment before and after: nothing was looked at.
    """
    git = GitRepository.find(root)
    base = git.merge_base(revision)
    answer = affected(
        git.tree(base), git.work_tree(), git.changed(base), git.path_of(root), base=base
    )
    if not answer.environments and not answer.unaffected:
        raise UsageError(no_environment(root))
    return answer


def affected(
    before: FileTree, after: FileTree, changed: Iterable[str], prefix: str = "", base: str = ""
) -> Affected:
    """The environments that the changed files can alter, by the graphs before and after.

    ``prefix`` is where the repository's root (lockgate.yaml) stands in the trees.
    """
    changes = sorted(changed)
    now, then = in_tree(after, prefix), in_tree(before, prefix)
    graphs = [_graphs(after, now), _graphs(before, then)]
    settings = (_settings(after, prefix), _settings(before, prefix))
    shared = _shared(after, changes, prefix)
    affected_ones: list[AffectedEnvironment] = []
    unaffected: list[str] = []
    for name in sorted({*now, *then}):
        if name not in now:
            affected_ones.append(
                AffectedEnvironment(name, (f"environment {name} is deleted",), True)
            )
            continue
        reasons = [f"environment {name} is new"] if name not in then else []
        of_graphs = [one for graph in graphs for one in graph.get(name, ())]
        reasons += _through(changes, of_graphs)
        reasons += _by_inputs(changes, now[name], then.get(name), prefix)
        reasons += shared
        if settings[0] != settings[1]:
            reasons += _by_settings(name, *settings)
        if reasons:
            affected_ones.append(AffectedEnvironment(name, tuple(dict.fromkeys(reasons))))
        else:
            unaffected.append(name)
    return Affected(base, tuple(affected_ones), tuple(unaffected))


def _graphs(
    tree: FileTree, environments: dict[str, PlacedEnvironment]
) -> dict[str, list[Dependencies]]:
    reader = ModuleReader(tree)
    by_directory: dict[str, Dependencies] = {}
    for environment in environments.values():
        for root in environment.roots:
            if root.directory not in by_directory:
                by_directory[root.directory] = dependencies(reader, root.directory)
    return {
        name: [by_directory[root.directory] for root in environment.roots]
        for name, environment in environments.items()
    }


def _by_inputs(
    changes: Sequence[str], now: PlacedEnvironment, then: PlacedEnvironment | None, prefix: str
) -> list[str]:
    """The reasons in what an environment is planned with, which no HCL names."""
    reasons = []
    for root in now.roots:
        given = [*root.inputs.var_files, *root.inputs.backend_config, look_ups_file(root.name)]
        paths = {posixpath.join(prefix, file) for file in given}
        reasons += [
            f"{path} changed, which {root.name} is planned with"
            for path in changes
            if path in paths
        ]
    if then is not None and _planned_as(now) != _planned_as(then):
        reasons.append(f"{SETTINGS_FILE} changed where {now.name} stands or what it is given")
    return reasons


def _planned_as(environment: PlacedEnvironment) -> object:
    return [(root.directory, root.inputs) for root in environment.roots]


def _through(changes: Sequence[str], graphs: Sequence[Dependencies | None]) -> list[str]:
    """The reasons in the changed files that an environment depends on, before or after."""
    reasons: list[str] = []
    for path in changes:
        through = next(
            (way for graph in graphs if graph and (way := graph.through(path)) is not None), None
        )
        if through is not None:
            used = f", used through {through}" if through else ""
            reasons.append(f"{path} changed{used}")
    if changes:
        for graph in graphs:
            for why in graph.everything if graph else ():
                reasons.append(f"{changes[0]} changed, and anything may count: {why}")
    return reasons


def _shared(tree: FileTree, changes: Sequence[str], prefix: str) -> list[str]:
    """The reasons that hold for every environment."""
    judging = list(_JUDGING)
    if posixpath.join(prefix, _OWN_CHECKOUT) in tree.entries:
        judging += _OWN_JUDGING
    starts = tuple(f"{posixpath.join(prefix, directory)}/" for directory in judging)
    waivers = posixpath.join(prefix, WAIVERS_FILE)
    reasons: list[str] = []
    if waivers in changes or _target(tree, waivers) in changes:
        reasons.append(f"{waivers} changed, which every environment is judged by")
    policies = [path for path in changes if path.startswith(starts)]
    if policies:
        more = f" and {len(policies) - 1} more" if len(policies) > 1 else ""
        reasons.append(f"{policies[0]}{more} changed, which every environment is judged by")
    return reasons


def _target(tree: FileTree, path: str) -> str:
    try:
        return tree.resolve(path).path
    except OutsideError:
        return path


def _settings(tree: FileTree, prefix: str) -> object:
    """The settings document, usable or not."""
    path = posixpath.join(prefix, SETTINGS_FILE)
    if path not in tree.entries:
        return None
    try:
        return yaml.safe_load(tree.read(tree.resolve(path).path).decode("utf-8"))
    except (
        OutsideError,
        UnicodeDecodeError,
        OSError,
        KeyError,
        yaml.YAMLError,
        RecursionError,
    ) as error:
        return str(error)  # no settings either, and equal to itself


def _by_settings(name: str, after: object, before: object) -> list[str]:
    new, old = _effective(name, after), _effective(name, before)
    if new is None or old is None:
        return [f"{SETTINGS_FILE} changed and is not usable"]
    keys = [key for key in vars(new) if vars(new)[key] != vars(old)[key]]
    return [f"{SETTINGS_FILE} changed {', '.join(keys)} of {name}"] if keys else []


def _effective(name: str, document: object) -> Settings | None:
    try:
        return parse_settings(document, name)
    except SettingsError:
        return None
