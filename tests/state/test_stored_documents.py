"""What lies in the bucket was written by whoever may write there: it is read by its definition."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.applying.apply_record import ApplyRecord, read_record
from lockgate.base.documents import DocumentError
from lockgate.base.errors import EngineError, UsageError
from lockgate.drill.drill_journal import CheckBefore, DrillJournal, read_journal
from lockgate.locks.environment_lock import EnvironmentLock, read_lock
from lockgate.promotion.promotion import read_promotion
from lockgate.state.bucket import StoredObject
from lockgate.state.state_lock_object import read_state_lock
from lockgate.verdict.losses import read_plan_file
from lockgate_policies.model.settings import Settings

DEEP = b"[" * 200_000
BROKEN = [b"", b"{", b"\xff", DEEP, b'{"a": ' * 100_000]


@pytest.mark.parametrize("body", BROKEN)
def test_what_is_no_json_is_an_error_in_one_line(body: bytes) -> None:
    stored = StoredObject(body, "etag")
    with pytest.raises(DocumentError, match="not valid JSON") as refused:
        stored.json()
    assert "\n" not in str(refused.value)
    with pytest.raises(EngineError, match=r"s3://b/k is no journal of a drill"):
        read_journal(stored, "s3://b/k")
    assert read_state_lock("dev", body) is None


@pytest.mark.parametrize("left_out", ["region", "checks", "holder", "host", "pid", "nonce"])
def test_a_drills_journal_with_a_part_missing_is_none(left_out: str) -> None:
    document = DrillJournal("dev", "us-east-1", (CheckBefore("c", 1, {}),)).as_json()
    del document[left_out]
    with pytest.raises(EngineError, match=f"required field {left_out}"):
        read_journal(StoredObject(json.dumps(document).encode(), "etag"), "s3://b/k")


@pytest.mark.parametrize("left_out", ["holder", "since", "made", "under_way"])
def test_a_record_of_an_apply_with_a_part_missing_is_none(left_out: str) -> None:
    document = ApplyRecord("ann", "2026", {"a.b": "1"}, ("a.c",)).as_json()
    del document[left_out]
    assert read_record(document) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
_CHECKS = st.builds(
    CheckBefore, st.text(), st.integers(0, 2**31), st.dictionaries(st.text(), _JSON, max_size=3)
)


@given(st.builds(DrillJournal, st.text(), st.text(), st.lists(_CHECKS, max_size=3).map(tuple)))
def test_a_drills_journal_is_read_as_it_was_written(journal: DrillJournal) -> None:
    body = json.dumps(journal.as_json()).encode()
    assert read_journal(StoredObject(body, "etag"), "s3://b/k") == journal


@given(st.text(), st.integers(1, 2**31))
def test_a_lock_is_read_as_it_was_written(environment: str, number: int) -> None:
    lock = EnvironmentLock(environment, number, "ann", "2026-11-27T15:00:00+00:00")
    assert read_lock(lock.as_json()) == lock
    assert read_lock({**lock.as_json(), "pull_request": True}) is None


@given(_JSON)
def test_what_is_something_else_is_read_as_nothing(document: object) -> None:
    assert read_lock(document) is None
    assert read_record(document) is None
    with pytest.raises(UsageError, match="no journal of a promotion"):
        read_promotion(document, "s3://b/k")


def test_a_plan_file_nested_too_deeply_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "handed-over.json"
    file.write_bytes(DEEP)
    with pytest.raises(EngineError, match="nested too deeply"):
        read_plan_file(file, Settings(), "dev")
