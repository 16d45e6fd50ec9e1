"""The warm checkov says what the checkov command says, for all that it leaves out."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.base.errors import PolicyError
from lockgate.install import provision
from lockgate.judging.checkov_process import CheckovProcess
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule_files import load_rules
from tests.policies.mutation.recording import Subject

CHECKS = [*(file.id for file in load_rules()), *builtin_checks.ON]


def _facts(records: list[dict[str, Any]], check: str) -> set[tuple[str, str, str]]:
    return {
        (r[check], r.get("resource_address") or r["resource"], json.dumps(r["details"]))
        for r in records
    }


def test_it_agrees_with_the_command_on_a_whole_environment(tmp_path: Path) -> None:
    plan = tmp_path / "prod.json"
    plan.write_text(json.dumps(Subject().load()))
    python = provision.ensure_checkov()
    finished = subprocess.run(
        [
            *(str(python.parent / "checkov"), "-f", str(plan), "--framework", "terraform_plan"),
            *("--external-checks-dir", str(paths.policies_dir() / "checkov"), "--skip-download"),
            *("-o", "json", "-c", ",".join(CHECKS)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    theirs = json.loads(finished.stdout)["results"]
    with CheckovProcess(python, paths.policies_dir()) as checkov:
        answer = checkov.judge(plan, CHECKS)
    assert answer["errors"] == []
    for result, kind in (("PASSED", "passed_checks"), ("FAILED", "failed_checks")):
        ours = [record for record in answer["records"] if record["result"] == result]
        assert _facts(ours, "check") == _facts(theirs[kind], "check_id")


def test_a_check_that_checkov_does_not_know_is_an_error(tmp_path: Path) -> None:
    plan = tmp_path / "prod.json"
    plan.write_text(json.dumps(Subject().load()))
    with CheckovProcess(provision.ensure_checkov(), paths.policies_dir()) as checkov:
        answer = checkov.judge(plan, ["LG_REGION_1", "CKV_AWS_99999", "CKV2_AWS_1"])
    assert answer["errors"] == ["checkov knows no check CKV2_AWS_1, CKV_AWS_99999"]


def test_a_plan_that_is_none_is_an_error(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"planned_values": ')
    with CheckovProcess(provision.ensure_checkov(), paths.policies_dir()) as checkov:
        answer = checkov.judge(plan, ["LG_REGION_1"])
    assert answer["records"] == []


def test_a_checkov_that_ends_is_no_verdict(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'out of memory' >&2\nexit 9\n")
    python.chmod(0o755)
    with (
        CheckovProcess(python, paths.policies_dir()) as checkov,
        pytest.raises(PolicyError, match=r"exit code 9\): out of memory\nRun `lockgate doctor`"),
    ):
        checkov.judge(tmp_path / "plan.json", ["LG_REGION_1"])
