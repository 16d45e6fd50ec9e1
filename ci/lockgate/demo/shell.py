"""Runs the commands of a demonstration: each is shown, with what matters of its output.

A command that ends otherwise than it must ends the demonstration.
"""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.demo import trimming
from lockgate.demo.place import Place
from lockgate.demo.trimming import Trim

_LAST_LINES = 25
_LOOK_SECONDS = 0.2
_GOOD, _BAD = ("PASS", "PROMOTED"), ("FAIL", "REFUSED", "NOT SURVIVED", "error:", "STOPPED")


@dataclass(frozen=True)
class Job:
    """A lockgate command that runs beside others; what it says is kept in a file."""

    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> list[str]:
        """The lines of its output, so far."""
        return self.log.read_text("utf-8", "replace").splitlines()


class Shell:
    """Runs commands in the directories of a place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._jobs = 0

    def git(self, *arguments: str, directory: Path, shown: bool = True) -> str:
        """Run git; its output, which is not shown. Raises EngineError if it fails."""
        command = ["git", *arguments]
        if shown:
            _show_command(command)
        process = self._start(command, directory, subprocess.PIPE)
        output = process.communicate()[0].decode("utf-8", "replace")
        _must_end_with(0, process.returncode, command, output.splitlines())
        return output.strip()

    def lockgate(
        self, *arguments: str, directory: Path, must: int = 0, trim: Trim = trimming.rows
    ) -> str:
        """Run a lockgate command, which must end with that exit code; its whole output."""
        command = ["lockgate", *arguments]
        _show_command(command)
        process = self._start(_program(arguments), directory, subprocess.PIPE)
        assert process.stdout is not None
        lines = []
        with process.stdout:
            for raw in process.stdout:
                lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                _show(lines[-1], trim)
        _must_end_with(must, process.wait(), command, lines)
        return "\n".join(lines)

    def begin(self, *arguments: str, directory: Path) -> Job:
        """Begin a lockgate command that runs beside others; ``show_job`` shows it."""
        self._jobs += 1
        log = self.place.directory / f"job-{self._jobs}.log"
        with log.open("wb") as stream:
            return Job(arguments, self._start(_program(arguments), directory, stream), log)

    def finish(
        self, jobs: Sequence[Job], progress: Callable[[], None] | None = None, every: float = 10
    ) -> None:
        """Wait until all of them have ended well; call ``progress`` now and then, in seconds.

        Raises EngineError as soon as one has failed.
        """
        told = time.monotonic()
        while True:
            ended = [job for job in jobs if job.process.poll() is not None]
            for job in ended:
                _must_end_with(0, job.process.returncode, ["lockgate", *job.arguments], job.said)
            if len(ended) == len(jobs):
                return
            if progress and time.monotonic() - told >= every:
                told = time.monotonic()
                progress()
            time.sleep(_LOOK_SECONDS)

    def _start(
        self, command: Sequence[str], directory: Path, output: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                cwd=directory,
                env=self.place.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is this process's: it ends the others with the place.
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(
                f"{command[0]} cannot be run: {error.strerror}. Install it."
            ) from error


def show_job(job: Job, trim: Trim, after: str = "") -> None:
    """Show a job and what it has said so far, as if it had run alone."""
    _show_command(["lockgate", *job.arguments], after)
    for line in job.said:
        _show(line, trim)


def must(condition: bool, expected: str, said: str) -> None:
    """Raise EngineError, with what was said, if something is not as the story has it."""
    if not condition:
        raise EngineError(
            f"The demonstration did not go as it must: {expected}.\n{_last(said.splitlines())}"
        )


def _program(arguments: Sequence[str]) -> list[str]:
    return [*paths.PYTHON, "-m", "lockgate", *arguments]


def _must_end_with(
    expected: int, exit_code: int, command: Sequence[str], lines: Sequence[str]
) -> None:
    if exit_code != expected:
        raise EngineError(
            f"The demonstration did not go as it must: `{shlex.join(command)}` ended with "
            f"{exit_code}, not {expected}.\n{_last(lines)}"
        )


def _last(lines: Sequence[str]) -> str:
    return "\n".join(lines[-_LAST_LINES:])


def _show_command(command: Sequence[str], after: str = "") -> None:
    told = [word for word in command if word != "--quiet"]
    click.secho(f"  $ {shlex.join(told)}{after}", fg="cyan")


def _show(line: str, trim: Trim) -> None:
    text = trim(line)
    if text is not None:
        good, bad = text.lstrip().startswith(_GOOD), text.lstrip().startswith(_BAD)
        click.secho(f"    {text.rstrip()}", fg="green" if good else "red" if bad else None)
