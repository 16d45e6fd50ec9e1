"""What of moto's answers is put right, because what is applied could otherwise not be used.

A mend answers what AWS documents and moto does not, and nothing else, so that it can go when moto
does it too. docs/embedded-aws.md names them.
"""

from __future__ import annotations

import threading
from typing import Any

_WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def put_right() -> None:
    """Mend moto in this process, before its server starts."""
    _mend_global_clusters()
    _mend_tls_only_buckets()


def _mend_tls_only_buckets() -> None:
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    statements: Any = IAMPolicyStatement
    judged = statements.is_action_permitted

    def is_action_permitted(statement: Any, *arguments: Any, **named: Any) -> Any:
        """What a statement says of a request; nothing, if it only refuses those without TLS.

        moto reads no conditions: a bucket that refuses requests without TLS would refuse all. On
        loopback, plain HTTP stands for TLS.
        """
        told = statement._statement
        if told.get("Effect") == "Deny" and told.get("Condition") == _WITHOUT_TLS:
            return PermissionResult.NEUTRAL
        return judged(statement, *arguments, **named)

    statements.is_action_permitted = is_action_permitted


def _mend_global_clusters() -> None:
    from moto.rds.models import DBCluster, RDSBackend, rds_backends

    backends: Any = RDSBackend
    clusters: Any = DBCluster
    told = clusters.scaling_configuration_info.fget
    create = backends.create_db_instance
    one_at_a_time = threading.RLock()

    def remove_from_global_cluster(
        backend: Any, global_cluster_identifier: str, db_cluster_identifier: str
    ) -> Any:
        """Take a cluster out of its global cluster, by its ARN or its name in the asked region.

        moto looks for both in the region that is asked. It keeps global clusters in one region, so
        a member in another one would never leave, and the global cluster never be deleted.
        """
        whole = rds_backends[backend.account_id]["us-east-1"].global_clusters.get(
            global_cluster_identifier
        )
        if whole is not None:
            beside = backend.clusters.get(db_cluster_identifier)
            arn = db_cluster_identifier if beside is None else beside.db_cluster_arn
            whole.members = [member for member in whole.members if member.db_cluster_arn != arn]
        return whole

    def scaling_configuration_info(cluster: Any) -> Any:
        """How a serverless cluster scales; nothing for another, of which moto says an empty one.

        A plan would set each of its values, for ever.
        """
        return told(cluster) if cluster.scaling_configuration else None

    def create_db_instance(backend: Any, arguments: Any) -> Any:
        """An instance that asks for no zone stands where its cluster has the fewest.

        moto puts all of them into the region's first zone; Aurora gives each of the first three a
        zone of its own, of those that the cluster's subnets are in.
        """
        with one_at_a_time:
            cluster = backend.clusters.get(arguments.get("db_cluster_identifier") or "")
            group = cluster and backend.subnet_groups.get(cluster.db_subnet_group_name)
            if group and not arguments.get("availability_zone"):
                zones = sorted(
                    {subnet["SubnetAvailabilityZone"]["Name"] for subnet in group.subnets}
                )
                taken = [member.availability_zone for member in cluster.members]
                arguments = {**arguments, "availability_zone": min(zones, key=taken.count)}
            return create(backend, arguments)

    backends.remove_from_global_cluster = remove_from_global_cluster
    backends.create_db_instance = create_db_instance
    clusters.scaling_configuration_info = property(scaling_configuration_info)
