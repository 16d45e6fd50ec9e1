"""Databases: RDS instances, Aurora and other clusters, DynamoDB tables, and their replicas.

Buckets, caches and file systems are left to other rules: "database" is what a service cannot
start without and nobody can make again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .targets import Targets, merge

if TYPE_CHECKING:
    from .architecture import Architecture

INSTANCE = "aws_db_instance"
TABLE = "aws_dynamodb_table"
# Each kind of cluster with the types of its instances and of its global cluster.
CLUSTERS = {
    "aws_rds_cluster": ("aws_rds_cluster_instance", "aws_rds_global_cluster"),
    "aws_docdb_cluster": ("aws_docdb_cluster_instance", "aws_docdb_global_cluster"),
    "aws_neptune_cluster": ("aws_neptune_cluster_instance", "aws_neptune_global_cluster"),
}
DATABASE_TYPES = (INSTANCE, *CLUSTERS, TABLE)


@dataclass(frozen=True)
class Copies:
    """Where the copies of a database stand: regions, and what could not be followed."""

    regions: frozenset[str]
    gaps: tuple[str, ...]


class Database:
    """One database resource: a source of data, or a copy of one."""

    def __init__(self, architecture: Architecture, resource: Resource) -> None:
        self._architecture = architecture
        self.resource = resource

    @property
    def address(self) -> str:
        """The database's resource address."""
        return self.resource.address

    @property
    def region(self) -> Value:
        """The region it stands in, or UNKNOWN."""
        return self._architecture.region(self.resource)

    @cached_property
    def sources(self) -> Targets:
        """The databases that it is declared a replica of."""
        return _sources(self._architecture, self.resource)

    @property
    def is_copy(self) -> bool:
        """Tell whether it is a replica, or the secondary region's member of a global cluster."""
        if self.sources.resources or self.sources.gaps:
            return True
        if self.region == self._architecture.settings.primary_region:
            return False
        others = (self._architecture.region(member) for member in self._members)
        return any(region != self.region and region is not UNKNOWN for region in others)

    @cached_property
    def global_clusters(self) -> Targets:
        """The global cluster that it is a member of, or that was made from it."""
        if self.resource.type not in CLUSTERS:
            return Targets()
        architecture, resource = self._architecture, self.resource
        kind = CLUSTERS[resource.type][1]
        parts = []
        if architecture.gives(resource, "global_cluster_identifier"):
            parts.append(architecture.targets(resource, "global_cluster_identifier", kind))
        for whole in architecture.of_type(kind):
            made_from = architecture.targets(whole, "source_db_cluster_identifier", resource.type)
            if resource in made_from.resources:
                parts.append(Targets((whole,)))
        return merge(parts)

    @cached_property
    def _members(self) -> list[Resource]:
        mine = self.global_clusters.resources
        return [
            other
            for other in self._architecture.of_type(self.resource.type)
            if mine
            and other is not self.resource
            and any(
                whole in mine
                for whole in Database(self._architecture, other).global_clusters.resources
            )
        ]

    @cached_property
    def copies(self) -> Copies:
        """The regions that hold a copy of its data, as far as the plan tells."""
        architecture, resource = self._architecture, self.resource
        copies = list(self._members)
        gaps = list(self.global_clusters.gaps)
        for other in architecture.of_type(*DATABASE_TYPES):
            if other is not resource:
                sources = _sources(architecture, other)
                copies += [other] if resource in sources.resources else []
                gaps += sources.gaps if other.type == resource.type else ()
        regions = {architecture.region(copy) for copy in copies}
        if resource.type == TABLE:
            named = [block.get("region_name") for block in resource.blocks("replica")]
            regions |= {as_text(name) or UNKNOWN for name in named}
            if resource.value("replica") is UNKNOWN:
                regions.add(UNKNOWN)
            for replica in architecture.of_type("aws_dynamodb_table_replica"):
                of = architecture.targets(replica, "global_table_arn", TABLE)
                regions |= {architecture.region(replica)} if resource in of.resources else set()
                gaps += of.gaps
        if UNKNOWN in regions:
            gaps.append("the region of one of its replicas is not known")
        known = frozenset(region for region in regions if as_text(region))
        return Copies(known, tuple(dict.fromkeys(gaps)))

    @cached_property
    def instances(self) -> tuple[list[Resource], tuple[str, ...]]:
        """The instances of a cluster, and those that could not be told whose they are."""
        architecture = self._architecture
        members: list[Resource] = []
        gaps: list[str] = []
        for entry in architecture.of_type(CLUSTERS[self.resource.type][0]):
            of = architecture.targets(entry, "cluster_identifier", self.resource.type)
            members += [entry] if self.resource in of.resources else []
            gaps += of.gaps
        return members, tuple(dict.fromkeys(gaps))


def read_databases(architecture: Architecture) -> list[Database]:
    """Every database of the plan, copies included."""
    return [Database(architecture, resource) for resource in architecture.of_type(*DATABASE_TYPES)]


def _sources(architecture: Architecture, resource: Resource) -> Targets:
    if resource.type == INSTANCE:
        path = "replicate_source_db"
    elif resource.type in CLUSTERS:
        path = "replication_source_identifier"
    else:
        return Targets()
    if not architecture.gives(resource, path) or resource.value(path) is None:
        return Targets()
    return architecture.targets(resource, path, INSTANCE, *CLUSTERS)
