"""The state that could not be uploaded is kept, and the message says where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lockgate.applying.state_refresh import settle
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state import errored_state
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Workspace


def _workspace(root: Path, directory: Path) -> Workspace:
    own = root / "envs" / "dev"
    own.mkdir(parents=True, exist_ok=True)
    directory.mkdir(parents=True, exist_ok=True)
    target = AwsTarget() if directory == own else EmbeddedTarget("http://127.0.0.1:1", True)
    lasting = directory == own
    dev = Environment("dev", own, root)
    return Workspace(dev, directory, directory, {}, option=target.option, lasting=lasting)


@pytest.mark.parametrize(("where", "option"), [("envs/dev", " --target aws"), ("scratch", "")])
def test_it_is_moved_out_and_the_next_step_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, option: str
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
    assert f"`lockgate push-state dev {kept}{option}`" in said
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


@dataclass(frozen=True)
class _Lost(Engine):
    """An engine that cannot upload what a refresh found."""

    def plan(self, directory: Path, *_: Any, **__: Any) -> bool:
        (directory / "errored.tfstate").write_text("refreshed")
        return True

    def apply(self, *_: Any, **__: Any) -> None:
        raise EngineError("no route to host")


def test_what_a_refresh_after_an_apply_could_not_upload_is_kept_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    said = settle(_Lost(("terraform",), embedded=False), _workspace(tmp_path, tmp_path / "scratch"))
    assert said.startswith("no route to host\nThe state could not be uploaded.")
    [kept] = (tmp_path / "home" / "errored-states").iterdir()
    assert kept.read_text() == "refreshed"
