"""How far a promotion got, and through which environments: asked without a command line."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.base.lock_holder import now
from lockgate.promotion.promote import Status, read_course, status_on
from lockgate.promotion.promotion import DONE, FAILED, Promotion, Step
from lockgate.promotion.promotion_journal import PromotionJournals, open_promotion_bucket
from lockgate.promotion.promotion_lease import KEY, PromotionLease
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.environments import MakeEnvironment

_ORDER = "version: 1\npipeline:\n  promotion: [[dev], [prod]]\n"
_GONE = 2**22 + 1


@pytest.fixture
def root(environment: MakeEnvironment) -> Path:
    for name in ("dev", "prod"):
        root = environment('provider "aws" {}\n', name=name).root
    (root / "lockgate.yaml").write_text(_ORDER)
    return root


def test_the_course_is_the_settings_order_or_what_of_it_is_named(root: Path) -> None:
    course = read_course(root, ())
    assert [each.name for each in course.chosen] == ["dev", "prod"]
    assert not course.named
    named = read_course(root, ("prod",))
    assert [each.name for each in named.chosen] == ["prod"]
    assert [each.name for each in named.every] == ["dev", "prod"]
    assert named.named
    with pytest.raises(UsageError, match="nowhere"):
        read_course(root, ("nowhere",))


def test_how_far_it_got_and_who_is_at_it(
    root: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_ENDPOINT", endpoint)
    course = read_course(root, ())
    bucket = open_promotion_bucket(EmbeddedTarget(endpoint, keep_state=True), course.every)
    bucket.remove("lockgate/promotions/latest.json")
    assert status_on("embedded", course, pytest.fail) == Status(None, "")
    steps = {"dev": Step("dev", DONE), "prod": Step("prod", FAILED, "no room")}
    journals = PromotionJournals(bucket)
    journals.begin(Promotion("abc", course.stages, steps, now().isoformat()))
    with PromotionLease(bucket).held("abc", pytest.fail):
        status = status_on("embedded", course, pytest.fail)
    assert status.last is not None
    assert (status.last.state, status.last.exit_code) == ("failed", 3)
    assert status.doing.startswith("Under way: ")
    here = {"host": socket.gethostname(), "renewed": now().isoformat(), "commit": "abc"}
    bucket.write(KEY, {**here, "pid": os.getpid()})
    assert status_on("embedded", course, pytest.fail).doing.startswith("Under way: ")
    bucket.write(KEY, {**here, "pid": _GONE})
    assert "was killed. `lockgate promote --resume`" in (
        status_on("embedded", course, pytest.fail).doing
    )
    bucket.remove(KEY)
    assert status_on("embedded", course, pytest.fail).doing == ""
