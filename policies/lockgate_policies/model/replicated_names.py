"""Names by which a replicated resource is found in its other regions, too.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
(a replica has the table's name), https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
(a replica has the secret's name), https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
(related keys share the key ID) and https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
(a repository is replicated under its name).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .data_stores import TABLE, Database
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list

if TYPE_CHECKING:
    from .architecture import Architecture

_SECRET = "aws_secretsmanager_secret"
_KEY = "aws_kms_key"
_REPOSITORY = "aws_ecr_repository"
_SHARED: dict[str, frozenset[str]] = {
    TABLE: frozenset({"id", "name"}),
    _SECRET: frozenset({"name"}),
    _KEY: frozenset({"id", "key_id"}),
    _REPOSITORY: frozenset({"id", "name"}),
}


@dataclass(frozen=True)
class ReplicatedNames:
    """The attributes of a resource that mean its replica in another region as well.

    ``known`` is False where it cannot be told whether there is such a replica.
    """

    attributes: frozenset[str] = frozenset()
    known: bool = True


def replicated_names(
    architecture: Architecture, resource: Resource, region: str
) -> ReplicatedNames:
    """What of a resource is as true in ``region``; nothing where it has no replica there."""
    if resource.type not in _SHARED:
        return ReplicatedNames()
    regions = list(_replica_regions(architecture, resource))
    if region in regions:
        return ReplicatedNames(_SHARED[resource.type])
    if UNKNOWN in regions:
        return ReplicatedNames(_SHARED[resource.type], known=False)
    return ReplicatedNames()


def _replica_regions(architecture: Architecture, resource: Resource) -> Iterator[Value]:
    if resource.type == TABLE:
        copies = Database(architecture, resource).copies
        yield from copies.regions
        yield from (UNKNOWN for _ in copies.gaps)
        for whole in architecture.of_type("aws_dynamodb_global_table"):
            if whole.value("name") in (resource.value("name"), UNKNOWN):
                yield from (block.get("region_name") for block in whole.blocks("replica"))
    elif resource.type == _SECRET:
        yield from (block.get("region") for block in resource.blocks("replica"))
        yield from (UNKNOWN for value in [resource.value("replica")] if value is UNKNOWN)
    elif resource.type == _KEY:
        for replica in architecture.of_type("aws_kms_replica_key", "aws_kms_replica_external_key"):
            primary = architecture.targets(replica, "primary_key_arn", _KEY)
            if resource in primary.resources:
                yield architecture.region(replica)
            elif primary.gaps:
                yield UNKNOWN
    else:
        for whole in architecture.of_type("aws_ecr_replication_configuration"):
            for rule in whole.blocks("replication_configuration.0.rule"):
                # With a filter, some repositories only are replicated: which ones, is not followed.
                filtered = bool(rule.get("repository_filter"))
                for destination in as_list(rule.get("destination")):
                    yield UNKNOWN if filtered else as_dict(destination).get("region")
