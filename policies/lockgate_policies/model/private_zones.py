"""Who can resolve the names of a private hosted zone: the networks that it is associated with.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .loss import REGION, LostResources
from .plan_tree import Resource
from .record_names import ZONE_TYPE
from .targets import merge

if TYPE_CHECKING:
    from .architecture import Architecture

_ASSOCIATION = "aws_route53_zone_association"


def loses_all_its_clients(
    architecture: Architecture, record: Resource, lost: LostResources
) -> bool:
    """Tell whether nobody is left to ask for a record: every network of its zone is lost.

    False where it is not known.
    """
    zones = architecture.targets(record, "zone_id", ZONE_TYPE)
    if zones.gaps or len(zones.resources) != 1:
        return False
    (zone,) = zones.resources
    parts = [architecture.targets(zone, "vpc")] if zone.blocks("vpc") else []
    for association in architecture.of_type(_ASSOCIATION):
        of = architecture.targets(association, "zone_id", ZONE_TYPE)
        if of.gaps:
            return False
        if zone in of.resources:
            parts.append(architecture.targets(association, "vpc_id"))
    networks = merge(parts)
    return (
        zone.mode == "managed"
        and bool(networks.resources)
        and not networks.gaps
        and all(_is_lost(architecture, network, lost) for network in networks.resources)
    )


def _is_lost(architecture: Architecture, network: Resource, lost: LostResources) -> bool:
    if network.mode == "managed":
        return network in lost
    return lost.loss.kind == REGION and architecture.region(network) == lost.loss.name
