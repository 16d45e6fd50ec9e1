"""The plans that the real engine made of the rules' cases, which tests judge without an engine.

``rules/<ID>.json`` holds, by the name of the case and by the kind of recording, one document a
line. Each carries the sha256 of what it was made from, so that a plan of yesterday's case is
noticed. scripts/record_plans.py writes them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.policies.rule_cases import Case

Document = dict[str, Any]
Recordings = dict[str, dict[str, Document]]
PlanOf = Callable[..., str]
"""Where a case's recorded plan stands as a file: the fixture ``plan_of``."""

PLAN, RESOLVED = "plan", "resolved"
KINDS = (PLAN, RESOLVED)
"""What is recorded of every case: Terraform's plan, and the one that `lockgate check` judges."""


def recorded(case: Case, kind: str = PLAN) -> Document:
    """What was recorded of a case, the caller's own to change. Raises KeyError without one."""
    return copy.deepcopy(recordings_beside(case.path)[case.name][kind])


def is_current(case: Case, kind: str = PLAN) -> bool:
    """Tell whether a recording was made of the case as it is."""
    document = recordings_beside(case.path).get(case.name, {}).get(kind)
    return document is not None and bool(document["lockgate"]["recorded_from"] == case.sources)


@cache
def recordings_beside(path: Path) -> Recordings:
    """What is recorded beside a rule's cases; nothing if there is no file yet."""
    file = _file(path)
    recordings: Recordings = json.loads(file.read_bytes()) if file.is_file() else {}
    return recordings


def keep(path: Path, cases: Iterable[Case], made: Recordings) -> None:
    """Write what was made of a rule's cases, with what is current; drop what is neither.

    The same recordings always give the same bytes.
    """
    before = recordings_beside(path)
    kept: Recordings = {}
    for case in cases:
        current = {
            kind: document
            for kind, document in before.get(case.name, {}).items()
            if is_current(case, kind)
        }
        if documents := current | made.get(case.name, {}):
            kept[case.name] = documents
    if kept:
        _file(path).write_text(_lines(kept), encoding="utf-8")
    else:
        _file(path).unlink(missing_ok=True)
    recordings_beside.cache_clear()


def _file(path: Path) -> Path:
    return path.with_suffix(".json")


def _lines(recordings: Recordings) -> str:
    """One line per recording, so that a difference shows which it is."""
    cases = [
        f"{json.dumps(name)}: {{\n" + ",\n".join(_line(*item) for item in sorted(kinds.items()))
        for name, kinds in sorted(recordings.items())
    ]
    return "{\n" + "\n},\n".join(cases) + "\n}\n}\n"


def _line(kind: str, document: Document) -> str:
    return f"{json.dumps(kind)}: {json.dumps(document, sort_keys=True, separators=(',', ':'))}"
