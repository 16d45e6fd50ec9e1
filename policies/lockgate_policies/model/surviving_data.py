"""Which data stores keep a copy after a loss, and how much of the newest data that copy lacks.

The recovery points are the figures that AWS documents for each kind of replication; all of it is
asynchronous, so that they are typical figures and no guarantees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .backup_copies import backup_regions
from .data_stores import CLUSTERS, INSTANCE, TABLE, Database, read_databases
from .loss import LostResources
from .plan_tree import Resource
from .plan_values import UNKNOWN

if TYPE_CHECKING:
    from .architecture import Architecture

BUCKET = "aws_s3_bucket"


@dataclass(frozen=True)
class Replication:
    """A kind of replication: the seconds of data it may lack, its source, and what a person does.

    ``promotion`` is the time in seconds that AWS names for making the copy writable once somebody
    asked for it; 0 where nobody has to.
    """

    words: str
    recovery_point: int
    promotion: int
    source: str


# "typical cross-Region replication latency of less than 1 second"; a managed failover "typically
# completes within minutes".
_GLOBAL_CLUSTER = Replication(
    "global cluster, storage-based replication",
    1,
    60,
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html",
)
# Pilot light and warm standby with asynchronous replicas: recovery points of minutes.
_READ_REPLICA = Replication(
    "cross-region read replica, asynchronous",
    300,
    300,
    "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html",
)
# "any changes made to any item in any replica table are replicated … typically within a second".
_GLOBAL_TABLE = Replication(
    "global table, asynchronous",
    1,
    0,
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
)
# "Most objects replicate within 15 minutes"; with Replication Time Control that is a promise.
_BUCKET_REPLICATION = Replication(
    "S3 replication, most objects within 15 minutes",
    900,
    0,
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
)


@dataclass(frozen=True)
class DataOutcome:
    """What becomes of one data store.

    ``kept`` is True, False, or None where it cannot be told; ``regions`` hold the copies that
    remain. ``recovery_point`` and ``promotion`` are in seconds. Buckets are listed, not judged:
    many (logs, caches) may be lost with their region.
    """

    address: str
    kept: bool | None
    regions: tuple[str, ...]
    replication: str
    recovery_point: int | None
    promotion: int
    source: str
    why: str = ""
    judged: bool = True


def surviving_data(architecture: Architecture, lost: LostResources) -> list[DataOutcome]:
    """Every data store that a loss takes away, and what is left of its data."""
    outcomes = [
        _database(architecture, database, lost)
        for database in read_databases(architecture)
        if not database.is_copy and lost.state(database.resource) is not True
    ]
    for bucket in architecture.of_type(BUCKET):
        if lost.state(bucket) is False:
            outcomes.append(_bucket(architecture, bucket, lost))
    return outcomes


def _database(architecture: Architecture, database: Database, lost: LostResources) -> DataOutcome:
    replication = {INSTANCE: _READ_REPLICA, TABLE: _GLOBAL_TABLE}.get(database.resource.type)
    if database.resource.type in CLUSTERS:
        whole = database.global_clusters.resources
        replication = _GLOBAL_CLUSTER if whole else _READ_REPLICA
    assert replication is not None
    if lost.state(database.resource) is UNKNOWN:
        return _undecided(database.address, "its region is not known, see LG_REGION_4")
    regions = tuple(sorted(database.copies.regions - _lost_regions(architecture, lost)))
    if not regions and database.copies.gaps:
        return _undecided(database.address, "; ".join(database.copies.gaps))
    if not regions:
        why = "no copy of it remains: what it held is gone until a backup is restored"
        backups = backup_regions(architecture, database.resource).regions
        if left := sorted(backups - _lost_regions(architecture, lost)):
            where = ", ".join(left)
            why = f"no live copy of it remains: a person restores it from backups in {where}"
        return DataOutcome(database.address, False, (), "none", None, 0, "", why)
    return _kept(database.address, regions, replication)


def _bucket(architecture: Architecture, bucket: Resource, lost: LostResources) -> DataOutcome:
    targets = architecture.targets(bucket, "replication_configuration", BUCKET)
    copies = [resource for resource in targets.resources if resource is not bucket]
    for rule in architecture.of_type("aws_s3_bucket_replication_configuration"):
        of = architecture.targets(rule, "bucket", BUCKET)
        if bucket in of.resources:
            destinations = architecture.targets(rule, "rule", BUCKET).resources
            copies += [destination for destination in destinations if destination is not bucket]
    regions = {architecture.region(copy) for copy in copies if lost.state(copy) is True}
    named = tuple(sorted(str(region) for region in regions if region is not UNKNOWN))
    if not named:
        why = "no copy of it remains (buckets are not judged: not every one needs a copy)"
        return DataOutcome(bucket.address, False, (), "none", None, 0, "", why, judged=False)
    return _kept(bucket.address, named, _BUCKET_REPLICATION, judged=False)


def _kept(
    address: str, regions: tuple[str, ...], replication: Replication, judged: bool = True
) -> DataOutcome:
    return DataOutcome(
        address,
        True,
        regions,
        replication.words,
        replication.recovery_point,
        replication.promotion,
        replication.source,
        judged=judged,
    )


def _undecided(address: str, why: str) -> DataOutcome:
    return DataOutcome(address, None, (), "", None, 0, "", why)


def _lost_regions(architecture: Architecture, lost: LostResources) -> frozenset[str]:
    if lost.loss.kind == "region":
        return frozenset({lost.loss.name})
    # A copy in another resource of the same region is none that a zone's loss would spare.
    regions = {architecture.region(resource) for resource in lost.resources}
    return frozenset(str(region) for region in regions if region is not UNKNOWN)
