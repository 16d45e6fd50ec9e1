"""Plans as they come: of other clouds and versions, empty, huge, destroyed, incomplete."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lockgate.commands.check import command
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import forget, judge, judge_plan_file
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import read_architecture
from tests.policies.mutation.recording import Subject
from tests.policies.recorded_plans import recorded
from tests.policies.rule_cases import RULES as RULE_CASES
from tests.policies.rule_cases import read_cases

RULES = {file.id: file for file in load_rules()}


def _verdicts(document: dict[str, Any]) -> dict[str, set[Verdict]]:
    architecture = read_architecture(document)
    verdicts = {}
    for name, file in RULES.items():
        findings = judge(file, architecture).findings
        assert not [f for f in findings if " stopped: " in f.message], name
        verdicts[name] = {finding.verdict for finding in findings}
    return verdicts


def _reference() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(Subject().load()))
    return document


def test_what_leaves_the_state_without_being_destroyed_is_judged_by_no_rule() -> None:
    """As Terraform 1.15 writes ``removed { lifecycle { destroy = false } }``."""
    document, before = _reference(), _verdicts(_reference())
    of = {"mode": "managed", "type": "aws_lb", "name": "old", "address": "aws_lb.old"}
    root = document["planned_values"]["root_module"]
    root.setdefault("resources", []).append({**of, "schema_version": 0, "sensitive_values": False})
    change = {"actions": ["forget"], "before": {"name": "old"}, "after": None, "after_unknown": {}}
    document["resource_changes"].append({**of, "change": change})
    assert _verdicts(document) == before
    assert read_architecture(document).tree.forgotten == {"aws_lb.old"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"format_version": "1.2", "planned_values": {}, "configuration": {}},
        {"format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": []},
        {"planned_values": None, "resource_changes": None, "configuration": None},
        {"planned_values": {"root_module": {"resources": [None, 3, {}], "child_modules": [None]}}},
    ],
)
def test_an_empty_plan_is_no_two_region_architecture(document: dict[str, Any]) -> None:
    found = _verdicts(document)
    assert Verdict.FAIL in found["LG_REGION_1"]
    assert Verdict.FAIL in found["LG_FAILOVER_1"]


def test_a_plan_of_another_cloud_is_judged_as_having_nothing() -> None:
    resource = {
        "address": "google_compute_network.a",
        "mode": "managed",
        "type": "google_compute_network",
        "name": "a",
        "values": {},
    }
    found = _verdicts(
        {
            "planned_values": {"root_module": {"resources": [resource]}},
            "configuration": {"provider_config": {"google": {"name": "google"}}},
        }
    )
    assert Verdict.FAIL in found["LG_REGION_1"]


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.1", "1.2", "2.0"])
def test_the_format_version_does_not_matter(version: str) -> None:
    """Terraform 1.0 writes 0.1 and 0.2, today's 1.2; OpenTofu writes 1.2 as well."""
    document = _reference()
    document["format_version"] = version
    document["terraform_version"] = "1.0.11"
    for key in ("applyable", "complete", "errored", "checks"):
        document.pop(key, None)
    assert _verdicts(document) == _verdicts(_reference())


@pytest.mark.parametrize("key", ["configuration", "planned_values", "resource_changes"])
def test_null_in_place_of_a_part_never_makes_a_pass_of_the_whole(key: str) -> None:
    document = _reference()
    document[key] = None
    found = _verdicts(document)
    assert any(verdict.blocks for verdicts in found.values() for verdict in verdicts)


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nulled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_nulled(item) for item in value]
    return None


def test_null_everywhere_is_read() -> None:
    found = _verdicts(_nulled(_reference()))
    assert Verdict.FAIL in found["LG_REGION_1"]


def test_a_plan_that_only_destroys_leaves_nothing() -> None:
    document = _reference()
    document["planned_values"] = {"root_module": {}}
    for change in document["resource_changes"]:
        change["change"] = {"actions": ["delete"], "before": {}, "after": None, "after_unknown": {}}
    assert Verdict.FAIL in _verdicts(document)["LG_REGION_1"]


def test_moved_and_imported_resources_are_judged_where_they_will_be() -> None:
    document = _reference()
    for change in document["resource_changes"]:
        change["previous_address"] = f"old.{change['address']}"
        change["change"]["importing"] = {"id": "x"}
    assert _verdicts(document) == _verdicts(_reference())


def test_provider_keys_that_lead_nowhere_are_told_by_zones_or_unknown() -> None:
    document = _reference()
    document["configuration"]["provider_config"] = {}
    document["prior_state"] = {}  # where data.aws_region is
    for module in document["planned_values"]["root_module"]["child_modules"]:
        for inner in module["child_modules"]:
            for resource in inner["resources"]:
                resource["values"].pop("availability_zone", None)
    found = _verdicts(document)
    assert any(verdict.blocks for verdict in found["LG_REGION_4"])
    assert Verdict.PASS not in found["LG_REGION_1"]


def test_references_in_a_circle_end() -> None:
    call = {"expressions": {"a": {"references": ["module.b.o"]}}}
    module = {"outputs": {"o": {"expression": {"references": ["var.a"]}}}, "variables": {"a": {}}}
    document = {
        "planned_values": {
            "root_module": {
                "child_modules": [
                    {
                        "address": "module.a",
                        "resources": [
                            {
                                "address": "module.a.aws_subnet.s",
                                "mode": "managed",
                                "type": "aws_subnet",
                                "name": "s",
                                "values": {},
                            }
                        ],
                    },
                    {"address": "module.b", "resources": []},
                ]
            }
        },
        "configuration": {
            "root_module": {
                "module_calls": {
                    "a": {
                        **call,
                        "module": {
                            **module,
                            "resources": [
                                {
                                    "address": "aws_subnet.s",
                                    "expressions": {"vpc_id": {"references": ["var.a"]}},
                                }
                            ],
                        },
                    },
                    "b": {
                        "expressions": {"a": {"references": ["module.a.o"]}},
                        "module": module,
                    },
                }
            }
        },
    }
    architecture = read_architecture(document)
    (subnet,) = architecture.subnets
    assert "does not end" in subnet.vpc.why
    _verdicts(document)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"errored": True}, "planning ended with an error"),
        ({"complete": False}, "the plan is incomplete: some change(s) are deferred"),
        ({"deferred_changes": [{}]}, "the plan is incomplete: 1 change(s) are deferred"),
    ],
)
def test_a_plan_that_is_not_the_whole_truth_is_unknown(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({**_reference(), **change}))
    findings = judge_plan_file(str(plan), RULES["LG_SUBNET_1"]).findings
    forget(str(plan))
    assert [f.verdict for f in findings] == [Verdict.UNKNOWN]
    assert says in findings[0].message


def _check(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.output + str(result.exception or "")


def test_a_plan_file_is_judged_without_an_engine(tmp_path: Path) -> None:
    good, empty, huge = (tmp_path / f"{name}.json" for name in ("good", "empty", "huge"))
    document = _reference()
    good.write_text(json.dumps({"lockgate": document["lockgate"], **document}))
    empty.write_text('{"format_version": "1.2", "terraform_version": "1.9", "planned_values": {}}')
    document["padding"] = "x" * 100_000_000
    huge.write_text(json.dumps(document))
    paths = [part for plan in (good, empty, huge) for part in ("--plan", str(plan))]
    code, output = _check("--json", *paths)
    assert code == 1
    prod, nothing, big = json.JSONDecoder().raw_decode(output)[0]["environments"]
    assert prod["passes"] is True
    assert big["passes"] is True
    assert nothing["passes"] is False
    assert nothing["problems"] == [
        "the plan has no resource and no provider of AWS, so there is nothing in it that Lockgate "
        "could judge: hand over the plans of your AWS root modules only"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read"),
        ("", "is empty"),
        ("PK\x03\x04", "is a plan in Terraform's own form"),
        ("[]", "it is a JSON list"),
        ('{"lockgate": {', "it was cut off or changed"),
    ],
)
def test_what_is_no_plan_is_a_usage_error(tmp_path: Path, text: str | None, says: str) -> None:
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text)
    code, output = _check("--plan", str(plan))
    assert code != 0
    assert says in output


def test_a_role_read_back_without_inline_policies_has_none() -> None:
    case = next(case for case in read_cases(RULE_CASES / "LG_FAILOVER_11.yaml") if case.passes)
    document = recorded(case)
    empty = [{"name": "", "policy": ""}]
    for change in document["resource_changes"]:
        if change["type"] == "aws_iam_role":
            change["change"]["after"]["inline_policy"] = empty
            change["change"]["after_unknown"]["inline_policy"] = [{}]
    for resource in document["planned_values"]["root_module"]["resources"]:
        if resource["type"] == "aws_iam_role":
            resource["values"]["inline_policy"] = empty
    assert Verdict.UNKNOWN not in _verdicts(document)["LG_FAILOVER_11"]


def test_the_record_that_validates_an_applied_certificate_is_no_name_that_must_answer() -> None:
    document = _reference()
    known = {"type": "CNAME", "name": "_d930b28b.www.example.com"}
    validation = 0
    for change in document["resource_changes"]:
        if change["type"] == "aws_route53_record" and change["name"] == "validation":
            change["change"]["after"] |= known
            change["change"]["after_unknown"] |= dict.fromkeys(known, False)
            validation += 1
    for values in _planned(document["planned_values"]["root_module"]):
        if values["type"] == "aws_route53_record" and values["name"] == "validation":
            values["values"] |= known
            validation += 1
    assert validation == 2
    assert _verdicts(document)["LG_LOSS_1"] == {Verdict.PASS}


def _planned(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _planned(child)
