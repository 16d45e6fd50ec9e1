"""A private directory whose path leaves room for a socket's name: it has a hundred characters."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

_LONGEST = 60
_SHORT = "/tmp"  # noqa: S108 # mkdtemp makes a directory of ours alone in it


def make() -> Path:
    """Make the directory; nobody else can look into it."""
    usual = tempfile.gettempdir()
    return Path(
        tempfile.mkdtemp(prefix="lockgate-", dir=usual if len(usual) < _LONGEST else _SHORT)
    )


def remove(directory: Path) -> None:
    """Remove it with everything in it."""
    shutil.rmtree(directory, ignore_errors=True)
