"""ci/github/action.yml: its steps run by bash, as a runner runs them.

What a runner adds, its variables and files, is set by hand: there is no engine for actions that
runs without containers.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hosts.templates import ROOT

ACTION = ROOT / "ci" / "github"


@dataclass(frozen=True)
class Runner:
    """The temporary directory of a job in which the action has installed Lockgate."""

    temporary: Path

    def run(self, step: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a step of the action by its name."""
        steps = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))["runs"]["steps"]
        (script,) = (each["run"] for each in steps if each["name"] == step)
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=directory,
            env={
                **os.environ,
                "ACTION": str(ACTION),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_OUTPUT": str(self.temporary / "output"),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def result(self) -> str:
        """The output `result`, as a runner reads it: between the delimiters that the step chose."""
        first, *lines, last = (self.temporary / "output").read_text("utf-8").splitlines()
        assert first == f"result<<{last}"
        return "\n".join(lines)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    place = Runner(tmp_path_factory.mktemp("runner"))
    done = place.run("Install Lockgate", place.temporary)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def repository(runner: Runner, tmp_path: Path) -> Path:
    (runner.temporary / "output").unlink(missing_ok=True)
    (tmp_path / "lockgate.yaml").write_text("version: 1\n")
    (tmp_path / "envs" / "dev").mkdir(parents=True)
    (tmp_path / "envs" / "dev" / "main.tf").write_text('output "a" {\n  value = 1\n}\n')
    return tmp_path


def test_it_runs_the_command_and_hands_on_what_it_said(runner: Runner, repository: Path) -> None:
    done = runner.run("Run it", repository, COMMAND="check --static dev")
    assert done.returncode == 1, done.stderr
    assert "LG_REGION" in done.stdout
    assert runner.result().strip() in done.stdout


def test_nothing_in_the_command_is_evaluated(runner: Runner, repository: Path) -> None:
    done = runner.run("Run it", repository, COMMAND="check $(touch${IFS}here);touch there `id`")
    assert done.returncode == 2
    assert not (repository / "here").exists()
    assert not (repository / "there").exists()


def test_it_installs_once_however_often_it_is_used(runner: Runner, repository: Path) -> None:
    done = runner.run("Install Lockgate", repository)
    assert done.returncode == 0
    assert "Installing" not in done.stdout


def test_what_the_action_reads_is_described() -> None:
    document: dict[str, Any] = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    for name, value in (document["inputs"] | document["outputs"]).items():
        assert value["description"], name


def test_the_installer_says_how_it_is_called() -> None:
    done = subprocess.run(
        ["python3", ROOT / "scripts" / "install.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: install.py DIRECTORY\n")
