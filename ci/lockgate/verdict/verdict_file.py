"""Reads a verdict back from its JSON, as ``report_json`` writes it.

What is derived there (``passes``, ``exit_code``, ``rules``) is not read but derived again, so that
a file cannot claim to pass with findings that do not.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from lockgate.base.errors import UsageError
from lockgate.verdict import loss_text, losses
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict, Waived
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.model.what_if import LossOutcome

FILE_NAME = "verdict.json"
VERSION = 1


def read_verdict(path: Path) -> GateVerdict:
    """The verdict in a file. Raises UsageError for a file that is none, with what is wrong."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. `lockgate check --report DIR` writes it."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not valid JSON: {error}") from error
    return parse_verdict(document, str(path))


def parse_verdict(document: object, name: str) -> GateVerdict:
    """The verdict in a JSON document; ``name`` is what messages call it. Raises UsageError."""
    if isinstance(document, dict) and document.get("static"):
        raise UsageError(f"{name} is of a static check, which judges no plan: it proves nothing")
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise UsageError(
            f"{name} is not a verdict of version {VERSION}: write it with this version's "
            "`lockgate check --report DIR`"
        )
    try:
        return GateVerdict(
            tuple(_environment(each) for each in _items(document, "environments")),
            tuple(_texts(document, "notes")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{name} is no verdict as Lockgate writes it: {_said(error)}") from error


def _environment(document: Any) -> EnvironmentVerdict:
    name = _text(document, "environment")
    return EnvironmentVerdict(
        environment=name,
        findings=tuple(_finding(name, each) for each in _items(document, "findings")),
        problems=tuple(_texts(document, "problems")),
        engine_error=_text(document, "engine_error"),
        losses=tuple(_loss(each) for each in _items(document, "losses")),
    )


def _loss(document: Any) -> LossOutcome:
    found = losses.from_json(document)
    # Values of another kind show here, and not while a report is being written.
    loss_text.headline(found)
    loss_text.tables(found)
    return found


def _finding(environment: str, document: Any) -> EnvironmentFinding:
    return EnvironmentFinding(
        environment=environment,
        rule=_text(document, "rule"),
        title=_text(document, "title"),
        verdict=Verdict(document["verdict"]),
        address=_text(document, "address"),
        location=_text(document, "location"),
        message=_text(document, "message"),
        fix=_text(document, "fix"),
        waived=_waived(document["waived"]),
    )


def _waived(document: Any) -> Waived | None:
    if document is None:
        return None
    return Waived(
        reason=_text(document, "reason"),
        owner=_text(document, "owner"),
        expires=date.fromisoformat(document["expires"]),
        days_left=int(document["days_left"]),
    )


def _items(document: Any, key: str) -> list[Any]:
    value = document[key]
    if not isinstance(value, list):
        raise TypeError(f"{key} is no list")
    return value


def _text(document: Any, key: str) -> str:
    """A text, or "" for null, which stands for an absent one."""
    value = document[key]
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value or ""


def _texts(document: Any, key: str) -> list[str]:
    values = _items(document, key)
    if not all(isinstance(value, str) for value in values):
        raise TypeError(f"{key} holds something that is no text")
    return values


def _said(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
