"""Terraform's errors get the repository's paths, and a lock that was met its next step, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.repository.environments import Environment
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Workspace

_LOCKED = """\
Error: Error acquiring the state lock
Lock Info:
  ID:        1111-2222
  Operation: OperationTypeApply
  Who:       me@host
  Created:   2026-11-25 09:00:00 +0000 UTC
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    own, scratch = tmp_path / "repository" / "envs" / "dev", tmp_path / "scratch" / "envs" / "dev"
    environment = Environment("dev", own, tmp_path / "repository")
    return Workspace(environment, scratch, scratch, {}, option=" --target aws", lasting=False)


def _said(workspace: Workspace, message: str) -> str:
    with pytest.raises(EngineError) as raised, explained(workspace):
        raise EngineError(message)
    return str(raised.value)


def test_files_are_named_as_they_are_in_the_repository(workspace: Workspace) -> None:
    said = _said(workspace, "Error: no such thing\non main.tf line 3, in locals:")
    assert said == "Error: no such thing\non envs/dev/main.tf line 3, in locals:"


def test_a_lock_that_was_met_is_said_once_with_how_to_release_it(workspace: Workspace) -> None:
    said = _said(workspace, _LOCKED)
    assert "The state of dev is locked by me@host, who applies since 2026-11-25" in said
    assert "`lockgate unlock dev --state 1111-2222 --target aws`" in said
    assert _said(workspace, said) == said


def test_other_errors_stay_what_they_are(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="another"), explained(workspace):
        raise ValueError("another")
