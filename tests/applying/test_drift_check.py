"""Drift on a target by its name: asked without a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.applying.drift_check import find_drift_on
from lockgate.engine.engine import Engine
from tests.environments import MakeEnvironment


def test_where_nothing_is_up_nothing_is_started_to_look_at(
    environment: MakeEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCKGATE_ENDPOINT", raising=False)
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    made = environment('provider "aws" {}\n')
    said: list[str] = []

    def say(name: str, doing: str) -> None:
        said.append(f"{name}: {doing}")

    assert find_drift_on("embedded", made.root, [made], Engine.find(), say) is None
    assert said == []
    assert not (tmp_path / "home").exists()
