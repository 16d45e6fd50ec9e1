"""Which jobs of the GitLab template run when, as gitlab-ci-local evaluates their rules."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hosts.node_modules import NODE, node_modules, variables
from tests.hosts.templates import ROOT

# What the guard adds for one environment.
CHILD = """\
lockgate-check:
  extends: .lockgate-check
  parallel:
    matrix: [{"ENVIRONMENT": ["dev"]}]
lockgate-plan:
  extends: .lockgate-plan
  parallel:
    matrix: [{"ENVIRONMENT": ["dev"]}]
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "ci" / "gitlab", place / "ci" / "gitlab")
    (place / ".gitlab-ci.yml").write_text("include:\n  - local: ci/gitlab/lockgate.yml\n")
    parts = [(place / "ci" / "gitlab" / f"{name}.yml") for name in ("install", "environment")]
    (place / "child.yml").write_text("".join(part.read_text() for part in parts) + CHILD)
    for command in (
        ("init", "--quiet", "-b", "main"),
        ("remote", "add", "origin", "https://gitlab.example.com/team/service.git"),
        ("add", "--all"),
        ("-c", "user.name=Ann", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "Go"),
    ):
        subprocess.run(["git", *command], cwd=place, check=True)
    return place


def jobs(checkout: Path, file: str = ".gitlab-ci.yml", **predefined: str) -> set[str]:
    """The jobs that would run, given some of GitLab's predefined variables."""
    program = node_modules() / "gitlab-ci-local" / "src" / "index.js"
    done = subprocess.run(
        [
            *(NODE, program, "--list-json", "--file", file),
            *("--ignore-predefined-vars", ",".join(predefined)),
            *(f"--variable={name}={value}" for name, value in predefined.items()),
        ],
        cwd=checkout,
        env={**variables(), "HOME": str(checkout / ".gitlab-ci-local" / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout[done.stdout.index("[\n") :])
    return {each["name"] for each in listed if each["when"] != "never"}


@pytest.mark.parametrize(
    ("predefined", "expected"),
    [
        ({"CI_PIPELINE_SOURCE": "merge_request_event"}, {"lockgate-guard", "lockgate-checks"}),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, {"lockgate-promote"}),
        ({"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main"}, {"lockgate-promote"}),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature"}, set()),
        ({"CI_PIPELINE_SOURCE": "trigger", "CI_COMMIT_BRANCH": "main"}, set()),
        ({"CI_PIPELINE_SOURCE": "schedule", "LOCKGATE_TARGET": "aws"}, {"lockgate-drift"}),
        ({"CI_PIPELINE_SOURCE": "schedule"}, set()),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_job_runs_where_it_belongs_and_nowhere_else(
    checkout: Path, predefined: dict[str, str], expected: set[str]
) -> None:
    assert jobs(checkout, **predefined) == expected


@pytest.mark.parametrize(
    ("target", "source", "planned"), [("aws", "1", True), ("aws", "2", False), ("", "1", False)]
)
def test_a_role_is_taken_for_a_branch_of_the_project_only(
    checkout: Path, target: str, source: str, planned: bool
) -> None:
    """The project is 1, a fork of it 2."""
    found = jobs(
        checkout,
        "child.yml",
        CI_PIPELINE_SOURCE="parent_pipeline",
        CI_PROJECT_ID="1",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID=source,
        LOCKGATE_TARGET=target,
    )
    assert {"lockgate-check: [dev]", "lockgate-verdict"} <= found
    assert ("lockgate-plan: [dev]" in found) is planned
