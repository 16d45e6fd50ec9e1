"""Runs Terraform commands as they are asked for: ``python -m lockgate.engine.terraform_worker``.

Each line of standard input is a command in JSON, ``{"arguments": [...], "stdout": PATH, "stderr":
PATH}``; each line of standard output is the exit code of one. A process that plans one environment
after the other reads the provider's schema once.
"""

from __future__ import annotations

import json
import os
import sys

from lockgate.engine.terraform_cli import Step, run_steps


def main() -> int:
    """Run what standard input says, until it ends."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        for line in sys.stdin:
            asked = json.loads(line)
            # Terraform closes both.
            step = Step(asked["arguments"], _open(asked["stdout"]), _open(asked["stderr"]))
            (exit_code,) = run_steps([step])
            answers.write(f"{exit_code}\n")
            answers.flush()
    return 0


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


if __name__ == "__main__":
    sys.exit(main())
