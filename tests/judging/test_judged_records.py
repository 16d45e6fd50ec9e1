"""checkov's silence is a problem, and a problem never passes."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.judging.judged_records import environment_verdict, location_of
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.model.hcl_facts import HclFacts


def _record(check: str, resource: str, result: str, *details: str) -> dict[str, Any]:
    return {
        "check": check,
        "name": check,
        "resource": resource,
        "result": result,
        "details": list(details),
        "guideline": "",
    }


def _verdict(*records: dict[str, Any], errors: tuple[str, ...] = ()) -> EnvironmentVerdict:
    answer = {"records": list(records), "errors": list(errors)}
    return environment_verdict("prod", ["LG_A_1"], ["CKV_1"], {}, answer, HclFacts())


def test_a_rule_that_ran_and_found_nothing_wrong_passes() -> None:
    verdict = _verdict(
        _record("LG_A_1", "aws.default", "PASSED", "judged: 1 resource(s), 0 blocked"),
        _record("LG_A_1", "aws_lb.this", "PASSED", "pass: fine"),
    )
    assert verdict.passes
    assert verdict.rules == {"LG_A_1": Verdict.PASS}


def test_a_rule_that_did_not_report_is_named_and_blocks() -> None:
    verdict = _verdict()
    assert not verdict.passes
    assert verdict.problems == ("did not report, so nothing is proven: LG_A_1",)


def test_a_resource_record_alone_does_not_say_that_the_rule_ran() -> None:
    verdict = _verdict(_record("LG_A_1", "aws_lb.this", "PASSED", "pass: fine"))
    assert verdict.problems == ("did not report, so nothing is proven: LG_A_1",)


def test_resources_that_checkov_does_not_show_are_counted() -> None:
    verdict = _verdict(
        _record("LG_A_1", "aws.default", "PASSED", "judged: 2 resource(s), 0 blocked"),
        _record("LG_A_1", "aws_lb.this", "PASSED", "pass: fine"),
    )
    assert verdict.problems == ("LG_A_1 judged 2 resource(s), but checkov shows 1",)


def test_what_checkov_only_logs_blocks() -> None:
    verdict = _verdict(
        _record(
            "LG_A_1", "aws.default", "PASSED", "pass: fine", "judged: 0 resource(s), 0 blocked"
        ),
        errors=("Failed to run check LG_A_1",),
    )
    assert verdict.rules == {"LG_A_1": Verdict.PASS}
    assert not verdict.passes


@pytest.mark.parametrize(
    ("line", "verdict", "message"),
    [
        ("fail: no PRIMARY", Verdict.FAIL, "no PRIMARY"),
        ("unknown: local.x", Verdict.UNKNOWN, "local.x"),
        ("pass: two regions: both", Verdict.PASS, "two regions: both"),
    ],
)
def test_findings_keep_their_verdict_and_their_words(
    line: str, verdict: Verdict, message: str
) -> None:
    result = "PASSED" if verdict is Verdict.PASS else "FAILED"
    found = _verdict(
        _record("LG_A_1", "aws.default", result, line, "judged: 0 resource(s), 0 blocked"),
        _record("LG_A_1", "aws.secondary", result, line, "judged: 0 resource(s), 0 blocked"),
    )
    assert [(f.verdict, f.message, f.address) for f in found.findings] == [(verdict, message, "")]
    assert found.passes is (verdict is Verdict.PASS)


def test_a_rule_with_nothing_to_judge_is_not_applicable_and_does_not_block() -> None:
    found = _verdict(_record("LG_A_1", "aws.default", "PASSED", "not applicable: no database"))
    assert found.rules == {"LG_A_1": Verdict.NOT_APPLICABLE}
    assert found.passes


def test_a_builtin_check_of_checkov_is_judged_by_its_result() -> None:
    found = _verdict(
        _record("LG_A_1", "aws.default", "PASSED", "not applicable: nothing"),
        _record("CKV_1", "aws_lb.this", "FAILED"),
        _record("CKV_1", "aws_lb.that", "PASSED"),
    )
    assert [(f.verdict, f.address) for f in found.findings if f.rule == "CKV_1"] == [
        (Verdict.FAIL, "aws_lb.this"),
        (Verdict.PASS, "aws_lb.that"),
    ]


def test_an_address_leads_to_the_line_of_its_block() -> None:
    facts = HclFacts(
        {"net.inner": {"resources": {"aws_subnet.public": {"file": "m/main.tf", "line": 7}}}}
    )
    address = 'module.net["a.b"].module.inner[0].aws_subnet.public["us-east-1a"]'
    assert location_of(address, facts) == "m/main.tf:7"
    assert location_of("aws_subnet.public", facts) == ""
    assert location_of("", facts) == ""


def test_exit_codes_follow_from_the_verdict() -> None:
    passing = _verdict(_record("LG_A_1", "aws.default", "PASSED", "not applicable: nothing"))
    failing = _verdict()
    broken = EnvironmentVerdict("dev", engine_error="Error: no")
    assert GateVerdict((passing,)).exit_code == 0
    assert GateVerdict((passing, failing)).exit_code == 1
    assert GateVerdict((passing, failing, broken)).exit_code == 3
    assert GateVerdict(()).exit_code == 1
    assert GateVerdict((passing,)).sentence == "PASS: prod kept all 1 rules"
    assert GateVerdict((failing,)).sentence == "FAIL: prod was not judged completely"
    assert GateVerdict((broken,)).sentence == "FAIL: dev could not be planned"
