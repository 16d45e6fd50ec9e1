"""Runs several Terraform commands in one process: ``python -m lockgate.engine.terraform_sequence``.

Standard input holds the commands as JSON, a list of ``{"arguments": [...], "stdout": PATH,
"stderr": PATH, "accepted": [0, 2]}``. Standard output gets the exit codes as a JSON list, which is
shorter than the list of commands if one failed or was interrupted.
"""

from __future__ import annotations

import json
import os
import sys

from lockgate.engine.terraform_cli import Step, configure_mirror, run_steps


def main() -> int:
    """Run what standard input says."""
    configure_mirror()
    steps = [
        Step(
            entry["arguments"],
            _open(entry["stdout"]),
            _open(entry["stderr"]),
            tuple(entry["accepted"]),
        )
        for entry in json.load(sys.stdin)
    ]
    json.dump(run_steps(steps), sys.stdout)
    return 0


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


if __name__ == "__main__":
    sys.exit(main())
