"""Where things are: the user's repository, Lockgate's own files, and its home for downloads."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lockgate.errors import UsageError

SETTINGS_FILE = "lockgate.yaml"
# Python for processes of Lockgate's own. -P: they run in directories of a change, and would import
# a json.py that lies there instead of Python's.
PYTHON = (sys.executable, "-P")

_PACKAGE = Path(__file__).resolve().parent


def repository_root(start: Path | None = None) -> Path:
    """Return the nearest ancestor of `start` (default: the working directory) that is a repository.

    A repository is a directory with `lockgate.yaml` or `.git` in it.

    Raises:
        UsageError: there is none up to the root of the file system.
    """
    origin = (start or Path.cwd()).resolve()
    for directory in (origin, *origin.parents):
        if (directory / SETTINGS_FILE).is_file() or (directory / ".git").exists():
            return directory
    raise UsageError(
        f"{origin} is not in a repository: neither it nor a directory above it has "
        f"{SETTINGS_FILE} or .git. Change into your repository, or make an empty {SETTINGS_FILE} "
        "at its root."
    )


def home() -> Path:
    """Return the directory for what Lockgate downloads and builds; it need not exist yet.

    `LOCKGATE_HOME` if set, else `lockgate` in `XDG_CACHE_HOME`, else `~/.cache/lockgate`. It is
    shared by every checkout of one user, and safe to delete.
    """
    if own := os.environ.get("LOCKGATE_HOME"):
        return Path(own).expanduser().absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification says to ignore a relative path.
    return (cache if cache.is_absolute() else Path.home() / ".cache") / "lockgate"


def policies_dir() -> Path:
    """Return the directory of the policies: the checkout's, or the one inside the wheel."""
    return (_PACKAGE / "policies").resolve()


def requirements_dir() -> Path:
    """Return the directory of the pinned requirement files: the checkout's, or the wheel's."""
    return (_PACKAGE / "requirements").resolve()
