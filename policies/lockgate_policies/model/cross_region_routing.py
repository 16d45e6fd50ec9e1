"""How the names of a plan are led to more than one region, by whatever does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .global_services import is_global
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .routed_records import read_routed_sets

if TYPE_CHECKING:
    from .architecture import Architecture

_ENDPOINT_GROUPS = (
    "aws_globalaccelerator_endpoint_group",
    "aws_globalaccelerator_custom_routing_endpoint_group",
)
_DISTRIBUTION = "aws_cloudfront_distribution"


@dataclass(frozen=True)
class CrossRegionRouting:
    """One way in which a name is led to several regions; ``words`` say which and of what."""

    kind: str
    words: str


FAILOVER = "failover records"
RECORDS = "records of one name"
ACCELERATOR = "Global Accelerator"
ORIGIN_GROUP = "CloudFront origin group"


def read_routing(architecture: Architecture) -> list[CrossRegionRouting]:
    """Every way of routing across regions that the plan manages."""
    routing = [
        CrossRegionRouting(FAILOVER, f"failover records of {failover_set.title}")
        for failover_set in architecture.failover_sets
    ]
    routing += [
        CrossRegionRouting(RECORDS, f"{' and '.join(routed.policies)} records of {routed.title}")
        for routed in read_routed_sets(architecture)
        if len(routed.regions) > 1 or UNKNOWN in routed.regions
    ]
    groups = architecture.of_type(*_ENDPOINT_GROUPS)
    regions = {_group_region(architecture, group) for group in groups}
    if len(regions) > 1 or UNKNOWN in regions:
        named = " and ".join(sorted(str(region) for region in regions if region is not UNKNOWN))
        routing.append(CrossRegionRouting(ACCELERATOR, f"Global Accelerator into {named}"))
    routing += [
        CrossRegionRouting(ORIGIN_GROUP, f"the origin group of {distribution.address}")
        for distribution in architecture.of_type(_DISTRIBUTION)
        if distribution.blocks("origin_group") and _spans_regions(architecture, distribution)
    ]
    return routing


def _spans_regions(architecture: Architecture, distribution: Resource) -> bool:
    """Whether the origins may stand in more than one region."""
    origins = architecture.candidates(distribution, "origin")
    regional = [r for r in origins.resources if not is_global(r.type)]
    regions = {architecture.region(origin) for origin in regional}
    return len(regions) > 1 or UNKNOWN in regions or len(regional) < 2


def _group_region(architecture: Architecture, group: Resource) -> Value:
    """Where an endpoint group sends to: as it says, or else its provider's region."""
    given = group.value("endpoint_group_region")
    return as_text(given) or (UNKNOWN if given is UNKNOWN else architecture.region(group))
