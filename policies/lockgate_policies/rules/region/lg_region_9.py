"""LG_REGION_9: nothing in the secondary region refers to a resource of the primary."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.global_services import is_global
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN
from ...model.region_names import regions_named
from ...model.replicated_names import replicated_names

# Replication: what only makes sense with the other region's resource at hand.
_REPLICATING: dict[str, tuple[str, ...]] = {
    "aws_ami_copy": ("source_ami_id",),
    "aws_db_instance": ("replicate_source_db",),
    "aws_db_instance_automated_backups_replication": ("source_db_instance_arn",),
    "aws_db_snapshot_copy": ("source_db_snapshot_identifier",),
    "aws_docdb_cluster": ("global_cluster_identifier",),
    "aws_dynamodb_table_replica": ("global_table_arn",),
    "aws_ebs_snapshot_copy": ("source_snapshot_id",),
    "aws_ecr_replication_configuration": ("replication_configuration",),
    "aws_efs_replication_configuration": ("source_file_system_id",),
    "aws_elasticache_replication_group": ("global_replication_group_id",),
    "aws_kms_replica_external_key": ("primary_key_arn",),
    "aws_kms_replica_key": ("primary_key_arn",),
    "aws_neptune_cluster": ("global_cluster_identifier", "replication_source_identifier"),
    "aws_rds_cluster": ("global_cluster_identifier", "replication_source_identifier"),
    "aws_s3_bucket": ("replication_configuration",),
    "aws_s3_bucket_replication_configuration": ("rule",),
}
# What belongs to both regions although a plan places it in one: the link between two networks,
# and the global half of replicated stores.
_SHARED = (
    "aws_docdb_global_cluster",
    "aws_dynamodb_global_table",
    "aws_ec2_transit_gateway_peering_attachment",
    "aws_elasticache_global_replication_group",
    "aws_neptune_global_cluster",
    "aws_rds_global_cluster",
    "aws_s3control_multi_region_access_point",
    "aws_vpc_peering_connection",
)
_LINKS = (
    *_SHARED,
    "aws_ec2_transit_gateway_peering_attachment_accepter",
    "aws_vpc_peering_connection_accepter",
    "aws_vpc_peering_connection_options",
)
_NETWORKS = ("aws_vpc", "aws_subnet", "aws_default_vpc", "aws_default_subnet")
# What a resource was told to be: taken of another one, it is a copy of the text and needs nothing.
_COPIED = frozenset(
    {
        "allocated_storage",
        "database_name",
        "db_name",
        "description",
        "domain_name",
        "engine",
        "engine_mode",
        "engine_version",
        "engine_version_actual",
        "hash_key",
        "instance_class",
        "instance_type",
        "master_username",
        "node_type",
        "port",
        "protocol",
        "range_key",
        "storage_type",
        "subject_alternative_names",
        "tags",
        "tags_all",
        "username",
    }
)
# The same of what is stored to be read: a copy of it is made when the plan is applied.
_COPIED_AS_IT_IS = frozenset({"secret_binary", "secret_string", "value"})
# Texts that say who may come, or that are read by people: nothing is asked of what they name.
_NO_NEED = (
    *("access_policies", "access_policy", "assume_role_policy", "description", "policy"),
    *("redrive_allow_policy", "resource_policy", "source_arn", "tags", "tags_all"),
)
# What hands something over to the other region, and serves without that.
_SENDING = (
    *("aws_backup_plan", "aws_cloudwatch_dashboard", "aws_cloudwatch_event_target"),
    *("aws_lambda_permission", "aws_s3_bucket_policy", "aws_sns_topic_subscription"),
)
# Blocks and arguments that can take nothing but an address range from a network: a number, which
# stays true when the network is gone.
_RANGES = ("ingress", "egress", "route")


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Follow every argument of every resource that stands in the secondary region."""
    primary, secondary = architecture.expected_regions
    clean = 0
    lost: list[str] = []
    for resource in architecture.tree.resources:
        if not resource.type.startswith("aws_") or is_global(resource.type):
            continue
        region = architecture.region(resource)
        if region is UNKNOWN:
            lost.append(resource.address)
        elif region == secondary and resource.type not in _LINKS:
            findings = list(_judge_resource(architecture, resource, primary))
            if not findings:
                findings = list(_judge_texts(architecture, resource, primary))
            clean += not findings
            yield from findings
    if lost:
        yield unknown(
            "",
            f"the region of {lost[0]}{f' and {len(lost) - 1} more' if len(lost) > 1 else ''} is "
            "not known, see LG_REGION_4",
        )
    elif clean:
        yield passed("", f"{clean} resource(s) of {secondary} refer to nothing in {primary}")


def _judge_texts(architecture: Architecture, resource: Resource, primary: str) -> Iterator[Finding]:
    """Find the primary region in ARNs and host names that are written out."""
    passed_over = (*_REPLICATING.get(resource.type, ()), *_NO_NEED)
    if resource.type in _SENDING:
        return
    for argument, value in resource.values.items():
        if argument in passed_over or not architecture.gives(resource, argument):
            continue
        named = dict.fromkeys(text for region, text in regions_named(value) if region == primary)
        if named:
            yield failed(
                resource.address,
                f"{resource.address}: {argument} names {', '.join(named)} in {primary}: when that "
                "region is lost, so is this",
            )


def _judge_resource(
    architecture: Architecture, resource: Resource, primary: str
) -> Iterator[Finding]:
    for argument, targets_of in architecture.references.by_argument(resource).items():
        if argument in _REPLICATING.get(resource.type, ()):
            continue
        for gap in () if "cidr" in argument else targets_of.gaps:
            yield unknown(resource.address, gap)
        targets = [
            target
            for target in targets_of.resources
            if _binds(target, argument) and architecture.region(target) == primary
        ]
        bound, untold = _bound(architecture, resource, argument, targets)
        names = ", ".join(target.address for target in bound or untold)
        if bound and targets_of.either and len(bound) < len(targets_of.resources):
            yield unknown(resource.address, targets_of.settled.why)
        elif bound:
            yield failed(
                resource.address,
                f"{resource.address}: {argument} refers to {names} in {primary}: when that region "
                "is lost, so is this",
            )
        elif untold:
            yield unknown(
                resource.address,
                f"{resource.address}: {argument} refers to {names}, and it is not known whether "
                "by a name that its replica has as well: name the replica's region",
            )


def _bound(
    architecture: Architecture, resource: Resource, argument: str, targets: list[Resource]
) -> tuple[list[Resource], list[Resource]]:
    """Those of the primary's resources that an argument needs, and those that it may need."""
    bound: list[Resource] = []
    untold: list[Resource] = []
    for target in targets:
        taken = architecture.taken.of(resource, argument, target)
        needed = {name for name in taken if not _is_copied(target, name)}
        names = replicated_names(architecture, target, architecture.settings.secondary_region)
        if taken and not needed - (names.attributes if names.known else frozenset()):
            continue
        by_name_alone = not needed - names.attributes
        (untold if names.attributes and by_name_alone else bound).append(target)
    return bound, untold


def _is_copied(target: Resource, name: str) -> bool:
    """Whether an attribute is what the configuration gave, and nothing that only AWS tells."""
    return name in _COPIED_AS_IT_IS or (name in _COPIED and target.value(name) is not UNKNOWN)


def _binds(target: Resource, argument: str) -> bool:
    managed = target.mode == "managed" and target.type.startswith("aws_")
    if not managed or is_global(target.type) or target.type in _SHARED:
        return False
    takes_range = "cidr" in argument or argument in _RANGES
    return not (takes_range and target.type in _NETWORKS)


RULE = Rule(
    id="LG_REGION_9",
    title="Nothing in the secondary region refers to a resource of the primary region",
    severity=Severity.CRITICAL,
    why=(
        "A secondary that needs a key, a queue or a bucket of the primary goes down with it, and "
        "cannot be rebuilt while it is gone. Allowed are DNS and other global services, "
        "replication (RDS, Aurora, DocumentDB, Neptune, DynamoDB, ElastiCache, S3, EFS, ECR, KMS "
        "replica keys, copied images and snapshots), the name of a table, secret, repository or "
        "the ID of a key that is replicated there, copied texts such as an engine, the links "
        "between networks (peering, transit gateway) and address ranges."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/"
        "regional-services.html",
    ),
    fix="Give the secondary region a resource of its own, or replicate the primary's.",
    remediation="""\
resource "aws_kms_key" "secondary" {
  provider    = aws.secondary
  description = "The secondary region's own key"
}
""",
    subjects=(),
    judge=judge,
)
