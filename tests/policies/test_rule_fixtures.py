"""Every rule is complete, passes what keeps it, and names what breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import hcl2
import pytest

from lockgate_policies.catalogue.finding import Finding, Verdict
from lockgate_policies.catalogue.judgement import judge_plan_file
from lockgate_policies.catalogue.rule_files import RuleFile, load_rules
from tests.recorded_plans import Fixture, fixtures_in

_HERE = Path(__file__).resolve().parent
_RULE_FILES = load_rules()
_FIXTURES = [fixture for fixture in fixtures_in(_HERE) if fixture.plan.is_file()]
_SUBJECT = re.compile(r"^aws_[a-z0-9_]+$")

each_rule = pytest.mark.parametrize("rule_file", _RULE_FILES, ids=lambda file: file.id)
each_fixture = pytest.mark.parametrize("fixture", _FIXTURES, ids=lambda fixture: fixture.name)


def _findings(rule_file: RuleFile, kind: str) -> tuple[Finding, ...]:
    plan = Fixture(_HERE / "rules" / rule_file.id / kind).plan
    return judge_plan_file(str(plan), rule_file).findings


@each_rule
def test_a_rule_has_a_passing_and_a_failing_fixture(rule_file: RuleFile) -> None:
    for kind in ("passing", "failing"):
        fixture = Fixture(_HERE / "rules" / rule_file.id / kind)
        assert fixture.plan.is_file(), f"{fixture.name}: write main.tf, run scripts/record_plans.py"


def test_every_fixture_belongs_to_a_rule() -> None:
    directories = {path.name for path in (_HERE / "rules").iterdir() if path.is_dir()}
    assert directories <= {file.id for file in _RULE_FILES}


@each_fixture
def test_a_recorded_plan_comes_from_the_hcl_beside_it(fixture: Fixture) -> None:
    assert fixture.current, "run scripts/record_plans.py"


@each_rule
def test_what_keeps_a_rule_passes(rule_file: RuleFile) -> None:
    findings = _findings(rule_file, "passing")
    assert [finding for finding in findings if finding.verdict.blocks] == []
    assert any(finding.verdict is Verdict.PASS for finding in findings)


@each_rule
def test_what_breaks_a_rule_fails_by_name(rule_file: RuleFile) -> None:
    expected = Fixture(_HERE / "rules" / rule_file.id / "failing").expected
    findings = _findings(rule_file, "failing")
    assert expected, "main.tf must start with '# expect: <address>' or '# expect: environment'"
    named = {finding.address for finding in findings if finding.verdict is Verdict.FAIL}
    assert named == set(expected)


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


@each_fixture
def test_no_rule_stops_on_a_real_plan_and_none_names_what_it_does_not_list(
    fixture: Fixture,
) -> None:
    for rule_file in _RULE_FILES:
        judged = judge_plan_file(str(fixture.plan), rule_file)
        stopped = [finding.message for finding in judged.findings if _stopped(finding)]
        assert stopped == [], rule_file.id
        # Rules about resources of every type list none: checkov shows these on the provider.
        if rule_file.rule and rule_file.rule.subjects:
            named = {finding.address for finding in judged.findings} - {""}
            assert named <= judged.examined, f"{rule_file.id}: its subjects lack these types"


def _stopped(finding: Finding) -> bool:
    return " stopped: " in finding.message or " could not be loaded: " in finding.message
