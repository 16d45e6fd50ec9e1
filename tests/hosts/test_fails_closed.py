"""The job that GitHub requires passes only if the guard did, and every check ran to its end."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.hosts.templates import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "pull-request.yml"
STEP = "Everything ran"


def everything_ran(guard: str, check: str, checks: str) -> subprocess.CompletedProcess[str]:
    """Run the step as a runner does, with what `needs` would hold."""
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["verdict"]["steps"]
    (step,) = (each for each in steps if each["name"] == STEP)
    assert set(step["env"]) == {"GUARD", "CHECK", "CHECKS"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        env={"GUARD": guard, "CHECK": check, "CHECKS": checks},
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
