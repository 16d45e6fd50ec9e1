"""What the tests of the rules share: a case's recorded plan, as the file that a user would have."""

from __future__ import annotations

import json

import pytest

from tests.policies.recorded_plans import PLAN, PlanOf, recorded
from tests.policies.rule_cases import Case


@pytest.fixture(scope="module")
def plan_of(tmp_path_factory: pytest.TempPathFactory) -> PlanOf:
    """Writes a case's plan once, and tells where."""
    directory = tmp_path_factory.mktemp("plans")
    places: dict[tuple[str, str], str] = {}

    def place(case: Case, kind: str = PLAN) -> str:
        if (case.id, kind) not in places:
            path = directory / f"{len(places)}.json"
            path.write_text(json.dumps(recorded(case, kind)), encoding="utf-8")
            places[case.id, kind] = str(path)
        return places[case.id, kind]

    return place
