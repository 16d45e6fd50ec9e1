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
from tests.policies.recorded_plans import PlanOf
from tests.policies.rule_cases import Case, all_cases

_RULE_FILES = load_rules()
_CHECKS = tuple(rule_file.id for rule_file in _RULE_FILES)
_RULES = {rule_file.id: rule_file.rule for rule_file in _RULE_FILES if rule_file.rule}


@pytest.fixture(scope="module")
def checkov() -> Iterator[CheckovProcess]:
    with CheckovProcess(provision.ensure_checkov(), paths.policies_dir()) as process:
        yield process


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_checkov_says_what_the_rules_say(
    checkov: CheckovProcess, case: Case, plan_of: PlanOf
) -> None:
    plan = Path(plan_of(case))
    answer = checkov.judge(plan, _CHECKS)
    verdict = environment_verdict(case.rule, _CHECKS, (), _RULES, answer, HclFacts())
    assert verdict.problems == ()
    reported = {(f.rule, f.verdict, f.address, f.message) for f in verdict.findings}
    assert {check for check, _, _, _ in reported} == set(_CHECKS)
    assert {each for each in reported if each[1] is not Verdict.NOT_APPLICABLE} == {
        (rule_file.id, finding.verdict, _shown_on(finding, judged), finding.message)
        for rule_file in _RULE_FILES
        for judged in [judge_plan_file(str(plan), rule_file)]
        for finding in judged.findings
    }


def _shown_on(finding: Finding, judged: Judged) -> str:
    """What checkov cannot show on its resource, it shows on the provider: the environment."""
    return finding.address if finding.address in judged.examined else ""
