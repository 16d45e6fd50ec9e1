"""The job that GitHub requires passes only if the guard did, and every check ran to its end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.hosts.templates import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "pull-request.yml"
STEP = "Everything ran"


def everything_ran(
    guard: str, check: str, checks: str, matrix: str = '{"include": []}'
) -> subprocess.CompletedProcess[str]:
    """Run the step as a runner does, with what `needs` would hold."""
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["verdict"]["steps"]
    (step,) = (each for each in steps if each["name"] == STEP)
    assert set(step["env"]) == {"GUARD", "CHECK", "CHECKS", "MATRIX"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        env={"GUARD": guard, "CHECK": check, "CHECKS": checks, "MATRIX": matrix},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("guard", ["failure", "cancelled", "skipped", ""])
def test_without_the_guard_nothing_passes(guard: str) -> None:
    done = everything_ran(guard, "success", "true")
    assert done.returncode == 1
    assert "::error::The guard did not pass" in done.stdout


@pytest.mark.parametrize("check", ["cancelled", "skipped", ""])
def test_a_check_that_did_not_run_is_no_pass(check: str) -> None:
    done = everything_ran("success", check, "true")
    assert done.returncode == 1
    assert "::error::The checks did not run to their end" in done.stdout


@pytest.mark.parametrize(
    ("check", "checks"), [("success", "true"), ("failure", "true"), ("skipped", "false")]
)
def test_the_reports_decide_what_ran(check: str, checks: str) -> None:
    assert everything_ran("success", check, checks).returncode == 0


def test_it_comes_first_and_whatever_happened_before() -> None:
    job = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["verdict"]
    assert job["if"] == "always()"
    assert job["needs"] == ["guard", "check"]
    assert job["steps"][0]["name"] == STEP


def test_a_guard_that_named_no_environments_at_all_is_no_pass() -> None:
    assert everything_ran("success", "skipped", "false", matrix="").returncode == 1


def run_step(file: str, job: str, name: str, place: Path, **env: str) -> tuple[int, str]:
    """Run a step as a runner does by default, with the programs in ``place``."""
    steps = yaml.safe_load((WORKFLOW.parent / file).read_text("utf-8"))["jobs"][job]["steps"]
    (step,) = (each for each in steps if each["name"] == name)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-c", step["run"]],
        env={"PATH": f"{place}:{os.environ['PATH']}", "RUNNER_TEMP": str(place), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def program(place: Path, name: str, text: str) -> None:
    (place / name).write_text(f"#!/bin/bash\n{text}\n", "utf-8")
    (place / name).chmod(0o755)


def test_environments_that_cannot_be_told_fail_the_guard(tmp_path: Path) -> None:
    # As for an environment whose name is no job's name.
    program(tmp_path, "lockgate", '[[ "$*" != *--matrix* ]] || exit 2')
    name = "Which environments the change can alter"
    env = {"GITHUB_OUTPUT": str(tmp_path / "output")}
    code, said = run_step("pull-request.yml", "guard", name, tmp_path, **env)
    assert code == 2, said


GH = """\
while [ "$#" -gt 0 ]; do
  case $1 in --jq) jq=$2; shift ;; */artifacts) answer=artifacts ;;
    */runs[?]event=merge_group*head_sha=main*) answer=queue ;; */runs[?]*) answer=runs ;; esac
  [ "$1" != download ] || { echo "$2 $4" >> "$RUNNER_TEMP/fetched"; exit; }
  shift
done
command jq -r "$jq" "$RUNNER_TEMP/$answer"
"""


@pytest.mark.skipif(shutil.which("jq") is None, reason="GitHub's runners have jq, this has not")
def test_the_plans_are_of_this_repository_s_run_and_not_of_a_fork_s(tmp_path: Path) -> None:
    program(tmp_path, "gh", GH)
    runs = [(2, "stranger/service"), (1, "team/service")]
    document = {
        "workflow_runs": [{"id": n, "head_repository": {"full_name": name}} for n, name in runs]
    }
    (tmp_path / "runs").write_text(json.dumps(document))
    names = {"artifacts": [{"name": "plan-dev"}, {"name": "verdict"}]}
    (tmp_path / "artifacts").write_text(json.dumps(names))
    (tmp_path / "queue").write_text('{"workflow_runs": []}')
    name = "Fetch the sealed plans that were reviewed"
    env = {"GITHUB_REPOSITORY": "team/service", "HEAD": "abc", "GITHUB_SHA": "main"}
    code, said = run_step("merge.yml", "promote", name, tmp_path, **env)
    assert code == 0, said
    assert (tmp_path / "fetched").read_text() == "1 plan-dev\n"

    (tmp_path / "runs").write_text(json.dumps({"workflow_runs": document["workflow_runs"][:1]}))
    code, said = run_step("merge.yml", "promote", name, tmp_path, **env)
    assert (code, "nothing was reviewed" in said) == (1, True), said

    # What a queue merged was planned in the queue, whatever the pull request's own run sealed.
    queued = {"id": 3, "head_repository": {"full_name": "team/service"}}
    (tmp_path / "queue").write_text(json.dumps({"workflow_runs": [queued]}))
    (tmp_path / "fetched").unlink()
    assert run_step("merge.yml", "promote", name, tmp_path, **env)[0] == 0
    assert (tmp_path / "fetched").read_text() == "3 plan-dev\n"


@pytest.mark.parametrize("approved", ["true", "false"])
def test_only_the_run_of_the_label_approves_what_is_destroyed(
    tmp_path: Path, approved: str
) -> None:
    program(tmp_path, "lockgate", 'echo "$@"')
    env = {"ENVIRONMENT": "dev", "BASE": "abc", "APPROVED": approved}
    code, said = run_step("pull-request.yml", "plan", "Plan and seal", tmp_path, **env)
    assert code == 0, said
    assert said.startswith("plan dev --target aws --base abc ")
    assert ("--approve-all" in said.split()) == (approved == "true")


def test_the_label_counts_in_the_run_that_it_starts_and_in_no_other() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["plan"]["steps"]
    (step,) = (each for each in steps if each["name"] == "Plan and seal")
    assert step["env"]["APPROVED"] == (
        "${{ github.event.action == 'labeled'"
        " && github.event.label.name == 'lockgate-approve-destroy' }}"
    )
