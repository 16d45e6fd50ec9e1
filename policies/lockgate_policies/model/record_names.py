"""The names and zones of Route 53 records."""

from __future__ import annotations

from .plan_tree import Resource
from .plan_values import as_text, is_empty
from .references import References

ZONE_TYPE = "aws_route53_zone"


def zone_identity(references: References, record: Resource) -> str | None:
    """What tells a record's hosted zone from others: its ID or its resource's address."""
    zones = references.targets(record, "zone_id", ZONE_TYPE)
    if len(zones.resources) == 1:
        zone = zones.resources[0]
        return _by_name(zone) if zone.mode == "data" else zone.address
    return as_text(record.value("zone_id"))


def _by_name(zone: Resource) -> str:
    """Two data sources that look one name up find one zone; one that asks by more is itself."""
    name, private = as_text(zone.value("name")), zone.value("private_zone")
    others = (zone.value(argument) for argument in ("vpc_id", "tags") if zone.sets(argument))
    if not name or any(not is_empty(other) for other in others):
        return zone.address
    return f"{name.lower().rstrip('.')} ({'private' if private is True else 'public'})"


def record_name(references: References, record: Resource) -> str | None:
    """The record's full name in lower case without the trailing dot; None if not known."""
    name = as_text(record.value("name"))
    if name is None:
        return None
    name = name.lower().rstrip(".")
    for zone in references.targets(record, "zone_id", ZONE_TYPE).resources:
        domain = as_text(zone.value("name"))
        if domain:
            domain = domain.lower().rstrip(".")
            if name and name != domain and not name.endswith(f".{domain}"):
                return f"{name}.{domain}"
            return name or domain
    return name
