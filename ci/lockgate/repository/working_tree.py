"""The commit that a repository's files are, if they are exactly one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate_policies.hcl.reading import CONFIGURATION, VARIABLES

_MOST_NAMED = 5


def clean_commit(root: Path) -> str:
    """The full name of the commit that is checked out.

    Raises UsageError if there is none, or if files differ from it: what is promoted must be what
    the commit says.
    """
    # -z: without it, names that are not plain ASCII come in quotes.
    said = _git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    status = [entry for entry in said.split("\0") if entry]
    changed = [line[3:] for line in status if not line.startswith("??") or _is_read(line[3:])]
    if changed:
        named = ", ".join(changed[:_MOST_NAMED])
        more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
        raise UsageError(
            f"{root} differs from its commit: {named}{more}. What is promoted is a commit: commit "
            "it, put it aside with `git stash -u`, or name it in .gitignore."
        )
    return _git(root, "rev-parse", "--verify", "HEAD").strip()


def _is_read(untracked: str) -> bool:
    """Whether an untracked file could change what is applied; a job's own reports do not."""
    return "envs" in untracked.split("/") or untracked.endswith((*CONFIGURATION, *VARIABLES))


def _git(root: Path, *arguments: str) -> str:
    try:
        finished = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error}. A promotion is of a commit.") from error
    if finished.returncode:
        raise UsageError(
            f"{root}: git says: {finished.stderr.strip()}. A promotion is of a commit: make one."
        )
    return finished.stdout
