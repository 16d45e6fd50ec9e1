"""What the tests of the rules share: a case's recorded plan, as the file that a user would have."""

from __future__ import annotations

import json

import pytest

from tests.policies.recorded_plans import PLAN, Document, PlanOf, recorded
from tests.policies.rule_cases import Case


@pytest.fixture(scope="module")
def plan_of(tmp_path_factory: pytest.TempPathFactory) -> PlanOf:
    """Writes a case's plan once, and tells where."""
    directory = tmp_path_factory.mktemp("plans")
    places: dict[tuple[str, str], str] = {}

    def place(case: Case, kind: str = PLAN) -> str:
        if (case.id, kind) not in places:
            path = directory / f"{len(places)}.json"
            document = recorded(case, kind)
            _as_a_pair(case, document)
            path.write_text(json.dumps(document), encoding="utf-8")
            places[case.id, kind] = str(path)
        return places[case.id, kind]

    return place


def _as_a_pair(case: Case, document: Document) -> None:
    """Judge a case as an active-passive pair, unless it says what it is for.

    A case shows one rule on a part of an environment, which by itself would be taken for less. The
    rule about what is inferred is asked of the plan as it is.
    """
    if case.rule == "LG_REGION_10":
        return
    carried = document["lockgate"]
    settings = carried.get("settings") or {}
    defaults = {"strategy": "active-passive", **(settings.get("defaults") or {})}
    carried["settings"] = {**settings, "defaults": defaults}
