"""What plans environments for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.judging.plan_making import ResolvedPlans
from lockgate.judging.recorded_look_ups import read_recorded
from lockgate_policies.model.settings import Settings


@pytest.fixture(scope="module")
def plans() -> Iterator[ResolvedPlans]:
    """One warm engine for all tests of a file."""
    engine = Engine.find()
    settings = Settings(provider="bundled")
    warm = ResolvedPlans(
        [],
        engine,
        ProviderChoice.of_this_run(engine),
        lambda _: settings,
        1,
        lambda one: read_recorded(one.root, one.name, datetime.now(UTC)),
    )
    yield warm
    warm.stop()
