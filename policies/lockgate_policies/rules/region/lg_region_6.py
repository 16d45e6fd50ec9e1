"""LG_REGION_6: zone names belong to the region of the resource they are given to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN, as_list
from ...model.provider_regions import region_of_zone

_ZONE_ARGUMENTS = {
    "aws_autoscaling_group": ("availability_zones",),
    "aws_db_instance": ("availability_zone",),
    "aws_default_subnet": ("availability_zone",),
    "aws_ebs_volume": ("availability_zone",),
    "aws_elasticache_cluster": ("availability_zone", "preferred_availability_zones"),
    "aws_elasticache_replication_group": (
        "availability_zones",
        "preferred_cache_cluster_azs",
    ),
    "aws_elb": ("availability_zones",),
    "aws_instance": ("availability_zone",),
    "aws_launch_template": ("placement.0.availability_zone",),
    "aws_rds_cluster": ("availability_zones",),
    "aws_rds_cluster_instance": ("availability_zone",),
    "aws_subnet": ("availability_zone", "availability_zone_id"),
}


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every zone argument that is given; what AWS chooses is in the right region."""
    for kind, paths in _ZONE_ARGUMENTS.items():
        for resource in architecture.of_type(kind):
            for path in paths:
                value = resource.value(path)
                if value is UNKNOWN and not architecture.gives(resource, path.split(".")[0]):
                    continue
                zones = as_list(value) if isinstance(value, list) else [value]
                if any(zone is UNKNOWN or isinstance(zone, str) for zone in zones):
                    yield _judge_zones(architecture, resource, path, zones)


def _judge_zones(
    architecture: Architecture, resource: Resource, path: str, zones: list[object]
) -> Finding:
    region = architecture.region(resource)
    if not isinstance(region, str):
        return unknown(resource.address, "the region of its provider is not known")
    for zone in zones:
        if isinstance(zone, str) and not _is_of(zone, region):
            return failed(
                resource.address,
                f"{path} {zone} is no zone of {region}, where its provider {resource.provider} "
                "would create it",
            )
    if UNKNOWN in zones:
        sources = architecture.targets(resource, path, "aws_availability_zones")
        if sources.gaps or not sources.resources:
            return unknown(
                resource.address,
                f"{path} is not known until apply: name the zones, or read them from "
                "data.aws_availability_zones with the same provider",
            )
        for source in sources.resources:
            if architecture.region(source) != region:
                return failed(
                    resource.address, f"{path} comes from {source.address}, which is not {region}'s"
                )
    return passed(resource.address)


def _is_of(zone: str, region: str) -> bool:
    return region_of_zone(zone) == region or zone.startswith(f"{_id_prefix(region)}-")


def _id_prefix(region: str) -> str:
    """What zone IDs of a region start with: ``use1`` for us-east-1, ``apne1``, ``usgw1``.

    Source: https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """
    words = re.findall("north|south|east|west|central|gov", region)
    return region.split("-")[0] + "".join(word[0] for word in words) + region[-1:]


RULE = Rule(
    id="LG_REGION_6",
    title="Zone names belong to the region of the resource that names them",
    severity=Severity.HIGH,
    why=(
        "A zone of another region tells of a copied call with the wrong provider. The plan looks "
        "right; the apply fails halfway, or the secondary never comes to be."
    ),
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html",
    ),
    fix="Give the zones of the provider's region, or pass the provider of the zones' region.",
    remediation="""\
module "network_secondary" {
  source             = "../../modules/network"
  providers          = { aws = aws.secondary }
  availability_zones = ["us-west-2a", "us-west-2b"]
}
""",
    looked_up="Zones that are looked up are accepted, if the data source asks in the same region.",
    subjects=tuple(_ZONE_ARGUMENTS),
    judge=judge,
)
