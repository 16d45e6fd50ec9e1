"""The throw-away place of a demonstration: a directory, and the processes that work in it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.sealing.sealing_key import VARIABLE as SEALING_KEY
from lockgate.targets.target_selection import ENDPOINT_VARIABLE

_END_SECONDS = 20


@dataclass(frozen=True)
class Place:
    """Where a demonstration happens, and the environment variables of what runs there."""

    directory: Path
    variables: dict[str, str]

    @property
    def scratch(self) -> Path:
        """The directory for temporary files; every process of the place has it as its TMPDIR."""
        return self.directory / "tmp"

    def processes(self) -> list[int]:
        """The living processes of the place, and theirs, whatever session they are in."""
        mark = f"TMPDIR={self.scratch}".encode()
        processes = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it ended, or it is somebody else's
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    processes.append(int(process.name))
        return processes


@contextmanager
def throw_away(endpoint: str, terraform: str | None = None) -> Iterator[Place]:
    """A new place, whose AWS is at ``endpoint``; at the end nothing of it is left.

    Raises EngineError if its directory cannot be made, or something of it does not end.
    """
    try:
        directory = Path(tempfile.mkdtemp(prefix="lockgate-demo-"))
        place = Place(directory, _variables(directory / "tmp", endpoint, terraform))
        place.scratch.mkdir()
    except OSError as error:
        raise EngineError(f"No directory can be made: {error}. Is the disk full?") from error
    try:
        yield place
    finally:
        with _deaf():
            _end(place)
            shutil.rmtree(directory, ignore_errors=True)


def _variables(scratch: Path, endpoint: str, terraform: str | None) -> dict[str, str]:
    # GIT_DIR and its like are set where a hook calls; the user's hooks and signatures stay out.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com"))
    }
    return {
        **inherited,
        **identity,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PYTHONPATH": paths.import_path(),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(scratch),
        ENDPOINT_VARIABLE: endpoint,
        SEALING_KEY: secrets.token_urlsafe(32),
        **({"LOCKGATE_TERRAFORM": terraform} if terraform else {}),
    }


@contextmanager
def _deaf() -> Iterator[None]:
    """Cleaning up takes a moment; a second Ctrl-C would leave the rest behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _end(place: Place) -> None:
    """Kill what still runs: its state goes with the AWS it is kept in, so there is none to save."""
    deadline = time.monotonic() + _END_SECONDS
    while living := place.processes():
        for pid in living:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise EngineError(f"These processes do not end: {', '.join(map(str, living))}.")
        time.sleep(0.05)
