"""The promotion's lock on an S3 API: one holds it, the dead are found, and none is robbed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from lockgate.base.errors import EngineError, PolicyError, UsageError
from lockgate.base.lock_holder import now
from lockgate.promotion.promotion import Promotion
from lockgate.promotion.promotion_journal import PromotionJournals, open_promotion_bucket
from lockgate.promotion.promotion_lease import (
    KEY,
    STALE_SECONDS,
    PromotionLease,
    describe,
    is_stale,
)
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket
from lockgate.targets import local_aws
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import EmbeddedTarget

_DEV = Environment("dev", Path("envs/dev"), Path())


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with local_aws.throw_away() as address:
        yield address


@pytest.fixture
def bucket(endpoint: str) -> Iterator[Bucket]:
    opened = open_promotion_bucket(EmbeddedTarget(endpoint, keep_state=True), [_DEV])
    yield opened
    opened.remove(KEY)


@pytest.fixture
def lease(bucket: Bucket) -> PromotionLease:
    return PromotionLease(bucket)


def _others(lease: PromotionLease, count: int) -> list[PromotionLease]:
    return [replace(lease, nonce=f"other-{number}") for number in range(count)]


def test_of_twenty_at_once_one_promotes(lease: PromotionLease) -> None:
    everyone_tried = Event()

    def contend(each: PromotionLease) -> str:
        try:
            with each.held("abc", lambda _: None):
                everyone_tried.wait(30)
                return ""
        except PolicyError as error:
            return str(error)

    with ThreadPoolExecutor(20) as pool:
        futures = [pool.submit(contend, other) for other in _others(lease, 20)]
        losers = _finished(futures, 19)
        everyone_tried.set()
        assert [future.result() for future in futures].count("") == 1
    assert all("A promotion is under way" in future.result() for future in losers)
    assert lease.holder() is None


def _finished(futures: list[Any], count: int) -> list[Any]:
    from concurrent.futures import FIRST_COMPLETED, wait

    done: set[Any] = set()
    waiting = set(futures)
    while len(done) < count:
        finished, waiting = wait(waiting, timeout=30, return_when=FIRST_COMPLETED)
        assert finished, "nobody gave up"
        done |= finished
    return list(done)


def _left_by(lease: PromotionLease, **lock: object) -> dict[str, Any]:
    left = {"commit": "abc", "holder": "ann", "nonce": os.urandom(4).hex(), **lock}
    lease.bucket.write(KEY, left)
    return left


def test_one_that_was_silent_for_too_long_is_taken_over_once(lease: PromotionLease) -> None:
    long_ago = (now() - timedelta(seconds=STALE_SECONDS + 1)).isoformat()
    left = _left_by(lease, host="a-lost-runner", pid=1, since=long_ago, renewed=long_ago)
    said: list[str] = []
    first, second = _others(lease, 2)
    with first.held("abc", said.append):
        assert (lease.holder() or {})["nonce"] == first.nonce
        lease.bucket.write(KEY, left)  # the second looked before the first wrote
        with (
            pytest.raises(PolicyError, match="Somebody else takes over"),
            second.held("abc", said.append),
        ):
            pass
    assert "Took over from a promotion that is dead: ann on a-lost-runner (process 1)" in said[0]


def test_one_that_was_killed_here_is_dead_and_one_elsewhere_may_live() -> None:
    renewed = now().isoformat()
    gone = {"host": socket.gethostname(), "pid": 2**22 + 1, "renewed": renewed}
    assert is_stale(gone)
    assert not is_stale({**gone, "pid": os.getpid()})
    assert not is_stale({**gone, "host": "elsewhere"})
    assert not is_stale({"host": "elsewhere", "renewed": "never"})
    assert "somebody" in describe({})


def test_a_journal_is_read_back_and_what_is_none_is_said(bucket: Bucket) -> None:
    store = PromotionJournals(bucket)
    assert store.read("nothing") is None
    begun = Promotion("abc", (("dev",),), started=now().isoformat())
    store.begin(begun)
    found = store.latest()
    assert found is not None
    assert found.as_json() == begun.as_json()
    bad = {"Bucket": bucket.name, "Key": "lockgate/promotions/bad.json"}
    bucket.client.put_object(**bad, Body=b"{not json")
    with pytest.raises(EngineError, match=r"bad\.json is not JSON"):
        store.read("bad")
    with pytest.raises(EngineError, match="look whether the bucket is there"):
        PromotionJournals(replace(bucket, name="no-such-bucket")).begin(begun)


def test_the_bucket_of_a_real_account_is_the_backends(tmp_path: Path) -> None:
    directory = tmp_path / "envs" / "dev"
    directory.mkdir(parents=True)
    environment = Environment("dev", directory, tmp_path)
    file = directory / "main.tf"
    backend = 'bucket = "states"\n region = "eu-west-1"\n key = "dev"\n'
    file.write_text(f'terraform {{\n backend "s3" {{\n {backend} }}\n}}\n')
    bucket = open_promotion_bucket(AwsTarget(), [environment])
    assert (bucket.name, bucket.client.meta.region_name) == ("states", "eu-west-1")
    file.write_text('terraform {\n backend "local" {}\n}\n')
    with pytest.raises(UsageError, match=r"envs/dev: .* backend \"s3\" with the bucket"):
        open_promotion_bucket(AwsTarget(), [environment])
