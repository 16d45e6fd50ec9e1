"""Locks on a target by its name, as any program may ask for them: no command line is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import PolicyError, UsageError
from lockgate.locks.environment_lock import EnvironmentLock
from lockgate.locks.target_locks import Locks, lock_on, locks_on, unlock_on
from tests.environments import MakeEnvironment


@pytest.fixture
def root(environment: MakeEnvironment, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCKGATE_ENDPOINT", endpoint)
    return environment('provider "aws" {}\n', name="told").root


def _lock(number: int) -> EnvironmentLock:
    return EnvironmentLock("told", number, "ann", "2026-11-25T08:00:00+00:00")


def test_an_environment_is_held_shown_and_released(root: Path) -> None:
    said = lock_on("embedded", root, _lock(7), pytest.fail)
    assert said.startswith("told is locked by pull request 7 (ann)")
    with pytest.raises(PolicyError, match="`lockgate unlock told --pull-request 7`"):
        lock_on("embedded", root, _lock(8), pytest.fail)
    found = locks_on("embedded", root)
    assert [(held.environment, held.lock) for held in found.held] == [("told", _lock(7))]
    assert (found.states, found.option) == ((), "")
    assert "left as it is" in unlock_on("embedded", root, "told", 8, force=False)
    assert "told is released" in unlock_on("embedded", root, "told", 7, force=False)
    assert unlock_on("embedded", root, "told", 7, force=False) == ""


def test_an_environment_that_is_not_there_is_not_held(root: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        unlock_on("embedded", root, "nowhere", 7, force=False)


def test_where_nothing_is_up_nothing_is_held(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCKGATE_ENDPOINT")
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    assert locks_on("embedded", root) == Locks()
