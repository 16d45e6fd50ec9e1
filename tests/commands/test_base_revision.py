"""--base: a change is judged by the base's settings, waivers and policies, not by its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.judging.base_revision import judged_by
from lockgate.repository.settings import read_settings_document
from tests.commands.test_check import LONELY
from tests.repository.git_repositories import GitFiles

SETTINGS = "defaults: {recovery_time_objective: 60}\n"
# The change waives what it breaks and asks for less.
WAIVERS = """\
version: 1
waivers:
  - rule: LG_SUBNET_5
    address: "*"
    environment: dev
    reason: it is in the way of this change
    owner: someone
    expires: 2099-01-01
"""
WEAKER = "defaults: {recovery_time_objective: 86400}\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitFiles:
    files = {"lockgate.yaml": SETTINGS, "envs/dev/main.tf": LONELY, "policies/rules/a.py": "OLD\n"}
    made = GitFiles.make(tmp_path / "repository", files)
    made.commit(
        {"lockgate.yaml": WEAKER, "waivers.yaml": WAIVERS, "policies/rules/a.py": "NEW = 1\n"}
    )
    return made


def test_a_change_that_waives_what_it_breaks_still_fails(repository: GitFiles) -> None:
    own = json.loads(repository.lockgate("check", "dev", "--json").stdout)
    finished = repository.lockgate("check", "dev", "--json", "--base", "main")
    judged = json.loads(finished.stdout)
    assert finished.returncode == 1, finished.stderr

    def waived(document: dict[str, list[dict[str, list[dict[str, object]]]]]) -> list[bool]:
        (dev,) = document["environments"]
        return [bool(f["waived"]) for f in dev["findings"] if f["rule"] == "LG_SUBNET_5"]

    assert waived(own) == [True]
    assert waived(judged) == [False]
    commit = repository.git("rev-parse", "main")[:12]
    assert any(f"of main ({commit}), not by" in note for note in judged["notes"])
    assert f"of main ({commit}), not by" in finished.stderr


def test_a_plan_carries_the_settings_of_the_base(repository: GitFiles, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    finished = repository.lockgate("plan", "dev", "--out", str(out), "--base", "main")
    assert finished.returncode == 0, finished.stderr
    carried = json.loads(out.read_text())["lockgate"]["settings"]
    assert carried == {"defaults": {"recovery_time_objective": 60}}
    assert "not by those of the change" in finished.stderr


def test_policies_of_the_repository_are_those_of_the_base(repository: GitFiles) -> None:
    root = repository.root
    with judged_by(root, "main", root / "policies") as base:
        assert (base.policies / "rules" / "a.py").read_text() == "OLD\n"
        assert read_settings_document(base.directory) == {
            "defaults": {"recovery_time_objective": 60}
        }
        assert not (base.directory / "waivers.yaml").exists()
    assert not base.directory.exists()


def test_policies_that_only_the_change_has_judge_nothing(repository: GitFiles) -> None:
    repository.commit({"mine/rules/lb/lg_lb_1.py": "# passes\n"})
    finished = repository.lockgate("check", "--base", "main", "--policies", "mine")
    assert finished.returncode == 1
    assert "holds no policy" in finished.stderr


def test_policies_of_an_installed_lockgate_stay_where_they_are(repository: GitFiles) -> None:
    with judged_by(repository.root, "main", paths.policies_dir()) as base:
        assert base.policies == paths.policies_dir()


def test_a_base_that_is_not_there_is_a_wrong_call(repository: GitFiles) -> None:
    with (
        pytest.raises(UsageError, match="no commit 'nowhere'"),
        judged_by(repository.root, "nowhere", paths.policies_dir()),
    ):
        pass
    assert repository.lockgate("check", "--static", "--base", "main").returncode == 2
