"""Plans that somebody else's pipeline made, handed over in files, directories and on stdin.

The plans are the reference environment's, edited into what other versions and pipelines write.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from tests.policies.mutation.recording import Subject

ROOT = paths.repository_root(Path(__file__))


def _resource(kind: str, name: str, **values: Any) -> dict[str, Any]:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": values,
    }


def _plan(region: str | None, *resources: dict[str, Any], version: str = "1.9.5") -> dict[str, Any]:
    """A plan of one region, as Terraform writes it; without a region, without configuration."""
    changes = [
        {
            **{name: resource[name] for name in ("address", "mode", "type", "name")},
            "change": {"actions": ["create"], "before": None, "after": resource["values"]},
        }
        for resource in resources
    ]
    configured = [
        {
            **{name: resource[name] for name in ("address", "mode", "type", "name")},
            "provider_config_key": "aws",
            "expressions": {},
        }
        for resource in resources
    ]
    expressions = {"region": {"references": ["var.region"]}}
    configuration = {
        "provider_config": {"aws": {"name": "aws", "expressions": expressions}},
        "root_module": {"resources": configured},
    }
    return {
        "format_version": "1.2",
        "terraform_version": version,
        "variables": {"region": {"value": region}},
        "planned_values": {"root_module": {"resources": list(resources)}},
        "resource_changes": changes,
        **({"configuration": configuration} if region else {}),
    }


def _resolved(region: str, resource: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A plan as `lockgate plan --out` writes it: what it carries stands first, the region too."""
    resolved = {
        "version": 1,
        "provider": "hashicorp/aws 3.39.0",
        "regions": {resource["address"]: region},
        "references": {},
        "looked_up": {},
    }
    carried = {"environment": region, "settings": settings, "resolved": resolved}
    return {"lockgate": carried, **_plan(None, resource)}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The verdict on many plans at once, by environment: one checkov judges all of them."""
    place = tmp_path_factory.mktemp("plans")
    reference = Subject().load()
    carried = reference["lockgate"]
    bare = {key: value for key, value in reference.items() if key != "lockgate"}
    vpc = _resource("aws_vpc", "this", cidr_block="10.0.0.0/16")
    files: dict[str, str | bytes] = {
        "lockgate.yaml": "version: 1\ndefaults:\n  strategy: active-passive\n",
        "all/judged.json": json.dumps({"lockgate": carried, **bare}),
        "all/bare/tfplan.json": json.dumps(bare).encode("utf-16"),
        "all/unconfigured.json": json.dumps(_plan(None, vpc)),
        "all/google.json": json.dumps(_plan(None, _resource("google_compute_network", "this"))),
        "all/state.json": '{"format_version": "1.0", "values": {"root_module": {}}}',
        "live/us-east-1/tfplan.json": json.dumps(_plan("us-east-1", vpc)),
        "live/us-west-2/tfplan.json": json.dumps(_plan("us-west-2", vpc)),
        "made/one.json": json.dumps(_resolved("us-east-1", vpc)),
        "made/two.json": json.dumps(_resolved("us-west-2", vpc)),
        "mixed/one.json": json.dumps(_resolved("us-east-1", vpc)),
        "mixed/two.json": json.dumps(_plan("us-west-2", vpc)),
        "unlike/one.json": json.dumps(_resolved("us-east-1", vpc)),
        "unlike/two.json": json.dumps(_resolved("us-west-2", vpc, version=1)),
        "half/one.json": json.dumps(_plan("us-east-1", vpc)),
        "half/two.json": "Error: no plan",
        "cut/one.json": json.dumps(_plan("us-east-1", vpc)),
        "cut/two.json": json.dumps({**_plan("us-west-2", vpc), "errored": True}),
    }
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        written = content if isinstance(content, bytes) else content.encode()
        (place / name).write_bytes(written)
    names = ("live", "made", "mixed", "unlike", "half", "cut")
    plans = ("all", *(f"{name}={name}" for name in names), "piped=-")
    options = [part for plan in plans for part in ("--plan", plan)]
    done = subprocess.run(
        [sys.executable, "-m", "lockgate", "check", "--json", *options],
        cwd=place,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'ci'}{os.pathsep}{ROOT / 'policies'}"},
        input=json.dumps(_plan("us-east-1", vpc, version="0.12.31")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    answer = json.loads(done.stdout)
    return {verdict["environment"]: verdict for verdict in answer["environments"]}


def _messages(verdict: dict[str, Any], rule: str) -> list[tuple[str, str]]:
    return [
        (finding["verdict"], finding["message"])
        for finding in verdict["findings"]
        if finding["rule"] == rule
    ]


def test_each_plan_of_a_directory_is_an_environment_of_its_own(verdicts: dict[str, Any]) -> None:
    assert set(verdicts) == {
        *("prod", "bare", "unconfigured", "google", "state"),
        *("live", "made", "mixed", "unlike", "half", "cut", "piped"),
    }
    assert verdicts["prod"]["passes"] is True


def test_nothing_ends_with_a_rule_that_did_not_report(verdicts: dict[str, Any]) -> None:
    assert "did not report" not in json.dumps(verdicts)


def test_a_bare_plan_in_utf_16_is_judged_and_what_its_hcl_would_tell_is_unknown(
    verdicts: dict[str, Any],
) -> None:
    assert verdicts["bare"]["problems"] == []
    assert {verdict for verdict, _ in _messages(verdicts["bare"], "LG_STATE_1")} == {"unknown"}
    assert {verdict for verdict, _ in _messages(verdicts["bare"], "LG_REGION_2")} == {"pass"}


def test_without_configuration_regions_are_unknown_and_everything_is_asked(
    verdicts: dict[str, Any],
) -> None:
    ((verdict, message),) = _messages(verdicts["unconfigured"], "LG_REGION_4")
    assert verdict == "unknown"
    assert "as its `configuration` is missing" in message


def test_what_is_no_plan_of_aws_fails_for_itself(verdicts: dict[str, Any]) -> None:
    (google,) = verdicts["google"]["problems"]
    assert google.startswith("the plan has no resource and no provider of AWS")
    (state,) = verdicts["state"]["problems"]
    assert state.endswith(
        "it is a state (`terraform show -json` without a plan file); write it with "
        "`terraform show -json PLANFILE > plan.json`"
    )


def test_plans_of_one_name_are_judged_as_the_one_architecture_that_they_are(
    verdicts: dict[str, Any],
) -> None:
    live = verdicts["live"]
    assert [verdict for verdict, _ in _messages(live, "LG_REGION_2")] == ["pass", "pass"]
    assert _messages(live, "LG_REGION_4") == [
        ("pass", "the region of all 2 regional resources is known")
    ]
    addresses = {finding["address"] for finding in live["findings"]}
    assert {"us-east-1/aws_vpc.this", "us-west-2/aws_vpc.this"} <= addresses
    assert {verdict for verdict, _ in _messages(live, "LG_STATE_1")} == {"unknown"}


def test_plans_that_lockgate_made_are_joined_with_what_they_resolved(
    verdicts: dict[str, Any],
) -> None:
    made = verdicts["made"]
    assert made["problems"] == []
    assert made["provider"] == "hashicorp/aws 3.39.0"
    assert _messages(made, "LG_REGION_4") == [
        ("pass", "the region of all 2 regional resources is known")
    ]
    (mixed,) = verdicts["mixed"]["problems"]
    assert mixed.startswith("some of its plans are resolved and some are not: hand over what")
    (unlike,) = verdicts["unlike"]["problems"]
    assert unlike.startswith("its plans carry different settings: plan all of them with the same")


def test_one_plan_that_cannot_be_read_leaves_its_environment_unjudged(
    verdicts: dict[str, Any],
) -> None:
    (problem,) = verdicts["half"]["problems"]
    assert "two.json is no plan in JSON: it begins with 'Error: no plan'" in problem
    assert verdicts["half"]["findings"] == []


def test_one_plan_that_ended_with_an_error_leaves_all_rules_unknown(
    verdicts: dict[str, Any],
) -> None:
    messages = {message for _, message in _messages(verdicts["cut"], "LG_REGION_1")}
    (message,) = messages
    assert "planning ended with an error, so the plan is not the whole truth" in message


def test_a_plan_on_standard_input_is_judged_under_the_name_that_it_was_given(
    verdicts: dict[str, Any],
) -> None:
    assert _messages(verdicts["piped"], "LG_REGION_4") == [
        ("pass", "the region of all 1 regional resources is known")
    ]
