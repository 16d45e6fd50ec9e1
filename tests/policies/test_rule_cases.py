"""Every rule is complete, passes what keeps it, and names what breaks it."""

from __future__ import annotations

import re

import hcl2
import pytest

from lockgate_policies.catalogue.finding import Finding, Verdict
from lockgate_policies.catalogue.judgement import judge_plan_file
from lockgate_policies.catalogue.rule_files import RuleFile, load_rules
from tests.policies.recorded_plans import KINDS, RESOLVED, PlanOf, is_current, recordings_beside
from tests.policies.rule_cases import RULES, Case, all_cases

_RULE_FILES = load_rules()
_CASES = all_cases()
_SUBJECT = re.compile(r"^aws_[a-z0-9_]+$")

each_rule = pytest.mark.parametrize("rule_file", _RULE_FILES, ids=lambda file: file.id)
each_case = pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_rule
def test_a_rule_has_a_case_that_passes_and_one_that_fails(rule_file: RuleFile) -> None:
    cases = [case for case in _CASES if case.rule == rule_file.id]
    assert any(case.passes for case in cases)
    assert any(case.fails for case in cases)


def test_every_case_belongs_to_a_rule() -> None:
    written = {path.name for path in RULES.iterdir()}
    assert written == {f"{file.id}.{end}" for file in _RULE_FILES for end in ("yaml", "json")}


@each_case
def test_a_recorded_plan_comes_from_the_case_as_it_is(case: Case) -> None:
    assert all(is_current(case, kind) for kind in KINDS), "run scripts/record_plans.py"


def test_nothing_is_recorded_of_a_case_that_is_gone() -> None:
    for path in RULES.glob("*.yaml"):
        names = {case.name for case in _CASES if case.path == path}
        assert set(recordings_beside(path)) == names, "run scripts/record_plans.py"


@each_case
def test_a_case_says_where_it_is_from_by_an_address(case: Case) -> None:
    assert not case.source or case.source.startswith("https://")


@each_kind
@each_case
def test_a_rule_says_of_a_case_what_it_must(case: Case, kind: str, plan_of: PlanOf) -> None:
    (rule_file,) = (file for file in _RULE_FILES if file.id == case.rule)
    findings = judge_plan_file(plan_of(case, kind), rule_file).findings
    told = case.told and kind == RESOLVED
    assert _named(findings, Verdict.FAIL) == (frozenset() if told else case.fails)
    assert _named(findings, Verdict.UNKNOWN) == (frozenset() if told else case.unknown)
    if case.passes or told:
        assert any(finding.verdict is Verdict.PASS for finding in findings)
    for finding in findings:
        assert not finding.verdict.blocks or case.message in finding.message


def _named(findings: tuple[Finding, ...], verdict: Verdict) -> set[str]:
    return {finding.address for finding in findings if finding.verdict is verdict}


@each_rule
def test_a_rule_tells_a_person_everything(rule_file: RuleFile) -> None:
    rule = rule_file.rule
    assert rule is not None, rule_file.error
    assert rule.id == rule_file.path.stem.upper()
    assert rule.family.lower() == rule_file.path.parent.name
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert not re.search(r"[.!?] [A-Z]", rule.fix), "one sentence"
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)
    assert all(_SUBJECT.match(subject) for subject in rule.subjects)
    assert len(set(rule.subjects)) == len(rule.subjects)


@each_rule
def test_a_remediation_is_hcl(rule_file: RuleFile) -> None:
    rule = rule_file.rule
    assert rule is not None, rule_file.error
    assert hcl2.loads(rule.remediation)


def test_titles_differ() -> None:
    titles = [rule_file.rule.title for rule_file in _RULE_FILES if rule_file.rule]
    assert len(set(titles)) == len(titles)


@each_kind
@each_case
def test_no_rule_stops_on_a_real_plan_and_none_names_what_it_does_not_list(
    case: Case, kind: str, plan_of: PlanOf
) -> None:
    for rule_file in _RULE_FILES:
        judged = judge_plan_file(plan_of(case, kind), rule_file)
        stopped = [finding.message for finding in judged.findings if _stopped(finding)]
        assert stopped == [], rule_file.id
        # Rules about resources of every type list none: checkov shows these on the provider.
        if rule_file.rule and rule_file.rule.subjects:
            named = {finding.address for finding in judged.findings} - {""}
            assert named <= judged.examined, f"{rule_file.id}: its subjects lack these types"


def _stopped(finding: Finding) -> bool:
    return " stopped: " in finding.message or " could not be loaded: " in finding.message
