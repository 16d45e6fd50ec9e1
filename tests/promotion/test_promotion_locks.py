"""What a promotion does about the environments' locks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lockgate.locks.environment_lock import EnvironmentLock
from lockgate.locks.environment_lock_store import ADVICE, PREFIX, EnvironmentLockStore
from lockgate.promotion.promotion_locks import PromotionLocks
from lockgate.state.bucket import Bucket
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client


@pytest.fixture(scope="module")
def store() -> Iterator[EnvironmentLockStore]:
    with local_aws.throw_away() as endpoint:
        s3 = client("s3", "us-east-1", endpoint)
        s3.create_bucket(Bucket="locks")
        yield EnvironmentLockStore(Bucket(s3, "locks", ADVICE))


@pytest.fixture
def held(store: EnvironmentLockStore) -> EnvironmentLockStore:
    store.bucket.client.delete_object(Bucket="locks", Key=f"{PREFIX}prod.json")
    store.acquire(EnvironmentLock("prod", 7, "ann", "2026-11-25T08:00:00+00:00"))
    return store


def test_the_merged_pull_requests_lock_is_released(held: EnvironmentLockStore) -> None:
    locks = PromotionLocks({"prod": held}, 7)
    assert locks.made_stale("prod") == ""
    assert locks.release("prod").startswith("prod is released; it was locked by pull request 7")
    assert held.held("prod") is None
    assert (locks.release("prod"), locks.made_stale("prod")) == ("", "")


@pytest.mark.parametrize("number", [8, None])
def test_anothers_lock_stays_and_its_plan_is_called_stale(
    held: EnvironmentLockStore, number: int | None
) -> None:
    locks = PromotionLocks({"prod": held}, number)
    assert "prod was locked by pull request 7 (ann), since 2026-11-25T08:00" in (
        locks.made_stale("prod")
    )
    assert locks.release("prod") == ""
    assert held.held("prod") is not None


def test_a_lock_that_cannot_be_read_is_nobodys_own(held: EnvironmentLockStore) -> None:
    held.bucket.client.put_object(Bucket="locks", Key=f"{PREFIX}prod.json", Body=b"{")
    locks = PromotionLocks({"prod": held}, 7)
    assert "somebody: its lock cannot be read" in locks.made_stale("prod")
    assert locks.release("prod") == ""
    assert held.held("prod") is not None


def test_a_bucket_that_does_not_answer_is_said_and_stops_nothing(
    store: EnvironmentLockStore,
) -> None:
    nowhere = EnvironmentLockStore(replace(store.bucket, name="not-there"))
    locks = PromotionLocks({"prod": nowhere}, 7)
    assert "is not known" in locks.made_stale("prod")
    assert "`lockgate unlock prod --pull-request 7` releases it" in locks.release("prod")
    assert PromotionLocks({}, 7).release("prod") == ""
