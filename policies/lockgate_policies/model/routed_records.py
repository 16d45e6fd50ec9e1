"""Route 53 records of one name that all answer: weighted, latency, geolocation, multivalue.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .failover_records import FailoverRecord
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .record_names import record_name, zone_identity

if TYPE_CHECKING:
    from .architecture import Architecture

POLICIES = {
    "weighted_routing_policy": "weighted",
    "latency_routing_policy": "latency",
    "geolocation_routing_policy": "geolocation",
    "geoproximity_routing_policy": "geoproximity",
    "cidr_routing_policy": "CIDR",
    "multivalue_answer_routing_policy": "multivalue",
}


def routing_policy(resource: Resource) -> str:
    """The policy by which a record shares its name, other than failover; "" for none."""
    for name, word in POLICIES.items():
        if resource.blocks(name) or resource.value(name) is True:
            return word
    return ""


@dataclass(eq=False)
class RoutedSet:
    """The records of one hosted zone, name and type that share it by a routing policy."""

    title: str
    records: list[FailoverRecord] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    regions: set[Value] = field(default_factory=set)
    """The regions of what they lead to; UNKNOWN among them where that cannot be told."""


def read_routed_sets(architecture: Architecture) -> list[RoutedSet]:
    """Group the records that share a name by a routing policy which is not failover."""
    sets: dict[tuple[str, str, str], RoutedSet] = {}
    for resource in architecture.of_type("aws_route53_record"):
        policy = routing_policy(resource)
        if not policy:
            continue
        zone = zone_identity(architecture.references, resource)
        name = record_name(architecture.references, resource) or f"(unknown) {resource.address}"
        kind = as_text(resource.value("type")) or "?"
        routed = sets.setdefault((zone or "", name, kind), RoutedSet(f"{name} ({kind})"))
        record = FailoverRecord(architecture, resource)
        routed.records.append(record)
        routed.policies += [policy] if policy not in routed.policies else []
        routed.regions |= _regions(architecture, record)
    return list(sets.values())


def _regions(architecture: Architecture, record: FailoverRecord) -> set[Value]:
    targets = record.leads_to
    regions = {architecture.region(resource) for resource in targets.resources}
    return regions | ({UNKNOWN} if targets.gaps else set())
