"""The database module, applied in two regions: who may reach it, and what protects its data."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/database"
REGIONS = ("us-east-1", "us-west-2")
OF = dict(zip(("primary", "secondary"), REGIONS, strict=True))
PASSWORD = "Only-the-test-knows-1"

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("database", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_role = pytest.mark.parametrize("role", sorted(OF))


@pytest.fixture(scope="module")
def said(database: Any) -> dict[str, Any]:
    """The module's outputs."""
    outputs: dict[str, Any] = database.outputs["database"]["value"]
    return outputs


def cluster(said: dict[str, Any], client: Callable[[str, str], Any], role: str) -> dict[str, Any]:
    """What the API says of a region's cluster."""
    identifier = said[f"{role}_cluster_identifier"]
    [found] = client("rds", OF[role]).describe_db_clusters(DBClusterIdentifier=identifier)[
        "DBClusters"
    ]
    result: dict[str, Any] = found
    return result


def test_one_global_cluster_holds_both_regions(
    said: dict[str, Any], client: Callable[[str, str], Any]
) -> None:
    [found] = client("rds", OF["primary"]).describe_global_clusters()["GlobalClusters"]
    assert found["GlobalClusterIdentifier"] == said["global_cluster_identifier"] == "example"
    assert found["StorageEncrypted"] is True
    assert {cluster_member["DBClusterArn"] for cluster_member in found["GlobalClusterMembers"]} >= {
        said["primary_cluster_arn"]
    }


@each_role
def test_each_cluster_is_encrypted_with_a_key_of_its_region(
    said: dict[str, Any], client: Callable[[str, str], Any], role: str
) -> None:
    found = cluster(said, client, role)
    assert (found["Engine"], found["StorageEncrypted"]) == ("aurora-postgresql", True)
    assert found["KmsKeyId"] == said[f"{role}_kms_key_arn"]
    assert found["KmsKeyId"].split(":")[3] == OF[role]
    kms = client("kms", OF[role])
    assert kms.get_key_rotation_status(KeyId=found["KmsKeyId"])["KeyRotationEnabled"] is True


@each_role
def test_each_cluster_keeps_backups_and_admits_by_iam(
    said: dict[str, Any], client: Callable[[str, str], Any], role: str
) -> None:
    found = cluster(said, client, role)
    assert (found["BackupRetentionPeriod"], found["CopyTagsToSnapshot"]) == (14, True)
    assert found["IAMDatabaseAuthenticationEnabled"] is True


@each_role
def test_only_the_application_comes_in(
    database: Any, said: dict[str, Any], client: Callable[[str, str], Any], role: str
) -> None:
    group_id = said[f"{role}_security_group_id"]
    attached = cluster(said, client, role)["VpcSecurityGroups"]
    assert [group["VpcSecurityGroupId"] for group in attached] == [group_id]
    ec2 = client("ec2", OF[role])
    [group] = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    [entry] = group["IpPermissions"]
    assert (entry["IpProtocol"], entry["FromPort"], entry["ToPort"]) == ("tcp", 5432, 5432)
    assert (entry["IpRanges"], entry["Ipv6Ranges"]) == ([], [])
    application = database.outputs["app_security_group_ids"]["value"][role]
    assert [pair["GroupId"] for pair in entry["UserIdGroupPairs"]] == [application]
    assert group["IpPermissionsEgress"] == []


@each_role
def test_the_application_gets_out_to_it(
    database: Any, said: dict[str, Any], client: Callable[[str, str], Any], role: str
) -> None:
    application = database.outputs["app_security_group_ids"]["value"][role]
    found = client("ec2", OF[role]).describe_security_groups(GroupIds=[application])
    [entry] = found["SecurityGroups"][0]["IpPermissionsEgress"]
    assert (entry["IpProtocol"], entry["FromPort"], entry["ToPort"]) == ("tcp", 5432, 5432)
    assert entry["IpRanges"] == []
    assert [pair["GroupId"] for pair in entry["UserIdGroupPairs"]] == [
        said[f"{role}_security_group_id"]
    ]


@each_role
def test_instances_are_private(
    database: Any, said: dict[str, Any], client: Callable[[str, str], Any], role: str
) -> None:
    rds = client("rds", OF[role])
    instances = rds.describe_db_instances()["DBInstances"]
    assert {
        (instance["PubliclyAccessible"], instance["DBClusterIdentifier"]) for instance in instances
    } == {(False, said[f"{role}_cluster_identifier"])}
    # As Aurora spreads them: the loss of one zone leaves one that can write.
    zones = sorted(instance["AvailabilityZone"] for instance in instances)
    assert zones == [f"{OF[role]}a", f"{OF[role]}b"]
    [group] = rds.describe_db_subnet_groups(DBSubnetGroupName=f"example-{role}")["DBSubnetGroups"]
    assert {subnet["SubnetIdentifier"] for subnet in group["Subnets"]} == set(
        database.outputs["private_subnet_ids"]["value"][role]
    )


def test_the_password_is_no_output(said: dict[str, Any]) -> None:
    assert said["port"] == 5432
    assert PASSWORD not in json.dumps(said)


def test_second_plan_is_empty(
    database: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(database)
    assert plan.returncode == 0, plan.stdout + plan.stderr
    assert PASSWORD not in plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    database: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    database.terraform.destroy()
    assert inventory() == untouched
