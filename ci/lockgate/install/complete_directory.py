"""A directory that is built once: complete, or not there at all.

A stamp is written into the directory last, so whatever an interruption, a full disk or a crash
leaves behind has none and is built anew. The builder holds a lock that the system releases with
its process: of two at once the second waits, then finds the work done.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.base.errors import UsageError
from lockgate.install.slow_command import Say

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class StampedDirectory:
    """A directory at `path`, complete when its stamp carries `key`.

    `key` says what it was built from. `needs` is the room a build takes at most, in bytes.
    """

    path: Path
    key: str
    needs: int

    @property
    def _stamp(self) -> Path:
        return self.path / ".complete.json"

    def facts(self) -> Facts | None:
        """Return what the builder recorded, or None if the directory is not complete."""
        try:
            stamp = json.loads(self._stamp.read_text("utf-8"))
            return dict(stamp["facts"]) if stamp["key"] == self.key else None
        except (OSError, ValueError, KeyError, TypeError):
            # An unreadable stamp vouches for nothing, whatever the reason.
            return None

    def build(self, fill: Callable[[Path], Facts], is_done: Callable[[], bool], say: Say) -> None:
        """Let `fill` build the directory from nothing and stamp it, unless `is_done` by then.

        Raises:
            UsageError: there is no room for it, or it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _lock(self.path.with_name(f"{self.path.name}.lock"), say):
                if not is_done():
                    self._clear()
                    self._require_room()
                    try:
                        self.path.mkdir()
                        self._write_stamp(fill(self.path))
                    except BaseException:
                        # Room on a full disk, and nothing half-done for people to find.
                        self._clear()
                        raise
        except OSError as error:
            raise UsageError(_explain(error, self.path)) from error

    def _clear(self) -> None:
        self._stamp.unlink(missing_ok=True)
        if self.path.exists():
            shutil.rmtree(self.path)

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.path.parent).free
        if free < self.needs:
            raise UsageError(
                f"{self.path} needs up to {megabytes(self.needs)}, and {megabytes(free)} are free "
                "on its disk. Free some space, or set LOCKGATE_HOME to a directory on another disk."
            )

    def _write_stamp(self, facts: Facts) -> None:
        unfinished = self._stamp.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"key": self.key, "facts": facts}, indent=2), "utf-8")
        unfinished.replace(self._stamp)


def megabytes(count: int) -> str:
    """Return `count` bytes as people read them, in units of 10^6."""
    return f"{count / 1e6:,.0f} MB"


@contextmanager
def _lock(path: Path, say: Say) -> Iterator[None]:
    try:
        import fcntl
    except ImportError as error:
        raise UsageError(
            "Lockgate runs on Linux and macOS. On Windows, run it in the Windows Subsystem for "
            "Linux."
        ) from error
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another set-up that is working on {path.with_suffix('')}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _explain(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"the disk filled up while building {path}; what was built of it is removed. Free some "
            "space, or set LOCKGATE_HOME to a directory on another disk."
        )
    return (
        f"cannot build {path}: {error}. Make its directory writable, or set LOCKGATE_HOME to "
        "another one."
    )
