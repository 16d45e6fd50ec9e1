"""What CI hosts fan out over: one job for each affected environment."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from lockgate.base.errors import UsageError

# It becomes a part of job names, paths and shell words.
ENVIRONMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


def github(names: Sequence[str]) -> str:
    """The value of ``strategy.matrix``, through ``fromJSON``, in one line. Raises UsageError."""
    return json.dumps({"include": [{"environment": name} for name in _checked(names)]})


def gitlab(names: Sequence[str]) -> str:
    """The value of ``parallel.matrix`` in one line, which is YAML too. Raises UsageError.

    It is an empty list when there is nothing to check.
    """
    checked = _checked(names)
    return json.dumps([{"ENVIRONMENT": checked}] if checked else [])


def _checked(names: Sequence[str]) -> list[str]:
    for name in names:
        if not ENVIRONMENT_NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be the name of a job: name the directory, or the entry of "
                "lockgate.yaml, with letters, digits, - and _ only, 63 at most."
            )
    return list(names)
