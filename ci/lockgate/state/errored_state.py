"""Keeps the state that Terraform could not upload, before the scratch copy it is in is removed.

Terraform writes ``errored.tfstate`` where it runs when the backend takes no state any more. It is
then the only record of what the apply made.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from lockgate.base import paths
from lockgate.targets.target import Workspace

FILE_NAME = "errored.tfstate"
# What every message of a state that was not uploaded says.
KEPT = "The state could not be uploaded"


def rescue(workspace: Workspace) -> str:
    """Move it under LOCKGATE_HOME, and say where it is and how to upload it; "" if there is none.

    A file that cannot be moved stays where it is if that is the environment's own directory.
    """
    left = workspace.directory / FILE_NAME
    if not left.is_file():
        return ""
    name = workspace.environment.name
    # A root module of several is called ENVIRONMENT/DIRECTORY.
    file = f"{name.replace('/', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.tfstate"
    kept = paths.home() / "errored-states" / file
    try:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy_private(left, kept)
        left.unlink()
    except OSError as error:
        if not workspace.lasting:
            kept = workspace.environment.directory / FILE_NAME
            try:
                _copy_private(left, kept)
            except OSError:
                return f"\n{KEPT}, and not be kept either: {error}."
        else:
            kept = left
    upload = f"lockgate push-state {name} {kept}{workspace.option}"
    return (
        f"\n{KEPT}. It is kept in {kept}, the only record of what was made; it may hold secrets. "
        f"Before anything else is applied, upload it: `{upload}`. "
        "The lock of the state may have stayed as well; it is said then how to release it."
    )


def _copy_private(source: Path, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept, source.open("rb") as left:
        shutil.copyfileobj(left, kept)
        kept.flush()
        os.fsync(kept.fileno())
