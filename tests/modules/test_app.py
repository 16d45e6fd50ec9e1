"""The app module, applied: where servers stand, who reaches them, what they may do, how many."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/app"
REGION = "ap-southeast-2"
REGIONS = (REGION,)
# What the root module passes, or what is the default of what it does not.
SUBNETS = {"small": 2, "large": 3}
PORTS = {"small": 8080, "large": 9000}
CAPACITY = {"small": (2, 6), "large": (3, 12)}
TYPES = {"small": "t3.small", "large": "m6i.large"}
CPU = {"small": 50, "large": 40}
USER_DATA = {"small": None, "large": "#!/bin/bash\nsystemctl enable --now example\n"}

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("app", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_group = pytest.mark.parametrize("which", sorted(SUBNETS))

Client = Callable[[str, str], Any]


def output(applied: Any, name: str) -> Any:
    """An output of the root module."""
    return applied.outputs[name]["value"]


def group(applied: Any, client: Client, which: str) -> dict[str, Any]:
    """An auto scaling group, as the API describes it."""
    name = output(applied, which)["autoscaling_group_name"]
    [found] = client("autoscaling", REGION).describe_auto_scaling_groups(
        AutoScalingGroupNames=[name]
    )["AutoScalingGroups"]
    described: dict[str, Any] = found
    return described


def launched(applied: Any, client: Client, which: str) -> dict[str, Any]:
    """What a group launches: its version of its launch template."""
    template = group(applied, client, which)["LaunchTemplate"]
    [version] = client("ec2", REGION).describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"], Versions=[template["Version"]]
    )["LaunchTemplateVersions"]
    data: dict[str, Any] = version["LaunchTemplateData"]
    return data


@each_group
def test_servers_stand_in_the_subnets_given_and_nowhere_else(
    app: Any, client: Client, which: str
) -> None:
    subnets = group(app, client, which)["VPCZoneIdentifier"].split(",")
    assert sorted(subnets) == sorted(output(app, "subnet_ids")[: SUBNETS[which]])


@each_group
def test_so_many_servers_run_as_were_asked_for(app: Any, client: Client, which: str) -> None:
    found = group(app, client, which)
    least, most = CAPACITY[which]
    assert (found["MinSize"], found["DesiredCapacity"], found["MaxSize"]) == (least, least, most)
    assert len(found["Instances"]) == least
    assert {instance["InstanceType"] for instance in found["Instances"]} == {TYPES[which]}


@each_group
def test_the_load_balancer_tells_which_server_is_well(app: Any, client: Client, which: str) -> None:
    found = group(app, client, which)
    assert (found["HealthCheckType"], found["HealthCheckGracePeriod"]) == ("ELB", 120)
    assert found["TargetGroupARNs"] == [output(app, "target_group_arns")[which]]


@each_group
def test_scaling_keeps_the_processors_busy_as_told(app: Any, client: Client, which: str) -> None:
    [policy] = client("autoscaling", REGION).describe_policies(
        AutoScalingGroupName=output(app, which)["autoscaling_group_name"]
    )["ScalingPolicies"]
    assert policy["PolicyType"] == "TargetTrackingScaling"
    tracked = policy["TargetTrackingConfiguration"]
    assert tracked["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ASGAverageCPUUtilization"
    }
    assert tracked["TargetValue"] == CPU[which]


@each_group
def test_a_server_tells_its_credentials_only_to_itself(
    app: Any, client: Client, which: str
) -> None:
    options = launched(app, client, which)["MetadataOptions"]
    assert options["HttpTokens"] == "required"
    assert options["HttpPutResponseHopLimit"] == 1


@each_group
def test_a_server_has_no_public_address(app: Any, client: Client, which: str) -> None:
    [interface] = launched(app, client, which)["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    assert interface["Groups"] == [output(app, which)["security_group_id"]]


@each_group
def test_a_server_starts_as_told(app: Any, client: Client, which: str) -> None:
    data = launched(app, client, which)
    encoded = data.get("UserData")
    said = base64.b64decode(encoded).decode() if encoded else None
    assert said == USER_DATA[which]
    assert data["Monitoring"]["Enabled"] is True


@each_group
def test_only_the_load_balancer_comes_in(app: Any, client: Client, which: str) -> None:
    [found] = client("ec2", REGION).describe_security_groups(
        GroupIds=[output(app, which)["security_group_id"]]
    )["SecurityGroups"]
    [inward] = found["IpPermissions"]
    assert (inward["IpProtocol"], inward["FromPort"], inward["ToPort"]) == (
        "tcp",
        PORTS[which],
        PORTS[which],
    )
    assert [pair["GroupId"] for pair in inward["UserIdGroupPairs"]] == [
        output(app, "load_balancer_security_group_id")
    ]
    assert inward["IpRanges"] == []
    assert inward["Ipv6Ranges"] == []
    [outward] = found["IpPermissionsEgress"]
    assert (outward["IpProtocol"], outward["FromPort"], outward["ToPort"]) == ("tcp", 443, 443)


@each_group
def test_a_server_may_do_nothing_until_told(app: Any, client: Client, which: str) -> None:
    iam, role = client("iam", REGION), output(app, which)["role_name"]
    profile = launched(app, client, which)["IamInstanceProfile"]["Name"]
    found = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert [each["RoleName"] for each in found["Roles"]] == [role]
    [trust] = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def test_tags_are_passed_on_to_the_servers(app: Any, client: Client) -> None:
    tags = group(app, client, "large")["Tags"]
    assert {tag["Key"]: (tag["Value"], tag["PropagateAtLaunch"]) for tag in tags} == {
        "Name": ("large", True),
        "Owner": ("platform", True),
    }


def test_second_plan_is_empty(
    app: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(app)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    app: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    app.terraform.destroy()
    assert inventory() == untouched
