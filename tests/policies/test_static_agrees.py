"""What the HCL alone decides, a plan of it decides alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.judging.static_check import check_static, judge_facts, needing_a_plan
from lockgate.repository import environments
from lockgate.verdict.verdict import EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.hcl_facts import HclFacts
from tests.policies.recorded_plans import Document, recorded
from tests.policies.rule_cases import Case, all_cases

_RULES = load_rules()


def _of_the_plan(plan: Document) -> dict[str, Verdict]:
    architecture = read_architecture(plan)
    order = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]
    return {
        file.id: max(
            (finding.verdict for finding in judge(file, architecture).findings),
            key=order.index,
            default=Verdict.NOT_APPLICABLE,
        )
        for file in _RULES
    }


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_static_never_contradicts_the_plan(case: Case) -> None:
    plan = recorded(case)
    facts = HclFacts.from_document(plan)
    static = judge_facts("x", facts, _RULES)
    planned = _of_the_plan(plan)
    assert static.problems == ()
    assert {rule: planned[rule] for rule in static.rules} == static.rules


def test_a_root_module_with_aliases_only_has_no_default_provider_to_inherit(
    tmp_path: Path,
) -> None:
    """A plan of it needs the shell's region: Terraform asks for one where there is none."""
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic" / "main.tf").write_text('resource "aws_sns_topic" "this" {}\n')
    (tmp_path / "main.tf").write_text(
        'provider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'
        'module "topic" {\n  source = "./topic"\n}\n'
    )
    environment = environments.Environment("x", tmp_path, tmp_path)
    (verdict,) = check_static([environment], _RULES).environments
    (said,) = [finding.message for finding in verdict.findings if finding.rule == "LG_REGION_3"]
    assert said.endswith(
        "module.topic passes no providers, and the root module configures no default one, so it "
        "silently gets the default region"
    )


def test_it_decides_the_state_and_the_providers_of_this_repository() -> None:
    (prod,) = environments.select(environments.discover(paths.repository_root()), ["prod"])
    (verdict,) = check_static([prod], _RULES).environments
    assert verdict.passes
    assert set(verdict.rules) == {file.id for file in _RULES if file.rule and file.rule.static}
    waiting = needing_a_plan(verdict, _RULES)
    assert {*waiting, *verdict.rules} == {file.id for file in _RULES}


def _facts(**module: object) -> HclFacts:
    call = {"file": "main.tf", "line": 1, "source": "./m", "providers": None, "arguments": {}}
    inner = {
        "directory": "m",
        "resources": {"aws_vpc.this": {"arguments": {}}},
        "required_providers": ["aws"],
    }
    both = [{"name": "aws", "alias": None}, {"name": "aws", "alias": "west"}]
    calls = {"first": call, "copy": {**call, **module}}
    root = {"calls": calls, "resources": {}, "providers": both}
    return HclFacts({"": root, "first": inner, "copy": inner})


def _verdict_of(facts: HclFacts, rule: str) -> Verdict | None:
    verdict: EnvironmentVerdict = judge_facts("x", facts, _RULES)
    return verdict.rules.get(rule)


def test_a_call_that_may_come_to_nothing_is_left_to_the_plan() -> None:
    assert _verdict_of(_facts(), "LG_REGION_3") is Verdict.FAIL
    assert _verdict_of(_facts(arguments={"count": "var.enabled ? 1 : 0"}), "LG_REGION_3") is None
    assert _verdict_of(_facts(providers={"aws": "aws.west"}), "LG_REGION_3") is Verdict.PASS


def test_a_module_with_fifty_calls_is_named_once() -> None:
    call = {"file": "main.tf", "line": 1, "source": "./m", "providers": {"aws": "aws"}}
    module = {"directory": "m", "resources": {"aws_vpc.this": {"arguments": {}}}}
    calls = {f"call_{number:02}": {**call, "arguments": {}} for number in range(50)}
    facts = HclFacts({"": {"calls": calls, "resources": {}}, **dict.fromkeys(calls, module)})
    findings = [
        finding
        for finding in judge_facts("x", facts, _RULES).findings
        if finding.rule == "LG_REGION_5"
    ]
    assert [finding.verdict for finding in findings] == [Verdict.FAIL]
    assert findings[0].message.startswith("m: module.call_00 and 49 more of its calls hold AWS")
