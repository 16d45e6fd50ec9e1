"""Where things are: the user's repository, Lockgate's own files, and its home for downloads."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from lockgate.base.errors import PolicyError, UsageError

SETTINGS_FILE = "lockgate.yaml"
WAIVERS_FILE = "waivers.yaml"
LOOK_UPS = "lookups"
# Python for processes of Lockgate's own. -P: they run in directories of a change, and would import
# a json.py that lies there instead of Python's.
PYTHON = (sys.executable, "-P")

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent.parent


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


def look_ups_file(environment: str) -> str:
    """Return where an environment's look-ups are recorded, in its repository."""
    return f"{LOOK_UPS}/{environment}.json"


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
    """Return the directory of the policies, the package `lockgate_policies`."""
    spec = importlib.util.find_spec("lockgate_policies")
    if spec is None or spec.origin is None:
        raise PolicyError("The policies are not installed. Install Lockgate again.")
    return Path(spec.origin).resolve().parent


def import_path() -> str:
    """Return what PYTHONPATH must hold for a process of Lockgate's own to import it."""
    return os.pathsep.join(map(str, dict.fromkeys((_PACKAGE.parent, policies_dir().parent))))


def requirements_dir() -> Path:
    """Return the directory of the pinned requirement files: the checkout's, or the wheel's."""
    return _carried("requirements")


def modules_dir() -> Path:
    """Return the directory of the Terraform modules: the checkout's, or the wheel's."""
    return _carried("modules")


def _carried(name: str) -> Path:
    # The build puts it inside the package; a checkout has it at its top.
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _CHECKOUT / name
