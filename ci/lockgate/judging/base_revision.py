"""What judges a change, taken from the base revision: the change must not judge itself."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE, WAIVERS_FILE
from lockgate.repository.file_tree import FileTree, OutsideError
from lockgate.repository.git_repository import GitRepository


def settings_of(tree: FileTree, prefix: str, revision: str) -> object:
    """The settings document of a commit's tree, None if there is none. Raises UsageError."""
    where = f"{SETTINGS_FILE} of {revision}"
    try:
        path = tree.resolve(posixpath.join(prefix, SETTINGS_FILE)).path
        if not tree.is_file(path):
            return None
        return yaml.safe_load(tree.read(path).decode("utf-8"))
    except (OutsideError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise UsageError(
            f"{where}: is not usable: {error}. Repair it on the base branch first."
        ) from error


@dataclass(frozen=True)
class JudgedBy:
    """Where what judges lies: ``directory`` holds settings and waivers; ``note`` says whose."""

    directory: Path
    policies: Path
    note: str


@contextmanager
def judged_by(root: Path, revision: str, policies: Path) -> Iterator[JudgedBy]:
    """Settings, waivers and policies of a revision, in a scratch directory while it lasts.

    Policies that are not the repository's, such as those in an installed Lockgate, stay where they
    are. Raises UsageError for a revision without usable files.
    """
    git = GitRepository.find(root)
    # REV's own, not where HEAD left it: an old branch must not bring the rules of that time.
    commit = git.commit(revision)
    tree = git.tree(commit)
    prefix = git.path_of(root)
    with tempfile.TemporaryDirectory(prefix="lockgate-base-") as scratch:
        directory = Path(scratch)
        for name in (SETTINGS_FILE, WAIVERS_FILE):
            _extract(tree, posixpath.join(prefix, name), directory / name)
        judging, what = policies, f"{SETTINGS_FILE} and {WAIVERS_FILE}"
        start = _in_repository(git, tree, policies)
        if start is not None:
            judging = directory / "policies"
            for path in tree.below(start):
                _extract(tree, path, judging / posixpath.relpath(path, start))
            what = f"{SETTINGS_FILE}, {WAIVERS_FILE} and the policies"
        note = f"Judged by {what} of {revision} ({commit[:12]}), not by those of the change"
        yield JudgedBy(directory, judging, note)


@contextmanager
def judged_by_base(
    root: Path, revision: str | None, policies: Path | None = None
) -> Iterator[JudgedBy | None]:
    """What judges instead of the work tree if a revision is given, as ``judged_by``; else None."""
    if revision is None:
        yield None
        return
    with judged_by(root, revision, (policies or paths.policies_dir()).resolve()) as base:
        yield base


def _in_repository(git: GitRepository, tree: FileTree, policies: Path) -> str | None:
    """Where git has the policies; None if it does not: a virtual environment may lie in here."""
    if not policies.resolve().is_relative_to(git.top.resolve()):
        return None
    start = git.path_of(policies)
    return start if tree.below(start) or git.work_tree().below(start) else None


def _extract(tree: FileTree, path: str, to: Path) -> None:
    """Write a file of the tree, if it is there; a missing one is no settings and no waivers."""
    try:
        real = tree.resolve(path).path
    except OutsideError as error:
        raise UsageError(f"The base revision's {path}: {error}. Repair it there first.") from error
    if tree.is_file(real):
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(tree.read(real))
