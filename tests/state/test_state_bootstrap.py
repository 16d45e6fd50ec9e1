"""The state bucket on an AWS API: everything is set, once, and a dry run sets nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lockgate.base.errors import EngineError, UsageError
from lockgate.state import state_bootstrap, state_policies
from lockgate.state.state_bootstrap import StateBootstrap, Step, replica_of, role_name
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from lockgate.targets.embedded_target import STATE_BUCKET
from lockgate.targets.state_backend import StateBucket
from tests.commands.conftest import PROVIDERS, Repository, repository

__all__ = ["repository"]
REGIONS = ("us-east-1", "us-west-2")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with local_aws.throw_away() as address:
        yield address


def _bootstrap(endpoint: str, name: str, region: str = "us-east-1") -> StateBootstrap:
    bucket = StateBucket(name, region)
    return StateBootstrap(bucket, replica_of(bucket, REGIONS), endpoint)


def _run(bootstrap: StateBootstrap) -> list[Step]:
    pending = bootstrap.pending()
    for step in pending:
        step.do()
    return pending


@pytest.mark.parametrize("region", REGIONS)
def test_both_buckets_are_as_they_should_be_after_one_run(endpoint: str, region: str) -> None:
    bootstrap = _bootstrap(endpoint, f"states-{region}", region)
    assert len(_run(bootstrap)) == 15
    for bucket in (bootstrap.bucket, bootstrap.replica):
        s3 = client("s3", bucket.region, endpoint)
        name = {"Bucket": bucket.name}
        location = s3.get_bucket_location(**name).get("LocationConstraint") or "us-east-1"
        assert location == bucket.region
        assert s3.get_bucket_versioning(**name)["Status"] == "Enabled"
        [rule] = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        blocked = s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"]
        assert (len(blocked), set(blocked.values())) == (4, {True})
        [owner] = s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"]
        assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}
        [statement] = json.loads(s3.get_bucket_policy(**name)["Policy"])["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    s3 = client("s3", region, endpoint)
    found = s3.get_bucket_replication(Bucket=bootstrap.bucket.name)["ReplicationConfiguration"]
    assert found["Rules"][0]["Destination"] == {"Bucket": f"arn:aws:s3:::states-{region}-replica"}
    role = client("iam", region, endpoint).get_role(RoleName=role_name(bootstrap.bucket.name))
    assert role["Role"]["Arn"] == found["Role"]
    assert bootstrap.replica.region != region


def test_a_second_run_changes_nothing(endpoint: str) -> None:
    assert _run(_bootstrap(endpoint, "twice"))
    assert _run(_bootstrap(endpoint, "twice")) == []


def test_looking_changes_nothing(endpoint: str) -> None:
    bootstrap = _bootstrap(endpoint, "looked-at")
    assert len(bootstrap.pending()) == 15
    names = [bucket["Name"] for bucket in client("s3", *_east(endpoint)).list_buckets()["Buckets"]]
    assert not [name for name in names if name.startswith("looked-at")]
    roles = client("iam", *_east(endpoint)).list_roles()["Roles"]
    assert role_name("looked-at") not in [role["RoleName"] for role in roles]


def _east(endpoint: str) -> tuple[str, str]:
    return "us-east-1", endpoint


_UNDONE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "block public access": ("s3", "delete_public_access_block", {}),
    "own every object, and switch ACLs off": ("s3", "delete_bucket_ownership_controls", {}),
    "keep every version": (
        "s3",
        "put_bucket_versioning",
        {"VersioningConfiguration": {"Status": "Suspended"}},
    ),
    "encrypt every object (SSE-S3)": ("s3", "delete_bucket_encryption", {}),
    "refuse every request without TLS": ("s3", "delete_bucket_policy", {}),
    "replicate it to s3://undone-replica in us-west-2": ("s3", "delete_bucket_replication", {}),
    "let S3 take it, and nobody else": (
        "iam",
        "update_assume_role_policy",
        {
            "PolicyDocument": json.dumps(state_policies.replication_trust()).replace(
                "s3.amazonaws.com", "ec2.amazonaws.com"
            )
        },
    ),
    "let it copy from the bucket to its replica": (
        "iam",
        "delete_role_policy",
        {"PolicyName": "replicate"},
    ),
}


@pytest.mark.parametrize("what", _UNDONE)
def test_what_somebody_undid_is_done_again_and_nothing_else(endpoint: str, what: str) -> None:
    bootstrap = _bootstrap(endpoint, "undone")
    _run(bootstrap)
    service, operation, arguments = _UNDONE[what]
    named = {"Bucket": "undone"} if service == "s3" else {"RoleName": role_name("undone")}
    getattr(client(service, *_east(endpoint)), operation)(**named, **arguments)
    assert [step.what for step in _run(bootstrap)] == [what]
    assert bootstrap.pending() == []


def _texts(s3: Any, bucket: str) -> dict[str, bytes]:
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found
    }


def test_what_was_there_before_the_replication_is_copied_once(endpoint: str) -> None:
    s3, west = (client("s3", region, endpoint) for region in REGIONS)
    s3.create_bucket(Bucket="older")
    states = {f"env{number}/terraform.tfstate": b"state" for number in range(6)}
    locks = ("env1/terraform.tfstate.tflock", "lockgate/locks/env1.json")
    for key in (*states, *locks, "lockgate/promotions/lock.json", "lockgate/applies/env1.json"):
        s3.put_object(Bucket="older", Key=key, Body=b"state")
    bootstrap = _bootstrap(endpoint, "older")
    *_, step = bootstrap.pending()
    named = ", ".join(f"env{number}/terraform.tfstate" for number in range(5))
    assert step.as_json() == {
        "resource": "s3://older-replica",
        "change": f"copy 6 objects that the replication began after: {named} and 1 more",
    }
    # Written between the look and the copying.
    s3.put_object(Bucket="older", Key="late/terraform.tfstate", Body=b"late")
    _run(bootstrap)
    assert _texts(west, "older-replica") == {**states, "late/terraform.tfstate": b"late"}
    assert _run(_bootstrap(endpoint, "older")) == []


def test_only_the_older_one_of_two_is_copied_over(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, west = (client("s3", region, endpoint) for region in REGIONS)
    _run(_bootstrap(endpoint, "again"))
    s3.put_object(Bucket="again", Key="moved", Body=b"before the move")
    west.put_object(Bucket="again-replica", Key="behind", Body=b"old")
    time.sleep(1.1)  # S3 tells whole seconds
    west.put_object(Bucket="again-replica", Key="moved", Body=b"after it")
    s3.put_object(Bucket="again", Key="behind", Body=b"new")
    # The replication may still be at it.
    assert _run(_bootstrap(endpoint, "again")) == []
    monkeypatch.setattr(state_bootstrap, "_REPLICATED_WITHIN", timedelta(0))
    [step] = _run(_bootstrap(endpoint, "again"))
    assert step.what == "copy 1 object that the replication began after: behind"
    assert _texts(west, "again-replica") == {"behind": b"new", "moved": b"after it"}


def test_other_statements_of_the_policy_stay(endpoint: str) -> None:
    s3 = client("s3", *_east(endpoint))
    s3.create_bucket(Bucket="shared")
    own = {
        "Sid": "Own",
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::shared/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": own})
    s3.put_bucket_policy(Bucket="shared", Policy=policy)
    _run(_bootstrap(endpoint, "shared"))
    kept = json.loads(s3.get_bucket_policy(Bucket="shared")["Policy"])["Statement"]
    assert [each["Sid"] for each in kept] == ["Own", state_policies.TLS_ONLY]
    assert kept[0] == own


def test_a_bucket_that_is_used_in_another_way_is_left_alone(endpoint: str) -> None:
    s3 = client("s3", *_east(endpoint))
    s3.create_bucket(Bucket="kms")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket="kms", ServerSideEncryptionConfiguration={"Rules": [rule]})
    with pytest.raises(UsageError, match="s3://kms is encrypted with aws:kms"):
        _bootstrap(endpoint, "kms").pending()

    _run(_bootstrap(endpoint, "copied"))
    config = s3.get_bucket_replication(Bucket="copied")["ReplicationConfiguration"]
    config["Rules"][0]["ID"] = "theirs"
    s3.put_bucket_replication(Bucket="copied", ReplicationConfiguration=config)
    with pytest.raises(UsageError, match=r"a rule that is not Lockgate's \(theirs\)"):
        _bootstrap(endpoint, "copied").pending()

    with pytest.raises(UsageError, match="s3://copied is in us-east-1, and is to be in us-west-2"):
        _bootstrap(endpoint, "copied", "us-west-2").pending()


def test_a_role_that_has_not_got_round_yet_is_waited_for() -> None:
    from botocore.exceptions import ClientError

    answers = [ClientError({"Error": {"Code": "InvalidRequest", "Message": "no"}}, "x"), None]
    waited: list[float] = []

    class Client:
        def put_bucket_replication(self, **_: object) -> None:
            answer = answers.pop(0)
            if answer:
                raise answer

    bucket = StateBucket("late", "us-east-1")
    clients = {("s3", "us-east-1"): Client()}
    late = StateBootstrap(bucket, bucket, None, waited.append, clients)
    late._replication_step({}, "1").do()
    assert (waited, answers) == ([5], [])
    answers = [ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "x")]
    with pytest.raises(EngineError, match="AccessDenied"):
        late._replication_step({}, "1").do()


def test_a_replica_is_in_another_region_and_has_a_name_that_s3_takes() -> None:
    assert replica_of(StateBucket("s", "us-west-2"), REGIONS) == StateBucket(
        "s-replica", "us-east-1"
    )
    with pytest.raises(UsageError, match="Name a second region"):
        replica_of(StateBucket("s", "us-east-1"), ("us-east-1", "us-east-1"))
    with pytest.raises(UsageError, match="longer than S3's 63"):
        replica_of(StateBucket("s" * 60, "us-east-1"), REGIONS)
    assert len(role_name("s" * 63)) <= 64


def test_the_command(repository: Repository, endpoint: str) -> None:
    repository.environment("dev", PROVIDERS)
    up = {"LOCKGATE_ENDPOINT": endpoint}
    before = repository.run("bootstrap", "--dry-run", "--json", env=up)
    assert before.returncode == 0, before.stderr
    told = json.loads(before.stdout)
    assert told["dry_run"] is True
    assert len(told["changes"]) == 15
    done = repository.run("bootstrap", env=up)
    assert done.returncode == 0, done.stderr
    told_lines = [f"done: {change['resource']}: {change['change']}" for change in told["changes"]]
    assert done.stdout.splitlines() == told_lines
    again = repository.run("bootstrap", env=up)
    assert (again.returncode, again.stdout) == (0, f"Nothing to change: {STATE_BUCKET}\n")
    nothing = repository.run("bootstrap", "--dry-run", "--json", env=up)
    assert json.loads(nothing.stdout) == {"dry_run": True, "changes": []}


def test_a_real_account_without_a_terminal_asks_for_yes(
    repository: Repository, endpoint: str
) -> None:
    repository.environment("dev", PROVIDERS.replace('"state"', '"asked-about"'))
    account = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": "/dev/null",
        "NO_PROXY": "127.0.0.1",
    }
    refused = repository.run("bootstrap", "--target", "aws", env=account)
    assert refused.returncode == 2
    assert "set up the state bucket asked-about" in refused.stderr
    assert "give --yes" in refused.stderr
    names = [bucket["Name"] for bucket in client("s3", *_east(endpoint)).list_buckets()["Buckets"]]
    assert "asked-about" not in names
    done = repository.run("bootstrap", "--target", "aws", "--yes", env=account)
    assert done.returncode == 0, done.stderr
    assert "done: s3://asked-about: make the bucket in us-east-1" in done.stdout
