"""A plan file that carries what a plan leaves out: its HCL facts, settings and environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lockgate.base.errors import EngineError, UsageError
from lockgate_policies.model.plan_values import as_dict, as_text

_CARRIED = b'{"lockgate":'


def carried(plan: Path) -> dict[str, Any]:
    """What Lockgate put at the beginning of a plan; the rest, however long, is not parsed.

    Raises UsageError for a file that is no JSON object.
    """
    try:
        with plan.open("rb") as stream:
            start = stream.read(len(_CARRIED))
            if not start.lstrip().startswith(b"{"):
                raise UsageError(f"{plan} is no plan in JSON: write it with `lockgate plan --out`")
            if start != _CARRIED:
                return {}
            text = stream.read().decode("utf-8", "replace").lstrip()
    except OSError as error:
        raise UsageError(f"{plan} cannot be read: {error.strerror}") from error
    try:
        head, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{plan} is not valid JSON: {error}") from error
    return as_dict(head)


def provider(carried: dict[str, Any]) -> str:
    """The provider that a plan was made with, by what it carries; "" where that does not tell."""
    resolved = as_dict(carried.get("resolved"))
    return as_text(resolved.get("provider") or carried.get("provider")) or ""


def attach(plan: Path, carried: dict[str, Any]) -> None:
    """Put ``carried`` under the key ``lockgate`` of a plan's JSON file, in place.

    What it carries there already stays beside it. The rest of the text is not parsed: a plan can
    be a hundred megabytes long.

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
    try:
        before, rest = _carried_already(text)
    except ValueError as error:
        raise EngineError(f"{plan}: the plan is no whole JSON object: {error}") from error
    comma = b"" if rest.startswith(b"}") else b","
    head = json.dumps({"lockgate": {**before, **carried}}).encode()
    plan.write_bytes(head[:-1] + comma + rest)


def _carried_already(text: bytes) -> tuple[dict[str, Any], bytes]:
    """What the plan carries at its beginning, as a resolved one does, and the text behind it."""
    if not text.startswith(_CARRIED):
        return {}, text[1:].lstrip()
    inside = text[len(_CARRIED) :].decode("utf-8").lstrip()
    before, end = json.JSONDecoder().raw_decode(inside)
    return before, inside[end:].lstrip().removeprefix(",").lstrip().encode()
