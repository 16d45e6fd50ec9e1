"""The record of an apply: what it makes, and what a plan after a kill would make twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lockgate.applying.apply_record import (
    ApplyRecord,
    addresses_of,
    made_again,
    orphans,
    read_record,
)
from lockgate.applying.apply_record_store import ADVICE, ApplyRecordStore, open_record_store
from lockgate.applying.environment_apply import destroy
from lockgate.applying.recorded_apply import apply_recorded, stop_second_making
from lockgate.base.errors import EngineError, PolicyError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket
from lockgate.targets.aws_api import client
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Workspace
from tests.environments import MakeEnvironment

_EMPTY = ApplyRecord("ann@host", "2026-11-25T08:00:00+00:00")
_RECORD = ApplyRecord("ann@host", "2026-11-25T08:00:00+00:00", {"a.b": "id-1"}, ("a.c",))


def _line(kind: str, address: str, action: str = "create", **more: str) -> str:
    hook = {"resource": {"addr": address}, "action": action, **more}
    return json.dumps({"type": kind, "hook": hook})


def _plan(address: str, *actions: str, before: Any = None, **more: Any) -> dict[str, Any]:
    change = {"actions": list(actions), "before": before, **more}
    return {"resource_changes": [{"address": address, "change": change}]}


def test_a_record_follows_what_terraform_says() -> None:
    record = _EMPTY
    for line in (
        "no event",
        "[]",
        '{"type": "version"}',
        _line("apply_start", "a.c"),
        _line("apply_start", "a.b"),
        _line("apply_start", "a.d"),
        _line("apply_errored", "a.d"),
        _line("apply_start", "a.e", "delete"),
        _line("apply_complete", "a.b", id_key="id", id_value="id-1"),
    ):
        record = record.after(line)
    assert record == _RECORD
    assert not record.empty
    assert record.without({"a.b", "a.c"}).empty


def test_a_record_is_read_as_it_was_written() -> None:
    assert read_record(json.loads(json.dumps(_RECORD.as_json()))) == _RECORD
    documents: tuple[object, ...] = (None, [], {}, {**_RECORD.as_json(), "made": []})
    assert [document for document in documents if read_record(document) is not None] == []


@pytest.mark.parametrize(
    ("plan", "twice"),
    [
        (_plan("a.b", "create"), ("a.b",)),
        (_plan("a.c", "create"), ("a.c",)),
        (_plan("a.d", "create"), ()),
        (_plan("a.b", "create", importing={"id": "id-1"}), ()),
        (_plan("a.b", "no-op", before={"id": "id-1"}), ()),
        (_plan("a.b", "update", before={"id": "id-1"}), ()),
        # The state knows what was made, and it is to be replaced.
        (_plan("a.b", "delete", "create", before={"id": "id-1"}), ()),
        # It knows only what was there before, which was to be replaced.
        (_plan("a.b", "create", "delete", before={"id": "id-0"}), ("a.b",)),
        ({}, ()),
    ],
)
def test_what_would_be_made_twice(plan: dict[str, Any], twice: tuple[str, ...]) -> None:
    assert made_again(_RECORD, plan) == twice


def test_what_no_plan_knows_of_is_said() -> None:
    assert orphans(_RECORD, _plan("a.c", "create")) == ("a.b",)
    assert orphans(_RECORD, _plan("a.b", "create")) == ("a.c",)
    assert orphans(_RECORD, {}) == ("a.b", "a.c")


def test_the_addresses_of_a_state() -> None:
    state = {
        "resources": [
            {"type": "t", "name": "one", "instances": [{}]},
            {"type": "t", "name": "counted", "instances": [{"index_key": 0}, {"index_key": 1}]},
            {
                "module": 'module.m["x"]',
                "type": "t",
                "name": "each",
                "instances": [{"index_key": 'a"b'}],
            },
            {"type": "t", "name": "none", "instances": []},
        ]
    }
    assert addresses_of(state) == {
        "t.one",
        "t.counted[0]",
        "t.counted[1]",
        'module.m["x"].t.each["a\\"b"]',
    }
    assert addresses_of({}) == frozenset()


@pytest.fixture
def store(endpoint: str) -> Iterator[ApplyRecordStore]:
    s3 = client("s3", "us-east-1", endpoint, 10)
    s3.create_bucket(Bucket="records")
    yield ApplyRecordStore(Bucket(s3, "records", ADVICE), "lockgate/applies/dev.json")
    s3.delete_object(Bucket="records", Key="lockgate/applies/dev.json")


def test_only_one_apply_writes_its_record(store: ApplyRecordStore) -> None:
    assert store.read() is None
    store.begin(_EMPTY)
    seen = store.read()
    assert seen
    assert seen.record == _EMPTY
    with pytest.raises(EngineError, match="Another apply began"):
        store.begin(_EMPTY)
    store.write(_RECORD)
    with pytest.raises(EngineError, match="Another apply began"):
        store.remove(seen)
    now = store.read()
    assert now
    assert now.record == _RECORD
    store.remove(now)
    assert store.read() is None


def test_a_record_that_cannot_be_read_stops_everything(store: ApplyRecordStore) -> None:
    store.bucket.client.put_object(Bucket=store.bucket.name, Key=store.key, Body=b"{")
    with pytest.raises(EngineError, match="cannot be read"):
        store.read()
    nowhere = ApplyRecordStore(replace(store.bucket, name="not-there"), store.key)
    with pytest.raises(EngineError, match="s3://not-there/"):
        nowhere.read()


def test_a_person_says_what_does_not_stand(store: ApplyRecordStore) -> None:
    store.begin(_RECORD)
    seen = store.read()
    assert seen
    plan = _plan("a.b", "create")
    with pytest.raises(PolicyError, match=r"a\.b: made, ID id-1"):
        stop_second_making(seen, plan, (), "dev")
    [left] = stop_second_making(seen, plan, ("a.b",), "dev")
    assert left.startswith("a.c: was being made, by an apply that was cut off. No state knows")


def test_a_destroy_says_what_it_cannot_know_of(environment: MakeEnvironment, endpoint: str) -> None:
    made = environment('terraform {\n  backend "s3" {}\n}\n', name="ended")
    target = EmbeddedTarget(endpoint, keep_state=True)
    store = open_record_store(target, made)
    assert store
    with target.workspace(made):  # which makes the bucket
        store.begin(_RECORD)
    said: list[str] = []
    assert destroy(made, target, Engine.find(), said.append) is False
    assert said[1].startswith("a.b: made, ID id-1, by an apply that was cut off. No state knows")
    assert said[2].startswith("a.c: was being made")
    assert store.read() is None


@pytest.mark.parametrize(
    ("backend", "known"),
    [
        ('backend "s3" {\n bucket = "b"\n region = "us-east-1"\n }', True),
        ('backend "s3" {\n bucket = "b"\n region = "us-east-1"\n profile = "x"\n }', False),
        ('backend "s3" {\n bucket = "b"\n region = "us-east-1"\n endpoints {}\n }', False),
        ('backend "s3" {}', False),
        ('backend "local" {}', False),
    ],
)
def test_a_record_is_kept_where_the_state_is_within_reach(
    environment: MakeEnvironment, backend: str, known: bool
) -> None:
    made = environment(f"terraform {{\n  {backend}\n}}\n")
    assert (open_record_store(AwsTarget(), made) is not None) == known


@dataclass(frozen=True)
class _Killed(Engine):
    """An engine that makes a thing, and is killed once that is written down, and no state is."""

    store: ApplyRecordStore | None = None

    def apply(self, directory: Path, environment: Any, plan: Path, on_line: Any = None) -> None:
        assert self.store
        for line in (
            _line("apply_start", "a.b"),
            _line("apply_complete", "a.b", id_key="id", id_value="id-1"),
            _line("apply_start", "a.c"),
        ):
            on_line(line)
        deadline = time.monotonic() + 30
        while (seen := self.store.read()) is None or seen.record.under_way != ("a.c",):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        raise EngineError("terraform apply failed (exit code -9)")

    def pull_state(self, *_: Any) -> str:
        return ""


def test_what_was_made_is_written_down_while_it_is_made(
    store: ApplyRecordStore, tmp_path: Path
) -> None:
    killed = _Killed(("terraform",), embedded=False, store=store)
    dev = Environment("dev", tmp_path, tmp_path)
    workspace = Workspace(dev, tmp_path, tmp_path, {}, option="", lasting=False)
    with pytest.raises(EngineError, match="exit code -9"):
        apply_recorded(killed, workspace, tmp_path / "plan", lambda _: None, store)
    seen = store.read()
    assert seen
    assert (dict(seen.record.made), seen.record.under_way) == ({"a.b": "id-1"}, ("a.c",))
