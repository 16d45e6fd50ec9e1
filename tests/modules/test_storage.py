"""The storage module, applied in two regions: private, encrypted, versioned, and copied."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/storage"
REGIONS = ("us-east-1", "us-west-2")
OF = dict(zip(("primary", "secondary"), REGIONS, strict=True))

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("storage", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_role = pytest.mark.parametrize("role", sorted(OF))


@pytest.fixture(scope="module")
def said(storage: Any) -> dict[str, str]:
    """The module's outputs."""
    outputs: dict[str, str] = storage.outputs["storage"]["value"]
    return outputs


@each_role
def test_each_region_has_a_bucket_of_its_own(
    said: dict[str, str], client: Callable[[str, str], Any], role: str
) -> None:
    bucket = said[f"{role}_bucket"]
    assert bucket == f"example-storage-{role}"
    assert said[f"{role}_bucket_arn"] == f"arn:aws:s3:::{bucket}"
    found = client("s3", OF[role]).get_bucket_location(Bucket=bucket)["LocationConstraint"]
    assert (found or "us-east-1") == OF[role]  # S3 calls the first region by no name


@each_role
def test_objects_are_encrypted(
    said: dict[str, str], client: Callable[[str, str], Any], role: str
) -> None:
    found = client("s3", OF[role]).get_bucket_encryption(Bucket=said[f"{role}_bucket"])
    [rule] = found["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


@each_role
def test_versions_are_kept_for_as_long_as_told(
    said: dict[str, str], client: Callable[[str, str], Any], role: str
) -> None:
    s3, bucket = client("s3", OF[role]), said[f"{role}_bucket"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (rule["Status"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (
        "Enabled",
        30,
    )
    assert "Expiration" not in rule


@each_role
def test_nobody_makes_it_public_or_reads_it_in_the_clear(
    said: dict[str, str], client: Callable[[str, str], Any], role: str
) -> None:
    s3, bucket = client("s3", OF[role]), said[f"{role}_bucket"]
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4
    assert set(blocked.values()) == {True}
    [statement] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def test_all_of_the_primary_is_copied_to_the_secondary(
    said: dict[str, str], client: Callable[[str, str], Any]
) -> None:
    found = client("s3", OF["primary"]).get_bucket_replication(Bucket=said["primary_bucket"])
    configuration = found["ReplicationConfiguration"]
    assert configuration["Role"] == said["replication_role_arn"]
    [rule] = configuration["Rules"]
    assert rule["Status"] == "Enabled"
    assert (rule["Filter"].get("Prefix", ""), rule["Filter"].get("Tag")) == ("", None)
    assert rule["DeleteMarkerReplication"]["Status"] == "Disabled"
    assert rule["Destination"]["Bucket"] == said["secondary_bucket_arn"]


def test_the_role_reads_one_bucket_and_writes_the_other(
    said: dict[str, str], client: Callable[[str, str], Any]
) -> None:
    iam = client("iam", "us-east-1")
    name = said["replication_role_arn"].rpartition("/")[2]
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    found = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    allowed = {
        (action, statement["Resource"])
        for statement in found["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    source, copy = said["primary_bucket_arn"], said["secondary_bucket_arn"]
    assert allowed == {
        ("s3:GetReplicationConfiguration", source),
        ("s3:ListBucket", source),
        ("s3:GetObjectVersionForReplication", f"{source}/*"),
        ("s3:GetObjectVersionAcl", f"{source}/*"),
        ("s3:GetObjectVersionTagging", f"{source}/*"),
        ("s3:ReplicateObject", f"{copy}/*"),
        ("s3:ReplicateDelete", f"{copy}/*"),
        ("s3:ReplicateTags", f"{copy}/*"),
    }


def test_second_plan_is_empty(
    storage: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(storage)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    storage: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    storage.terraform.destroy()
    assert inventory() == untouched
