"""The policies of the state bucket and of the role that replicates it, as documents."""

from __future__ import annotations

from typing import Any

VERSION = "2012-10-17"
TLS_ONLY = "LockgateTlsOnly"
RULE = "lockgate-state-replica"


def tls_only(arn: str) -> dict[str, Any]:
    """The statement that refuses every request to a bucket without TLS."""
    return {
        "Sid": TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def with_tls_only(policy: dict[str, Any] | None, arn: str) -> dict[str, Any]:
    """A bucket's policy with that statement; its other statements stay as they are."""
    statements = (policy or {}).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    others = [statement for statement in listed if statement.get("Sid") != TLS_ONLY]
    return {**(policy or {}), "Version": VERSION, "Statement": [*others, tls_only(arn)]}


def is_tls_only(policy: dict[str, Any] | None, arn: str) -> bool:
    """Whether a bucket's policy holds the statement, in whatever order AWS gives it back."""
    statements = (policy or {}).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return _canonical(tls_only(arn)) in [_canonical(statement) for statement in listed]


def replication_trust() -> dict[str, Any]:
    """Who may take the replication role: S3."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def replication_permissions(source: str, replica: str) -> dict[str, Any]:
    """What the role may do: read versions in one bucket (ARN), write replicas into the other."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": source,
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": f"{source}/*",
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
                "Resource": f"{replica}/*",
            },
        ],
    }


def replication(role: str, replica: str) -> dict[str, Any]:
    """The replication of a whole bucket; what is deleted in it stays in the replica."""
    return {
        "Role": role,
        "Rules": [
            {
                "ID": RULE,
                "Priority": 1,
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "DeleteMarkerReplication": {"Status": "Disabled"},
                "Destination": {"Bucket": replica},
            }
        ],
    }


def same_policy(left: object, right: object) -> bool:
    """Whether two policies say the same, whatever the order of their lists."""
    return bool(_canonical(left) == _canonical(right))


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(member) for key, member in value.items()}
    if isinstance(value, list):
        each_one = sorted((_canonical(item) for item in value), key=repr)
        return each_one[0] if len(each_one) == 1 else each_one
    return value
