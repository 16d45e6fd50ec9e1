"""Running a slow command: a line now and then while it works, its last words when it fails."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lockgate.base.errors import UsageError

Say = Callable[[str], None]


def run(command: Sequence[str | Path], *, doing: str, fix: str, say: Say, every: float = 5) -> None:
    """Run `command`, telling `say` every `every` seconds how long it has taken and where it is.

    `doing` completes "could not …", `fix` says what to do about it; both are for the error.

    Raises:
        UsageError: the command cannot be started or fails; with the last lines of its output.
    """
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise UsageError(f"could not {doing}: {error}.\n{fix}") from error
        try:
            while (exit_code := _wait(process, every)) is None:
                where = "".join(_last_lines(output.fileno(), 1)).strip()
                say(f"  {time.monotonic() - started:.0f} s  {where[:80]}".rstrip())
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if exit_code:
            tail = "\n".join(f"  {line}" for line in _last_lines(output.fileno(), 12))
            raise UsageError(f"could not {doing} (exit code {exit_code}):\n{tail}\n{fix}")


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


def _last_lines(output: int, count: int) -> list[str]:
    # pread: the process writes at the position that this descriptor shares with it.
    end = os.pread(output, 8192, max(0, os.fstat(output).st_size - 8192))
    return [line for line in end.decode(errors="replace").splitlines() if line.strip()][-count:]
