"""The state that could not be uploaded is kept, and the message says where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lockgate import errored_state
from lockgate.environments import Environment
from lockgate.target import Workspace


def _workspace(root: Path, directory: Path) -> Workspace:
    own = root / "envs" / "dev"
    own.mkdir(parents=True, exist_ok=True)
    directory.mkdir(parents=True, exist_ok=True)
    return Workspace(Environment("dev", own, root), directory, directory, {})


@pytest.mark.parametrize(("where", "push"), [("envs/dev", "state push"), ("scratch", "aws s3 cp")])
def test_it_is_moved_out_and_the_next_step_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, push: str
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    workspace = _workspace(tmp_path, tmp_path / where)
    assert errored_state.rescue(workspace) == ""
    left = workspace.directory / "errored.tfstate"
    left.write_text("the state")
    said = errored_state.rescue(workspace)
    found = re.search(r"kept in (\S+\.tfstate),", said)
    assert found
    kept = Path(found.group(1))
    assert kept.is_relative_to(tmp_path / "home")
    assert kept.read_text() == "the state"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert push in said
    assert not left.exists()


def test_without_a_home_to_write_to_it_is_kept_beside_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("no directory")
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    workspace = _workspace(tmp_path, tmp_path / "scratch")
    (workspace.directory / "errored.tfstate").write_text("the state")
    said = errored_state.rescue(workspace)
    kept = tmp_path / "envs" / "dev" / "errored.tfstate"
    assert f"kept in {kept}," in said
    assert kept.read_text() == "the state"
