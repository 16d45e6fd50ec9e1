"""LG_SUBNET_6: servers, databases and caches do not stand in public subnets."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN
from ...model.targets import Targets, merge

# The argument or block that places each type in subnets.
_PLACED_BY = {
    "aws_autoscaling_group": "vpc_zone_identifier",
    "aws_dax_subnet_group": "subnet_ids",
    "aws_db_subnet_group": "subnet_ids",
    "aws_docdb_subnet_group": "subnet_ids",
    "aws_ecs_service": "network_configuration",
    "aws_efs_mount_target": "subnet_id",
    "aws_eks_node_group": "subnet_ids",
    "aws_elasticache_subnet_group": "subnet_ids",
    "aws_elasticsearch_domain": "vpc_options",
    "aws_instance": "subnet_id",
    "aws_lambda_function": "vpc_config",
    "aws_launch_template": "network_interfaces",
    "aws_memorydb_subnet_group": "subnet_ids",
    "aws_mq_broker": "subnet_ids",
    "aws_msk_cluster": "broker_node_group_info",
    "aws_neptune_subnet_group": "subnet_ids",
    "aws_opensearch_domain": "vpc_options",
    "aws_redshift_subnet_group": "subnet_ids",
}
# In a block, the argument that holds the subnets.
_IN_BLOCK = {
    "broker_node_group_info": "client_subnets",
    "network_configuration": "subnets",
    "network_interfaces": "subnet_id",
    "vpc_config": "subnet_ids",
    "vpc_options": "subnet_ids",
}
# Without these, AWS takes the default VPC, whose subnets are public:
# https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
_DEFAULT_VPC_WITHOUT = {
    "aws_db_instance": ("db_subnet_group_name", "replicate_source_db"),
    "aws_docdb_cluster": ("db_subnet_group_name", "global_cluster_identifier"),
    "aws_instance": ("subnet_id", "network_interface", "launch_template"),
    "aws_neptune_cluster": ("neptune_subnet_group_name", "replication_source_identifier"),
    "aws_rds_cluster": ("db_subnet_group_name", "replication_source_identifier"),
}


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge whatever runs or keeps data in a VPC; load balancers and NAT gateways may be there."""
    for kind, path in _PLACED_BY.items():
        for resource in architecture.of_type(kind):
            if _given(architecture, resource, path):
                yield _judge_placed(architecture, resource, path)
    for kind, alternatives in _DEFAULT_VPC_WITHOUT.items():
        for resource in architecture.of_type(kind):
            if not any(_given(architecture, resource, name) for name in alternatives):
                yield failed(
                    resource.address,
                    f"gives no {alternatives[0]}, so AWS places it in the default VPC, whose "
                    "subnets are public",
                )


def _given(architecture: Architecture, resource: Resource, path: str) -> bool:
    value = resource.value(path)
    return architecture.gives(resource, path) if value is UNKNOWN else bool(value)


def _judge_placed(architecture: Architecture, resource: Resource, path: str) -> Finding:
    subnets = _subnets(architecture, resource, path)
    managed = [architecture.subnet(r) for r in subnets.resources if r.mode == "managed"]
    public = [subnet.address for subnet in managed if subnet.public is True]
    if public and not (subnets.either and len(public) < len(subnets.resources)):
        return failed(resource.address, f"stands in {', '.join(public)}, which is public")
    if public or subnets.gaps:
        return unknown(resource.address, subnets.settled.why or subnets.why)
    looked_up = [r.address for r in subnets.resources if r.mode != "managed"]
    if looked_up:
        return unknown(
            resource.address, f"{looked_up[0]} is only looked up: its routes are not in this plan"
        )
    for subnet in managed:
        if subnet.public is UNKNOWN:
            return unknown(
                resource.address,
                f"whether {subnet.address} is public is not known: {subnet.why_unknown}",
            )
    return passed(resource.address)


def _subnets(architecture: Architecture, resource: Resource, path: str) -> Targets:
    inner = _IN_BLOCK.get(path)
    if inner is None or not resource.blocks(path):  # blocks that are not known: follow them whole
        return architecture.candidates(resource, path, "aws_subnet")
    return merge(
        architecture.candidates(resource, f"{path}.{index}.{inner}", "aws_subnet")
        for index, _ in enumerate(resource.blocks(path))
    )


RULE = Rule(
    id="LG_SUBNET_6",
    title="Servers, databases and caches do not stand in public subnets",
    severity=Severity.CRITICAL,
    why=(
        "In a public subnet one public address and one wide security group rule are all that is "
        "between the internet and the data. Only load balancers and NAT gateways belong there."
    ),
    sources=(
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/"
        "security-best-practices-for-vpc/welcome.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/"
        "sec_network_protection_create_layers.html",
    ),
    fix="Place it in private subnets, behind the load balancer.",
    remediation="""\
resource "aws_autoscaling_group" "this" {
  vpc_zone_identifier = module.network.private_subnet_ids
  # ...
}

resource "aws_db_subnet_group" "this" {
  subnet_ids = module.network.private_subnet_ids
}
""",
    looked_up="Subnets that are only looked up are not accepted: their routes are not in the plan.",
    subjects=tuple(sorted({*_PLACED_BY, *_DEFAULT_VPC_WITHOUT})),
    judge=judge,
)
