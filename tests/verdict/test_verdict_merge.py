"""Jobs on several runners report; one verdict says whether all of it passes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lockgate.commands.verdict import command
from lockgate.reports import report_files
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.verdict_merge import merge, read_reports
from lockgate_policies.catalogue.finding import Verdict
from tests.reports import verdicts


def judged(name: str, verdict: Verdict = Verdict.PASS) -> GateVerdict:
    """The verdict of a job that checked one environment."""
    return GateVerdict(
        (EnvironmentVerdict(name, (verdicts.finding(verdict=verdict, environment=name),)),)
    )


def reported(directory: Path, verdict: GateVerdict) -> Path:
    """The directory into which a job wrote its reports."""
    report_files.write(verdict, directory)
    return directory


def test_jobs_that_all_pass_make_a_verdict_that_passes(tmp_path: Path) -> None:
    directories = [reported(tmp_path / n, judged(n)) for n in ("prod", "dev")]
    merged = read_reports(directories, ["dev", "prod"])
    assert merged.passes
    assert [environment.environment for environment in merged.environments] == ["dev", "prod"]


def test_one_job_that_blocks_blocks_all(tmp_path: Path) -> None:
    good, bad = judged("dev"), judged("prod", Verdict.FAIL)
    directories = [reported(tmp_path / "dev", good), reported(tmp_path / "prod", bad)]
    assert read_reports(directories, ["dev", "prod"]).exit_code == 1


def test_a_job_that_did_not_report_is_named(tmp_path: Path) -> None:
    merged = read_reports([reported(tmp_path / "dev", judged("dev"))], ["dev", "prod"])
    assert merged.exit_code == 1
    assert "prod was not judged completely" in merged.sentence
    (problem,) = merged.environments[1].problems
    assert "its check did not run to the end" in problem


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"version": 1}', '{"static": true}'])
def test_a_report_that_cannot_be_read_is_not_a_pass(tmp_path: Path, content: str | None) -> None:
    directory = tmp_path / "report-prod"
    directory.mkdir()
    if content is not None:
        (directory / "verdict.json").write_text(content)
    good = reported(tmp_path / "dev", judged("dev"))
    merged = read_reports([good, directory], [])
    assert merged.exit_code == 1
    assert merged.environments[1].environment == "prod"
    assert "verdict.json" in merged.environments[1].problems[0]


def test_two_reports_of_one_environment_must_agree() -> None:
    assert merge([judged("prod"), judged("prod")]).passes
    differing = merge([judged("prod"), judged("prod", Verdict.NOT_APPLICABLE)])
    assert differing.exit_code == 1
    assert "run its check again" in differing.environments[0].problems[0]


def test_an_environment_that_nobody_asked_for_does_not_slip_in() -> None:
    merged = merge([judged("prod"), judged("other")], ["prod"])
    assert merged.exit_code == 1
    assert "--expect" in merged.environments[0].problems[0]


def test_nothing_at_all_is_not_a_pass() -> None:
    assert not merge([]).passes
    assert merge([], ["prod"]).exit_code == 1


def test_an_engine_that_failed_stays_an_engine_that_failed() -> None:
    failed = GateVerdict((EnvironmentVerdict("prod", engine_error="Error: no credentials"),))
    assert merge([judged("dev"), failed]).exit_code == 3


@given(st.lists(verdicts.VERDICTS, max_size=3), st.lists(verdicts.WORDS, max_size=2))
def test_merging_never_passes_what_did_not(parts: list[GateVerdict], expected: list[str]) -> None:
    merged = merge(parts, expected)
    every = [environment for part in parts for environment in part.environments]
    assert {environment.environment for environment in merged.environments} == {
        *(each.environment for each in every),
        *expected,
    }
    if merged.passes:
        assert all(each.passes for each in every)
    reordered = merge(parts[::-1], expected[::-1])
    assert reordered.passes == merged.passes


def test_the_command_writes_the_whole_and_exits_as_the_gate(tmp_path: Path) -> None:
    bad = reported(tmp_path / "prod", judged("prod", Verdict.FAIL))
    whole = tmp_path / "whole"
    arguments = [str(bad), "--expect", "prod", "--expect", "dev", "--report", str(whole), "--json"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["passes"] is False
    assert "prod" in (whole / "report.md").read_text("utf-8")
    assert (whole / "verdict.json").is_file()


def test_the_command_does_not_overwrite_what_it_reads(tmp_path: Path) -> None:
    directory = reported(tmp_path / "prod", judged("prod"))
    result = CliRunner().invoke(command, [str(directory), "--report", str(directory)])
    assert result.exit_code == 2
    assert "would overwrite a report that is read" in result.output
    assert (directory / "verdict.json").is_file()
