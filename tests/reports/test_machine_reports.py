"""SARIF, JUnit and JSON: what other programs read."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given

from lockgate.base.errors import UsageError
from lockgate.reports import finding_text
from lockgate.reports.report_junit import as_junit
from lockgate.reports.report_sarif import NOT_JUDGED, as_sarif
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.verdict_document import as_json, parse_verdict, read_verdict
from tests.reports import verdicts

# The schema that OASIS publishes, as @microsoft/jest-sarif 1.0.0-beta.0 carries it (MIT licence).
SCHEMA = Path(__file__).with_name("sarif-2.1.0.schema.json")


@cache
def _validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    return jsonschema.Draft4Validator(schema, format_checker=checker)


def _valid(verdict: GateVerdict) -> dict[str, Any]:
    log = as_sarif(verdict)
    # As a reader gets it.
    written: dict[str, Any] = json.loads(json.dumps(log))
    _validator().validate(written)
    run: dict[str, Any] = written["runs"][0]
    return run


# --- SARIF --------------------------------------------------------------------------------------


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = as_sarif(verdicts.mixed())
    log["runs"][0]["results"][0]["level"] = "catastrophe"
    with pytest.raises(jsonschema.ValidationError):
        _validator().validate(log)


def test_a_result_has_its_rule_its_place_and_its_message() -> None:
    run = _valid(verdicts.mixed())
    result = next(each for each in run["results"] if each["ruleId"] == "LG_LB_1")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "envs/prod/main.tf"
    assert place["region"] == {"startLine": 7}
    assert result["message"] == {"text": "prod: aws_lb.this: stands in one zone"}
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "LG_LB_1"
    assert "Give it two subnets." in rule["help"]["text"]
    assert "lockgate explain LG_LB_1" in rule["help"]["markdown"]
    assert run["properties"]["verdict"] == verdicts.mixed().sentence


def test_what_blocks_is_an_error_and_what_passes_is_no_result() -> None:
    run = _valid(verdicts.mixed())
    by_rule = {(result["ruleId"], result["level"]) for result in run["results"]}
    assert by_rule == {
        ("LG_LB_1", "error"),
        ("LG_DATA_3", "error"),
        ("LG_LB_4", "error"),
        (NOT_JUDGED, "error"),
    }


def test_a_waived_finding_is_suppressed_with_its_owner_and_reason() -> None:
    run = _valid(verdicts.mixed())
    suppressed = [result for result in run["results"] if "suppressions" in result]
    assert [each["ruleId"] for each in suppressed] == ["LG_LB_4"]
    assert "platform@example.com" in suppressed[0]["suppressions"][0]["justification"]


def test_an_environment_that_was_not_judged_is_a_result_and_a_failed_run() -> None:
    run = _valid(verdicts.mixed())
    said = [
        result["message"]["text"] for result in run["results"] if result["ruleId"] == NOT_JUDGED
    ]
    assert said == [
        "staging was not judged: Error: no such variable on main.tf:3",
        "test was not judged: LG_LB_2 did not report, so nothing is proven",
    ]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert _valid(GateVerdict(()))["invocations"][0]["executionSuccessful"] is False
    assert _valid(verdicts.passing())["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_stay_while_lines_move_and_differ_between_findings() -> None:
    first, moved = verdicts.many(20, "prod", "dev"), verdicts.many(20, "prod", "dev", message="x")
    moved = GateVerdict(
        tuple(
            replace(
                environment,
                findings=tuple(
                    replace(f, location="modules/a/main.tf:99") for f in environment.findings
                ),
            )
            for environment in moved.environments
        )
    )
    prints = [
        [result["partialFingerprints"]["lockgate/v1"] for result in _valid(verdict)["results"]]
        for verdict in (first, moved)
    ]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 40


def test_two_findings_on_one_resource_have_two_fingerprints() -> None:
    twice = GateVerdict((EnvironmentVerdict("prod", (verdicts.finding(), verdicts.finding())),))
    prints = {result["partialFingerprints"]["lockgate/v1"] for result in _valid(twice)["results"]}
    assert len(prints) == 2


def test_a_message_cannot_make_a_link_or_ask_for_arguments() -> None:
    text = verdicts.many(1, message="[a](https://example.com) {0} aws_lb.this[0]")
    said = _valid(text)["results"][0]["message"]["text"]
    assert said.endswith("[a] (https://example.com) { 0} aws_lb.this[0]")


@given(verdicts.VERDICTS)
def test_any_verdict_gives_valid_sarif(verdict: GateVerdict) -> None:
    run = _valid(verdict)
    blocking = [
        f for environment in verdict.environments for f in environment.findings if f.verdict.blocks
    ]
    told = [each for each in run["results"] if each["ruleId"] != NOT_JUDGED]
    assert len(told) == len(blocking)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    prints = [each["partialFingerprints"]["lockgate/v1"] for each in run["results"]]
    assert len(set(prints)) == len(prints)
    unjudged = [
        environment for environment in verdict.environments if finding_text.not_judged(environment)
    ]
    assert len(run["results"]) == len(told) + len(unjudged)


# --- JUnit --------------------------------------------------------------------------------------


def test_an_environment_is_a_suite_and_a_rule_is_a_case() -> None:
    root = ElementTree.fromstring(as_junit(verdicts.mixed()))
    assert [suite.get("name") for suite in root] == ["prod", "dev", "staging", "test"]
    prod = root[0]
    cases = {case.get("name", "").partition(":")[0]: case for case in prod}
    assert set(cases) == {"LG_LB_1", "LG_DATA_3", "LG_LB_4", "LG_REGION_1", "LG_STATE_1"}
    failure = cases["LG_LB_1"].find("failure")
    assert failure is not None
    assert failure.get("type") == "fail"
    assert "aws_lb.other\nenvs/prod/main.tf:19" in (failure.text or "")
    assert cases["LG_LB_1"].get("file") == "envs/prod/main.tf"
    unknown = cases["LG_DATA_3"].find("failure")
    assert unknown is not None
    assert unknown.get("type") == "unknown"
    assert cases["LG_LB_4"].find("failure") is None
    assert "moves in May" in (cases["LG_LB_4"].findtext("system-out") or "")
    assert len(cases["LG_REGION_1"]) == 0
    assert cases["LG_STATE_1"].find("skipped") is not None
    assert [suite.get("errors") for suite in root] == ["0", "0", "1", "1"]
    assert "no such variable\n  on main.tf:3" in (root[2].findtext("testcase/error") or "")
    counted = {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "9", "failures": "2", "errors": "2", "skipped": "1"}


def test_nothing_judged_is_an_error_and_not_an_empty_file() -> None:
    for verdict in (GateVerdict(()), GateVerdict((EnvironmentVerdict("dev"),))):
        root = ElementTree.fromstring(as_junit(verdict))
        assert root.get("errors") == "1"


@given(verdicts.VERDICTS)
def test_any_verdict_gives_well_formed_xml_that_fails_when_the_gate_does(
    verdict: GateVerdict,
) -> None:
    root = ElementTree.fromstring(as_junit(verdict))
    bad = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert (bad == 0) == verdict.passes
    assert int(root.get("tests", "")) == len(root.findall("testsuite/testcase"))


# --- JSON, and back -----------------------------------------------------------------------------


@given(verdicts.VERDICTS)
def test_a_verdict_survives_its_file(verdict: GateVerdict) -> None:
    written = json.loads(json.dumps(as_json(verdict)))
    assert parse_verdict(written, "verdict.json") == verdict


def test_a_file_cannot_claim_to_pass() -> None:
    document = as_json(verdicts.mixed())
    document["passes"] = True
    document["exit_code"] = 0
    document["verdict"] = "PASS"
    for environment in document["environments"]:
        environment["passes"] = True
        environment["rules"] = {}
    assert parse_verdict(document, "verdict.json") == verdicts.mixed()


def test_a_file_that_is_no_verdict_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    with pytest.raises(UsageError, match=r"cannot be read: No such file.*lockgate check --report"):
        read_verdict(path)
    path.write_text("{")
    with pytest.raises(UsageError, match=r"verdict\.json is not valid JSON"):
        read_verdict(path)
    path.write_text("[]")
    with pytest.raises(UsageError, match="is not a verdict of version 1"):
        read_verdict(path)
    path.write_text(json.dumps({**as_json(verdicts.mixed()), "static": True}))
    with pytest.raises(UsageError, match="static check, which judges no plan"):
        read_verdict(path)
    without = as_json(verdicts.mixed())
    del without["environments"]
    path.write_text(json.dumps(without))
    with pytest.raises(UsageError, match="missing required field environments"):
        read_verdict(path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("verdict", "great", "enum value 'great' - at .*findings.0..verdict"),
        ("rule", 3, "Expected str, got int - at .*findings.0..rule"),
        (
            "waived",
            {"reason": "", "owner": "", "expires": "soon", "days_left": 1},
            "Invalid RFC3339 encoded date - at .*waived.expires",
        ),
        ("waived", [], "Expected object | null, got array - at .*waived"),
    ],
)
def test_a_strange_finding_is_refused(key: str, value: object, message: str) -> None:
    document = as_json(verdicts.passing())
    document["environments"][0]["findings"][0][key] = value
    with pytest.raises(UsageError, match=message):
        parse_verdict(document, "verdict.json")
