"""Which processes belong to a run: those that its scratch place was handed down to."""

from __future__ import annotations

import time
from pathlib import Path


def of(place: Path) -> dict[int, str]:
    """The living processes that have a directory as their TMPDIR, with their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended, or it is somebody else's
        if f"TMPDIR={place}".encode() in variables and command:
            found[int(process.name)] = command
    return found


def none_of(place: Path, seconds: float = 10) -> bool:
    """Whether all of them end within some seconds."""
    deadline = time.monotonic() + seconds
    while of(place):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def left_in(place: Path) -> list[str]:
    """What lies in a directory, but for the grammar that python-hcl2's parser keeps there."""
    names = [entry.name for entry in place.iterdir()]
    return [name for name in names if not name.startswith(".lark_cache")]
