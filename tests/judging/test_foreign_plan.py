"""A plan of somebody else's pipeline is read, or it is said what the file is instead."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lockgate.base.errors import UsageError
from lockgate.judging.foreign_plan import has_aws, read_foreign_plan, with_provider

SHOW = "write it with `terraform show -json PLANFILE > plan.json`"
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.5",
    "planned_values": {"root_module": {}},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_plan_is_read_as_powershell_and_others_write_it(encoding: str) -> None:
    text = json.dumps({**PLAN, "variables": {"name": {"value": "Zoë"}}}, ensure_ascii=False)
    mark = "\ufeff" if encoding.endswith("e") and encoding.startswith("utf-16") else ""
    document = read_foreign_plan(f"{mark}{text}\r\n".encode(encoding), "plan.json")
    assert document["variables"] == {"name": {"value": "Zoë"}}


@pytest.mark.parametrize(
    ("terraform", "format_version"),
    [
        ("0.12.31", "0.1"),
        ("0.13.7", "0.1"),
        ("0.14.11", "0.1"),
        ("0.15.5", "0.1"),
        ("1.0.11", "0.2"),
        ("1.1.9", "1.0"),
        ("1.2.9", "1.1"),
        ("1.5.7", "1.2"),
        ("1.15.5", "1.2"),
    ],
)
def test_every_format_that_terraform_wrote_is_a_plan(terraform: str, format_version: str) -> None:
    plan = {**PLAN, "terraform_version": terraform, "format_version": format_version}
    assert read_foreign_plan(json.dumps(plan).encode(), "plan.json") == plan


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"PK\x03\x04...",
            "plan.json is a plan in Terraform's own form, which only Terraform can read: run "
            "`terraform show -json plan.json > plan.json` where it was planned, and judge that",
        ),
        (b" \n", f"plan.json is empty: {SHOW}, and see whether that command failed"),
        (b"\xff\xd8\xff", f"plan.json is no plan in JSON, and no text: {SHOW}"),
        (
            b"Terraform will perform the following actions",
            "plan.json is no plan in JSON: it begins with 'Terraform will perform the following "
            f"actions'; {SHOW}",
        ),
        (
            b"[command]/opt/terraform-bin show -json\n{}",
            "plan.json is no plan in JSON: it begins with other words "
            "('[command]/opt/terraform-bin show -json'); on GitHub Actions, set "
            "terraform_wrapper: false of setup-terraform, and keep only what "
            "`terraform show -json` prints",
        ),
        (
            b'{"@level":"info"}\n{"@level":"info"}',
            "plan.json is no plan in JSON: it is the log that `terraform plan -json` prints; plan "
            f"with -out PLANFILE, and {SHOW}",
        ),
        (b'{"planned_values": {', f"it was cut off or changed: {SHOW} again"),
        (b"[1]", f"plan.json is no plan: it is a JSON list; {SHOW}"),
        (
            b'{"format_version": "1.0", "values": {}}',
            f"it is a state (`terraform show -json` without a plan file); {SHOW}",
        ),
        (b'{"version": 4, "serial": 1, "lineage": ""}', f"it is a state file; {SHOW}"),
        (b'{"resource": {}}', f"it looks like configuration; {SHOW}"),
        (
            b'{"resource_changes": []}',
            f"it is a part of one, without planned_values; {SHOW}, and leave nothing out",
        ),
        (
            b'{"plan": {"planned_values": {}}}',
            "the plan is inside of its key 'plan'; take it out (`jq .plan`)",
        ),
        (
            b'{"planned_values": {}}',
            f"it does not say which terraform_version wrote it; {SHOW}, and change nothing",
        ),
        (
            b'{"planned_values": {}, "terraform_version": "3.0.0", "format_version": "2.0"}',
            "its format_version is 2.0, and this Lockgate knows 0.x and 1.x; take a newer Lockgate",
        ),
        (
            json.dumps(
                {**PLAN, "planned_values": {"root_module": {"resources": [{"type": "aws_vpc"}]}}}
            ).encode(),
            f"a resource or a change in it was cut down; {SHOW}, and leave nothing out",
        ),
        (
            json.dumps({**PLAN, "resource_changes": [{"address": "a.b", "change": {}}]}).encode(),
            f"a resource or a change in it was cut down; {SHOW}, and leave nothing out",
        ),
        (
            json.dumps(
                {**PLAN, "configuration": {"root_module": {"resources": [{"address": "a.b"}]}}}
            ).encode(),
            f"a resource or a change in it was cut down; {SHOW}, and leave nothing out",
        ),
        (b'{"provider_schemas": {}}', f"plan.json is no plan: it has no planned_values; {SHOW}"),
    ],
)
def test_what_is_no_plan_is_called_what_it_is(content: bytes, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_foreign_plan(content, "plan.json")
    assert says in str(refused.value)


def test_a_plan_without_a_provider_configuration_gets_one_without_a_region() -> None:
    document = with_provider(PLAN)
    assert document["configuration"]["provider_config"] == {"aws": {"name": "aws"}}
    assert "configuration" not in PLAN


def test_a_configuration_of_a_module_only_is_none_that_checkov_asks() -> None:
    inside = {"module.net:aws": {"name": "aws", "module_address": "module.net"}}
    document = with_provider({**PLAN, "configuration": {"provider_config": inside}})
    assert sorted(document["configuration"]["provider_config"]) == ["aws", "module.net:aws"]
    assert with_provider(document) is document


def test_a_plan_of_another_cloud_has_no_aws() -> None:
    child = {"resources": [{"type": "aws_vpc"}]}
    deep = {"planned_values": {"root_module": {"child_modules": [{"child_modules": [child]}]}}}
    assert has_aws(deep)
    assert has_aws({**PLAN, "resource_changes": [{"type": "aws_vpc"}]})
    assert has_aws({**PLAN, "configuration": {"provider_config": {"aws": {"name": "aws"}}}})
    other = {"resources": [{"type": "google_compute_network"}]}
    assert not has_aws({**PLAN, "planned_values": {"root_module": other}})
