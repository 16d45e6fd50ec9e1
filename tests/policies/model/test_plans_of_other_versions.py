"""What a plan tells of regions, by the Terraform that wrote it and by what of it was kept.

The documents are written here in the form of each version; none was taken from a real plan.
"""

from __future__ import annotations

from typing import Any

import pytest

from lockgate_policies.catalogue.finding import Finding
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.plan_values import UNKNOWN

RULES = {file.id: file for file in load_rules()}
EAST = {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}
WEST = {"name": "aws", "alias": "west", "expressions": {"region": {"constant_value": "us-west-2"}}}


def _resource(module: str, kind: str, name: str, **values: Any) -> dict[str, Any]:
    address = f"{module}.{kind}.{name}" if module else f"{kind}.{name}"
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}


def _plan(
    version: str,
    providers: dict[str, Any] | None,
    modules: dict[str, str],
    *resources: tuple[str, str, dict[str, Any]],
) -> dict[str, Any]:
    """A plan whose ``modules`` (call by name, and their provider key) hold ``resources``."""
    children, calls = [], {}
    for call, key in modules.items():
        inside = [
            (kind, name, values)
            for where, kind, values in resources
            if where == call
            for name in ["this"]
        ]
        children.append(
            {
                "address": f"module.{call}",
                "resources": [
                    _resource(f"module.{call}", kind, name, **values)
                    for kind, name, values in inside
                ],
            }
        )
        configured = [
            {"address": f"{kind}.{name}", "type": kind, "name": name, "provider_config_key": key}
            for kind, name, _ in inside
        ]
        calls[call] = {"module": {"resources": configured}}
    document: dict[str, Any] = {
        "format_version": "0.1",
        "terraform_version": version,
        "planned_values": {"root_module": {"child_modules": children}},
    }
    if providers is not None:
        document["configuration"] = {
            "provider_config": providers,
            "root_module": {"module_calls": calls},
        }
    return document


def _regions(document: dict[str, Any]) -> dict[str, Any]:
    architecture = read_architecture(document)
    return {r.address: architecture.region(r) for r in architecture.tree.resources}


def _findings(document: dict[str, Any], rule: str) -> tuple[Finding, ...]:
    return judge(RULES[rule], read_architecture(document)).findings


@pytest.mark.parametrize("version", ["0.12.31", "0.13.7", "0.14.11", "0.15.5", "1.0.11"])
def test_a_module_of_an_old_plan_has_the_only_region_there_is(version: str) -> None:
    """Its key names the call, and an entry without a region only says that it needs AWS."""
    proxy = {"name": "aws", "version_constraint": ">= 3.0", "module_address": "module.net"}
    providers = {"aws": EAST, "module.net:aws": proxy}
    document = _plan(version, providers, {"net": "net:aws"}, ("net", "aws_vpc", {}))
    assert _regions(document) == {"module.net.aws_vpc.this": "us-east-1"}


def test_with_two_configurations_an_old_plan_does_not_say_which_one_a_module_gets() -> None:
    document = _plan(
        "0.13.7", {"aws": EAST, "aws.west": WEST}, {"net": "net:aws"}, ("net", "aws_vpc", {})
    )
    assert _regions(document) == {"module.net.aws_vpc.this": UNKNOWN}
    (finding,) = _findings(document, "LG_REGION_4")
    assert finding.verdict.value == "unknown"
    assert finding.message == (
        "module.net.aws_vpc.this: a plan of Terraform 0.13.7 does not say which provider the "
        "module net gets; plan with 1.1 or newer, or judge the HCL by lockgate check"
    )


def test_a_newer_plan_names_what_was_passed_so_a_name_without_a_region_is_a_slip() -> None:
    providers = {"aws": EAST, "aws.west": WEST}
    document = _plan("1.9.5", providers, {"net": "module.net:aws"}, ("net", "aws_vpc", {}))
    (finding,) = _findings(document, "LG_REGION_4")
    assert finding.verdict.value == "fail"


def test_calls_of_one_name_in_two_modules_lend_each_other_no_zone() -> None:
    zone = {"availability_zone": "us-east-1a"}
    document = _plan(
        "0.13.7",
        {"aws": EAST, "aws.west": WEST},
        {"a": "net:aws", "b": "net:aws"},
        ("a", "aws_subnet", zone),
        ("b", "aws_vpc", {}),
    )
    assert _regions(document) == {
        "module.a.aws_subnet.this": "us-east-1",
        "module.b.aws_vpc.this": UNKNOWN,
    }


@pytest.mark.parametrize(
    ("values", "region"),
    [
        ({"availability_zone": "eu-west-1b"}, "eu-west-1"),
        ({"arn": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1"}, "eu-west-1"),
        ({"arn": "arn:aws:s3:::bucket"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_without_configuration_only_a_resource_itself_tells_its_region(
    values: dict[str, Any], region: Any
) -> None:
    document = _plan(
        "1.5.7",
        None,
        {"net": "", "other": ""},
        ("net", "aws_instance", values),
        ("other", "aws_vpc", {}),
    )
    regions = _regions(document)
    assert regions == {
        "module.net.aws_instance.this": region,
        "module.other.aws_vpc.this": UNKNOWN,
    }


def test_without_configuration_nothing_is_said_to_be_missing() -> None:
    document = _plan("1.5.7", None, {"net": ""}, ("net", "aws_vpc", {}))
    two = _findings(document, "LG_REGION_2")
    assert {finding.verdict.value for finding in two} == {"unknown"}
    assert two[0].message == (
        "whether anything stands in the primary region us-east-1 is not known: the plan does not "
        "tell the region of module.net.aws_vpc.this"
    )
    (four,) = _findings(document, "LG_REGION_4")
    assert four.message == (
        "module.net.aws_vpc.this: the plan does not say which provider this is made with, as its "
        "`configuration` is missing; hand over all that `terraform show -json` prints"
    )


@pytest.mark.parametrize(
    ("values", "unknown_after", "verdict"),
    [
        ({}, {"subnet_id": True}, "unknown"),
        ({"subnet_id": None}, {}, "fail"),
        ({"subnet_id": "subnet-1"}, {}, "unknown"),
    ],
)
def test_without_configuration_what_is_unknown_may_have_been_given(
    values: dict[str, Any], unknown_after: dict[str, Any], verdict: str
) -> None:
    """It is no fact that an instance names no subnet, if only nobody knows which one."""
    document = _plan("1.5.7", None, {"net": ""}, ("net", "aws_instance", values))
    address = "module.net.aws_instance.this"
    change = {"actions": ["create"], "after": values, "after_unknown": unknown_after}
    document["resource_changes"] = [{"address": address, "change": change}]
    (finding,) = _findings(document, "LG_SUBNET_6")
    assert (finding.address, finding.verdict.value) == (address, verdict)
