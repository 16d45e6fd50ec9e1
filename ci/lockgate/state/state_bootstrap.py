"""Makes the bucket that states are kept in, and its replica in the other region.

Every setting is a step that knows whether it is done, so a second run changes nothing, and what a
run would change can be told without changing it.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lockgate.base.errors import EngineError, UsageError
from lockgate.state import state_policies
from lockgate.targets.aws_api import client
from lockgate.targets.state_backend import StateBucket

_NAME_LENGTH = 63
_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
# What S3 says of a role, or of versioning, that was made a moment ago and has not got round yet.
_SETTLING = ("InvalidRequest", "InvalidArgument")
_SETTLING_ATTEMPTS = 6
_SETTLING_SECONDS = 5
# What says who is at work at this moment: in a replica it would say so for ever.
_TRANSIENT = re.compile(r"\.tflock$|^lockgate/(locks|applies)/|^lockgate/promotions/lock\.json$")
# S3 replicates most objects within seconds. A copy must not overtake it, and put the older over the
# newer one (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html).
_REPLICATED_WITHIN = timedelta(minutes=15)
_MOST_NAMED = 5


@dataclass(frozen=True)
class Step:
    """One setting of one resource: whether it is as it should be, and how to make it so."""

    resource: str
    what: str
    done: Callable[[], bool]
    do: Callable[[], None]

    def as_json(self) -> dict[str, str]:
        """What it changes, for a program."""
        return {"resource": self.resource, "change": self.what}


@dataclass(frozen=True)
class StateBootstrap:
    """A state bucket and its replica in an account; no endpoint means the user's own."""

    bucket: StateBucket
    replica: StateBucket
    endpoint: str | None = None
    pause: Callable[[float], None] = time.sleep
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """Every step, in order. Raises EngineError if AWS does not say who the user is."""
        identity = self._ask("sts", self.bucket.region, "get_caller_identity")
        account, partition = identity["Account"], identity["Arn"].split(":")[1]
        source, replica = (
            f"arn:{partition}:s3:::{bucket.name}" for bucket in (self.bucket, self.replica)
        )
        role = role_name(self.bucket.name)
        role_arn = f"arn:{partition}:iam::{account}:role/{role}"
        return [
            *self._bucket_steps(self.bucket, source, account),
            *self._bucket_steps(self.replica, replica, account),
            *self._role_steps(role, source, replica),
            self._replication_step(state_policies.replication(role_arn, replica), account),
            self._copy_step(account),
        ]

    def pending(self) -> list[Step]:
        """The steps that would change something.

        Raises EngineError where AWS does not answer, UsageError for a bucket that is in use in
        another way.
        """
        return [step for step in self.steps() if not step.done()]

    def _bucket_steps(self, bucket: StateBucket, arn: str, account: str) -> Iterator[Step]:
        def read(operation: str, *missing: str) -> Any:
            return self._ask(
                "s3",
                bucket.region,
                operation,
                ("NoSuchBucket", *missing),
                Bucket=bucket.name,
                ExpectedBucketOwner=account,
            )

        def write(operation: str, **arguments: Any) -> Callable[[], None]:
            owned: dict[str, Any] = {"Bucket": bucket.name, "ExpectedBucketOwner": account}
            return lambda: self._tell("s3", bucket.region, operation, **owned, **arguments)

        place = f"s3://{bucket.name}"

        def exists() -> bool:
            location = read("get_bucket_location")
            region = (location or {}).get("LocationConstraint") or "us-east-1"
            if location is not None and region != bucket.region:
                raise UsageError(
                    f"{place} is in {region}, and is to be in {bucket.region}: give the backend "
                    "the region that it is in, or another bucket."
                )
            return location is not None

        def create() -> None:
            elsewhere = bucket.region != "us-east-1"
            constraint = {"LocationConstraint": bucket.region}
            arguments: dict[str, Any] = (
                {"CreateBucketConfiguration": constraint} if elsewhere else {}
            )
            self._tell("s3", bucket.region, "create_bucket", Bucket=bucket.name, **arguments)

        yield Step(place, f"make the bucket in {bucket.region}", exists, create)

        def blocked() -> bool:
            location = read("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
            return (location or {}).get("PublicAccessBlockConfiguration") == _BLOCKED

        yield Step(
            place,
            "block public access",
            blocked,
            write("put_public_access_block", PublicAccessBlockConfiguration=_BLOCKED),
        )
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

        def enforced() -> bool:
            location = read("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
            return (location or {}).get("OwnershipControls") == owner

        yield Step(
            place,
            "own every object, and switch ACLs off",
            enforced,
            write("put_bucket_ownership_controls", OwnershipControls=owner),
        )

        def versioned() -> bool:
            return (read("get_bucket_versioning") or {}).get("Status") == "Enabled"

        versioning = {"Status": "Enabled"}
        yield Step(
            place,
            "keep every version",
            versioned,
            write("put_bucket_versioning", VersioningConfiguration=versioning),
        )
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}

        def encrypted() -> bool:
            location = read(
                "get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"
            )
            rules = (location or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
            algorithms = [
                rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm")
                for rule in rules
            ]
            if any(algorithm not in ("AES256", None) for algorithm in algorithms):
                raise UsageError(
                    f"{place} is encrypted with {algorithms[0]}: the replication that is made here "
                    "does not read that, and less than that is not put in its place. Set its "
                    "replication up by hand, or use SSE-S3 (AES256)."
                )
            return algorithms == ["AES256"]

        yield Step(
            place,
            "encrypt every object (SSE-S3)",
            encrypted,
            write("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": [default]}),
        )

        def policy() -> dict[str, Any] | None:
            location = read("get_bucket_policy", "NoSuchBucketPolicy")
            return json.loads(location["Policy"]) if location else None

        def refuse_plain() -> None:
            wanted = json.dumps(state_policies.with_tls_only(policy(), arn))
            write("put_bucket_policy", Policy=wanted)()

        yield Step(
            place,
            "refuse every request without TLS",
            lambda: state_policies.is_tls_only(policy(), arn),
            refuse_plain,
        )

    def _role_steps(self, role: str, source: str, replica: str) -> Iterator[Step]:
        region = self.bucket.region
        trust = state_policies.replication_trust()
        permissions = state_policies.replication_permissions(source, replica)
        place = f"IAM role {role}"
        missing = ("NoSuchEntity", "NoSuchEntityException")

        def found() -> Any:
            return self._ask("iam", region, "get_role", missing, RoleName=role)

        def trusted() -> bool:
            answer = found()
            return answer is not None and state_policies.same_policy(
                answer["Role"]["AssumeRolePolicyDocument"], trust
            )

        def make() -> None:
            text = json.dumps(trust)
            if found() is None:
                self._tell(
                    "iam",
                    region,
                    "create_role",
                    RoleName=role,
                    AssumeRolePolicyDocument=text,
                    Description="S3 replicates Lockgate's state bucket with it.",
                )
            else:
                self._tell(
                    "iam", region, "update_assume_role_policy", RoleName=role, PolicyDocument=text
                )

        yield Step(place, "let S3 take it, and nobody else", trusted, make)

        def permitted() -> bool:
            answer = self._ask(
                "iam", region, "get_role_policy", missing, RoleName=role, PolicyName="replicate"
            )
            return answer is not None and state_policies.same_policy(
                answer["PolicyDocument"], permissions
            )

        yield Step(
            place,
            "let it copy from the bucket to its replica",
            permitted,
            lambda: self._tell(
                "iam",
                region,
                "put_role_policy",
                RoleName=role,
                PolicyName="replicate",
                PolicyDocument=json.dumps(permissions),
            ),
        )

    def _replication_step(self, wanted: dict[str, Any], account: str) -> Step:
        place = f"s3://{self.bucket.name}"
        owned = {"Bucket": self.bucket.name, "ExpectedBucketOwner": account}

        def replicated() -> bool:
            answer = self._ask(
                "s3",
                self.bucket.region,
                "get_bucket_replication",
                ("NoSuchBucket", "ReplicationConfigurationNotFoundError"),
                **owned,
            )
            configuration = (answer or {}).get("ReplicationConfiguration", {})
            others = [
                rule.get("ID")
                for rule in configuration.get("Rules", [])
                if rule.get("ID") != state_policies.RULE
            ]
            if others:
                raise UsageError(
                    f"{place} is replicated by a rule that is not Lockgate's ({others[0]}), and "
                    "would lose it. Remove the rule, or give the states a bucket of their own."
                )
            return bool(configuration == wanted)

        def replicate() -> None:
            self._tell(
                "s3",
                self.bucket.region,
                "put_bucket_replication",
                settling=True,
                ReplicationConfiguration=wanted,
                **owned,
            )

        what = f"replicate it to s3://{self.replica.name} in {self.replica.region}"
        return Step(place, what, replicated, replicate)

    def _copy_step(self, account: str) -> Step:
        """Copies what the replication does not: what was there before it."""
        older = self._not_replicated(account)

        def copy() -> None:
            # Looked for again: what was written until the replication began is older than it too.
            for key in self._not_replicated(account):
                self._ask(
                    "s3",
                    self.replica.region,
                    "copy_object",
                    ("NoSuchKey",),  # removed in the meantime
                    Bucket=self.replica.name,
                    ExpectedBucketOwner=account,
                    Key=key,
                    CopySource={"Bucket": self.bucket.name, "Key": key},
                    ExpectedSourceBucketOwner=account,
                )

        objects = "object" if len(older) == 1 else "objects"
        more = f" and {len(older) - _MOST_NAMED} more" if len(older) > _MOST_NAMED else ""
        what = (
            f"copy {len(older)} {objects} that the replication began after: "
            f"{', '.join(older[:_MOST_NAMED])}{more}"
        )
        return Step(f"s3://{self.replica.name}", what, lambda: not older, copy)

    def _not_replicated(self, account: str) -> list[str]:
        """The keys that the replica lacks, or has as they were before; locks do not count.

        What is newer in the replica stays: somebody moved there.
        """
        there = self._objects(self.replica, account)
        due = datetime.now(UTC) - _REPLICATED_WITHIN

        def behind(key: str, tag: str, written: datetime) -> bool:
            if key not in there:
                return True
            copied, when = there[key]
            return copied != tag and when < written <= due

        return [
            key
            for key, (tag, written) in self._objects(self.bucket, account).items()
            if not _TRANSIENT.search(key) and behind(key, tag, written)
        ]

    def _objects(self, bucket: StateBucket, account: str) -> dict[str, tuple[str, datetime]]:
        """ETag and time of every object; nothing where there is no bucket."""
        objects: dict[str, tuple[str, datetime]] = {}
        token: dict[str, str] = {}
        while True:
            page = self._ask(
                "s3",
                bucket.region,
                "list_objects_v2",
                ("NoSuchBucket",),
                Bucket=bucket.name,
                ExpectedBucketOwner=account,
                **token,
            )
            for stored in (page or {}).get("Contents", []):
                objects[stored["Key"]] = (stored["ETag"], stored["LastModified"])
            if not (page or {}).get("IsTruncated"):
                return objects
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _tell(
        self, service: str, region: str, operation: str, *, settling: bool = False, **arguments: Any
    ) -> None:
        for attempt in range(1, _SETTLING_ATTEMPTS + 1):
            try:
                self._ask(service, region, operation, **arguments)
                return
            except EngineError as error:
                again = settling and _code(error.__cause__) in _SETTLING
                if not again or attempt == _SETTLING_ATTEMPTS:
                    raise
            self.pause(_SETTLING_SECONDS)

    def _ask(
        self,
        service: str,
        region: str,
        operation: str,
        missing: tuple[str, ...] = (),
        **arguments: Any,
    ) -> Any:
        """What AWS answers; None for one of the error codes that say a thing is not there."""
        from botocore.exceptions import BotoCoreError, ClientError

        key = (service, region)
        if key not in self._clients:
            self._clients[key] = client(service, region, self.endpoint)
        try:
            return getattr(self._clients[key], operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            if _code(error) in missing:
                return None
            thing = arguments.get("Bucket") or arguments.get("RoleName") or service
            raise EngineError(
                f"{thing}: {error}. Look whether the credentials may do that, and whether a bucket "
                "of this name belongs to somebody else; then run it again: what is done stays done."
            ) from error


def replica_of(bucket: StateBucket, regions: tuple[str, str]) -> StateBucket:
    """The replica of a state bucket: in whichever of two regions the bucket is not.

    Raises UsageError if there is no such region, or its name would be too long.
    """
    other = next((region for region in reversed(regions) if region != bucket.region), None)
    if other is None:
        raise UsageError(
            f"lockgate.yaml: primary_region and secondary_region are both {bucket.region}, where "
            "the state bucket is: a replica there is lost with it. Name a second region."
        )
    name = f"{bucket.name}-replica"
    if len(name) > _NAME_LENGTH:
        raise UsageError(
            f"The replica's name, {name}, is longer than S3's {_NAME_LENGTH} characters: give the "
            "state a bucket with a shorter name."
        )
    return StateBucket(name, other)


def role_name(bucket: str) -> str:
    """The replication role's name, one for each bucket, within IAM's 64 characters."""
    return f"lockgate-replication-{bucket[:30]}-{hashlib.sha256(bucket.encode()).hexdigest()[:8]}"


def _code(error: object) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code")) if isinstance(response, dict) else ""
