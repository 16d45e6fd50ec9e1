"""The names and zones of Route 53 records."""

from __future__ import annotations

from .plan_tree import Resource
from .plan_values import as_text
from .references import References

ZONE_TYPE = "aws_route53_zone"


def zone_identity(references: References, record: Resource) -> str | None:
    """What tells a record's hosted zone from others: its ID or its resource's address."""
    found = references.targets(record, "zone_id", ZONE_TYPE)
    if len(found.resources) == 1:
        return found.resources[0].address
    return as_text(record.value("zone_id"))


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
