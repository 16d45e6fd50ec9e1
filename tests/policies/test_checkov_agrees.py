"""Judging by checkov says of every recorded plan what judging directly says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.install import provision
from lockgate.judging.checkov_process import CheckovProcess
from lockgate.judging.judged_records import environment_verdict
from lockgate_policies.catalogue.finding import Finding, Verdict
from lockgate_policies.catalogue.judgement import Judged, judge_plan_file
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.hcl_facts import HclFacts
from tests.recorded_plans import Fixture, fixtures_in

_RULE_FILES = load_rules()
_CHECKS = tuple(rule_file.id for rule_file in _RULE_FILES)
_RULES = {rule_file.id: rule_file.rule for rule_file in _RULE_FILES if rule_file.rule}
_HERE = Path(__file__).resolve().parent
_FIXTURES = [fixture for fixture in fixtures_in(_HERE) if fixture.plan.is_file()]


@pytest.fixture(scope="module")
def checkov() -> Iterator[CheckovProcess]:
    with CheckovProcess(provision.ensure_checkov(), paths.policies_dir()) as process:
        yield process


@pytest.mark.parametrize("fixture", _FIXTURES, ids=lambda fixture: fixture.name)
def test_checkov_says_what_the_rules_say(checkov: CheckovProcess, fixture: Fixture) -> None:
    answer = checkov.judge(fixture.plan, _CHECKS)
    verdict = environment_verdict(fixture.name, _CHECKS, (), _RULES, answer, HclFacts())
    assert verdict.problems == ()
    reported = {(f.rule, f.verdict, f.address, f.message) for f in verdict.findings}
    assert {check for check, _, _, _ in reported} == set(_CHECKS)
    assert {each for each in reported if each[1] is not Verdict.NOT_APPLICABLE} == {
        (rule_file.id, finding.verdict, _shown_on(finding, judged), finding.message)
        for rule_file in _RULE_FILES
        for judged in [judge_plan_file(str(fixture.plan), rule_file)]
        for finding in judged.findings
    }


def _shown_on(finding: Finding, judged: Judged) -> str:
    """What checkov cannot show on its resource, it shows on the provider: the environment."""
    return finding.address if finding.address in judged.examined else ""
