"""Where things stand in a network: in which subnets, and behind which security groups."""

from __future__ import annotations

from dataclasses import dataclass

from .address_ranges import AddressRange, address_range, vpc_ranges
from .architecture import Architecture
from .networks import Subnet
from .plan_tree import Resource
from .registered_targets import security_groups_of
from .security_groups import GROUP_TYPES
from .targets import Targets, merge

_SUBNETS = {
    "aws_autoscaling_group": ("vpc_zone_identifier",),
    "aws_ecs_service": ("network_configuration.0.subnets",),
    "aws_elb": ("subnets",),
    "aws_instance": ("subnet_id",),
    "aws_lambda_function": ("vpc_config.0.subnet_ids",),
    "aws_lb": ("subnets", "subnet_mapping"),
    "aws_nat_gateway": ("subnet_id",),
    "aws_vpc_endpoint": ("subnet_ids",),
}
_SUBNETS["aws_alb"] = _SUBNETS["aws_lb"]
# By a subnet group: the argument that names it, its type and the argument of its subnets.
_SUBNET_GROUPS = {
    "aws_db_instance": ("db_subnet_group_name", "aws_db_subnet_group"),
    "aws_docdb_cluster": ("db_subnet_group_name", "aws_docdb_subnet_group"),
    "aws_elasticache_cluster": ("subnet_group_name", "aws_elasticache_subnet_group"),
    "aws_elasticache_replication_group": ("subnet_group_name", "aws_elasticache_subnet_group"),
    "aws_neptune_cluster": ("neptune_subnet_group_name", "aws_neptune_subnet_group"),
    "aws_rds_cluster": ("db_subnet_group_name", "aws_db_subnet_group"),
}
_GROUPS = {
    "aws_db_instance": "vpc_security_group_ids",
    "aws_docdb_cluster": "vpc_security_group_ids",
    "aws_elasticache_cluster": "security_group_ids",
    "aws_elasticache_replication_group": "security_group_ids",
    "aws_elb": "security_groups",
    "aws_lambda_function": "vpc_config.0.security_group_ids",
    "aws_lb": "security_groups",
    "aws_alb": "security_groups",
    "aws_neptune_cluster": "vpc_security_group_ids",
    "aws_rds_cluster": "vpc_security_group_ids",
    "aws_vpc_endpoint": "security_group_ids",
}
_BY_REGISTRATION = ("aws_autoscaling_group", "aws_ecs_service", "aws_instance")


@dataclass(frozen=True)
class Attachment:
    """The managed subnets and the security groups of a resource, each with what is not known."""

    resource: Resource
    subnets: tuple[Subnet, ...]
    subnet_gaps: tuple[str, ...]
    groups: Targets
    elsewhere: tuple[AddressRange | None, ...]
    """The ranges of its VPC, where not all of its subnets are known; None if these are not."""

    @property
    def vpcs(self) -> list[Resource]:
        """The VPCs that its subnets belong to."""
        vpcs = {id(vpc): vpc for subnet in self.subnets for vpc in subnet.vpc.resources}
        return list(vpcs.values())

    @property
    def ranges(self) -> list[AddressRange | None]:
        """The IPv4 ranges of its subnets; None for one that is not known."""
        return [address_range(subnet.resource.value("cidr_block")) for subnet in self.subnets]


def attachment(architecture: Architecture, resource: Resource) -> Attachment:
    """Where a resource stands; what is not known to stand anywhere has gaps."""
    subnets = _subnets(architecture, resource)
    managed = tuple(
        architecture.subnet(subnet) for subnet in subnets.resources if subnet.mode == "managed"
    )
    gaps = (*subnets.gaps, *(f"{address} is only looked up" for address in subnets.looked_up))
    if not managed and not gaps:
        gaps = (f"{resource.address}: which subnets it stands in is not known",)
    groups = _groups(architecture, resource)
    elsewhere = _vpc_ranges(architecture, managed, groups) if gaps else ()
    return Attachment(resource, managed, gaps, groups, elsewhere)


def _vpc_ranges(
    architecture: Architecture, subnets: tuple[Subnet, ...], groups: Targets
) -> tuple[AddressRange | None, ...]:
    """The ranges of the VPC that subnets or security groups tell: all of these are in one."""
    parts = [subnet.vpc for subnet in subnets]
    parts += [
        architecture.targets(group, "vpc_id", "aws_vpc")
        for group in groups.resources
        if group.mode == "managed"
    ]
    vpcs = merge(parts)
    if vpcs.gaps or len(vpcs.resources) != 1 or vpcs.looked_up:
        return (None,)
    return tuple(vpc_ranges(architecture, vpcs.resources[0]))


def _subnets(architecture: Architecture, resource: Resource) -> Targets:
    parts = [
        architecture.targets(resource, path, "aws_subnet")
        for path in _SUBNETS.get(resource.type, ())
        if architecture.gives(resource, path.split(".")[0])
    ]
    if resource.type in _SUBNET_GROUPS:
        argument, kind = _SUBNET_GROUPS[resource.type]
        if architecture.gives(resource, argument):
            groups = architecture.targets(resource, argument, kind)
            parts.append(Targets(gaps=groups.gaps))
            for group in groups.resources:
                known = group.mode == "managed"
                parts.append(
                    architecture.targets(group, "subnet_ids", "aws_subnet")
                    if known
                    else Targets(gaps=(f"{group.address} is only looked up",))
                )
    return merge(parts)


def _groups(architecture: Architecture, resource: Resource) -> Targets:
    if resource.type in _BY_REGISTRATION:
        return security_groups_of(architecture, resource)
    path = _GROUPS.get(resource.type)
    if path is None or not architecture.gives(resource, path.split(".")[0]):
        return Targets()
    return architecture.targets(resource, path, *GROUP_TYPES)
