"""A plan file that carries what a plan leaves out: its HCL facts, settings and environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lockgate.base.errors import EngineError


def attach(plan: Path, carried: dict[str, Any]) -> None:
    """Put ``carried`` under the key ``lockgate`` of a plan's JSON file, in place.

    The text is extended, not parsed: a plan can be a hundred megabytes long.

    Raises EngineError if the file does not hold a JSON object.
    """
    try:
        _attach(plan, carried)
    except OSError as error:
        raise EngineError(f"{plan}: {error.strerror}: is the disk full?") from error


def _attach(plan: Path, carried: dict[str, Any]) -> None:
    text = plan.read_bytes().lstrip()
    if not text.startswith(b"{"):
        raise EngineError(f"{plan}: Terraform's plan is not a JSON object")
    rest = text[1:].lstrip()
    comma = b"" if rest.startswith(b"}") else b","
    head = json.dumps({"lockgate": carried}).encode()
    plan.write_bytes(head[:-1] + comma + rest)
