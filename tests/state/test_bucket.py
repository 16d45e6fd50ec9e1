"""Objects in a bucket: of many who write at once one wins, and nobody writes over the unseen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lockgate.base.errors import EngineError
from lockgate.state.bucket import Bucket
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client

_KEY = "lockgate/thing.json"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with local_aws.throw_away() as endpoint:
        s3 = client("s3", "us-east-1", endpoint, 10)
        s3.create_bucket(Bucket="things")
        yield Bucket(s3, "things", "Look there.")


@pytest.fixture(autouse=True)
def empty(bucket: Bucket) -> None:
    bucket.remove(_KEY)


def test_an_object_is_created_once(bucket: Bucket) -> None:
    assert bucket.read(_KEY) is None
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda number: bucket.create(_KEY, [number]), range(8)))
    assert created.count(True) == 1
    stored = bucket.read(_KEY)
    assert stored
    assert stored.json() == [created.index(True)]


def test_only_what_was_seen_is_replaced_and_deleted(bucket: Bucket) -> None:
    bucket.write(_KEY, 1)
    first = bucket.read(_KEY)
    assert first
    assert bucket.replace(_KEY, 2, first)
    assert not bucket.replace(_KEY, 3, first)
    assert not bucket.delete(_KEY, first)
    second = bucket.read(_KEY)
    assert second
    assert second.json() == 2
    assert bucket.delete(_KEY, second)
    assert not bucket.delete(_KEY, second)
    assert not bucket.replace(_KEY, 4, second)
    assert bucket.read(_KEY) is None


def test_every_key_is_listed_however_many_pages_they_fill(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [f"many/{number:02}" for number in range(5)]
    for key in wanted:
        bucket.write(key, None)
    pages = bucket.client.list_objects_v2
    monkeypatch.setattr(
        bucket.client, "list_objects_v2", lambda **given: pages(MaxKeys=2, **given), raising=False
    )
    assert bucket.keys("many/") == wanted


@pytest.mark.parametrize("ask", ["read", "remove", "keys"])
def test_a_bucket_that_is_not_there_is_no_answer(bucket: Bucket, ask: str) -> None:
    nowhere = replace(bucket, name="not-there")
    with pytest.raises(
        EngineError, match=r"^s3://not-there/lockgate/thing\.json: .* Look there\.$"
    ):
        getattr(nowhere, ask)(_KEY)
