"""Installs the Lockgate that this file belongs to, from pinned and hashed packages.

Usage: python install.py DIRECTORY. The command is DIRECTORY/bin/lockgate afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ci"))

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.install.slow_command import Say  # noqa: E402
from lockgate.install.virtual_environment import VirtualEnvironment  # noqa: E402

# Bytes, measured and rounded up.
NEEDS = 700_000_000


def install(directory: Path, say: Say) -> None:
    """Build the environment unless it is ready, and make this checkout's `lockgate` run in it."""
    environment = VirtualEnvironment(directory, ROOT / "requirements" / "toolkit.txt", NEEDS)

    def link_checkout() -> None:
        (packages,) = directory.glob("lib/python*/site-packages")
        (packages / "lockgate.pth").write_text(f"{ROOT / 'ci'}\n{ROOT / 'policies'}\n", "utf-8")
        program = directory / "bin" / "lockgate"
        program.write_text(program_text(environment.python), "utf-8")
        program.chmod(0o755)

    environment.build(say, link_checkout)


def program_text(python: Path) -> str:
    """The command: -P, so that nothing of the directory that it is run in is imported."""
    return f'#!/bin/sh\nexec "{python}" -P -m lockgate "$@"\n'


def main(arguments: list[str]) -> int:
    """Install into the directory that the arguments name; return the exit code."""
    if len(arguments) != 1:
        print("usage: install.py DIRECTORY", file=sys.stderr)
        return 2
    try:
        install(Path(arguments[0]).absolute(), lambda line: print(line, flush=True))
    except LockgateError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
