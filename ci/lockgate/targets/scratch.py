"""A scratch copy of an environment, where the engine may write.

The copy mirrors the repository: the directories from its root down to the environment are real,
everything beside them is a link, so that ``../../modules/network`` and ``file("../../x")`` lead
where they lead in the repository. What Terraform would leave in the environment's directory stays
in the copy.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockgate.base.errors import EngineError
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.module_files import is_configuration

LOCK_FILE = ".terraform.lock.hcl"
_LEFT_BEHIND = re.compile(
    r"^(\.terraform(\.tfstate.*)?|.*\.tfstate(\..*)?|crash\.log|~?lockgate_override\..*)$"
)
_NAMED = re.compile(
    r"\b(?P<word>on|at) (?P<file>[^\s:]+\.tf(?:vars|\.json)?)(?P<rest>,? line \d+|:\d+)"
)


@contextmanager
def scratch_copy(environment: Environment, *, locked: bool = False) -> Iterator[Path]:
    """The environment's directory in a scratch copy of its repository, removed at the end.

    With ``locked`` its lock file is in it.

    Raises EngineError if there is no room for it.
    """
    try:
        base = Path(tempfile.mkdtemp(prefix="lockgate-"))
    except OSError as error:
        raise EngineError(
            f"No scratch directory can be made: {error}. Is the disk full?"
        ) from error
    try:
        yield _mirror(environment, base, locked)
    except OSError as error:
        raise EngineError(f"The scratch copy in {base} failed: {error}") from error
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _mirror(environment: Environment, base: Path, locked: bool) -> Path:
    here, there = environment.root, base
    for step in environment.directory.relative_to(environment.root).parts:
        for entry in here.iterdir():
            if entry.name not in (step, ".git"):
                (there / entry.name).symlink_to(entry)
        here, there = here / step, there / step
        there.mkdir()
    for entry in here.iterdir():
        if _LEFT_BEHIND.match(entry.name) or (entry.name == LOCK_FILE and not locked):
            continue
        if not entry.is_dir():
            shutil.copy2(entry, there / entry.name)
        elif is_configuration(entry.name) and not entry.is_symlink():
            _directory_of_links(entry, there / entry.name)
        else:
            (there / entry.name).symlink_to(entry)
    return there


def _directory_of_links(directory: Path, there: Path) -> None:
    """A directory with the name of a file, which Terraform passes over; a link to it, it reads."""
    there.mkdir()
    for entry in directory.iterdir():
        (there / entry.name).symlink_to(entry)


def in_repository(message: str, environment: Environment, directory: Path) -> str:
    """A message of Terraform's with the files it names as paths in the repository."""
    inside = environment.directory.relative_to(environment.root)
    base = directory
    for _ in inside.parts:
        base = base.parent
    text = message.replace(f"{base}/", "").replace(f"{environment.root}/", "")

    def rename(match: re.Match[str]) -> str:
        path = (environment.directory / match.group("file")).resolve()
        if not path.is_relative_to(environment.root):
            return match.group(0)
        named = path.relative_to(environment.root)
        return f"{match.group('word')} {named}{match.group('rest')}"

    return _NAMED.sub(rename, text)
