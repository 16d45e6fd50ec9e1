"""The JSON schema of ``lockgate.yaml``, for editors; docs/lockgate.schema.json is made from it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from lockgate.policies.model.settings import DESCRIPTIONS, REGION_PATTERN, Settings

_BOUNDS: dict[str, dict[str, Any]] = {
    "primary_region": {"pattern": REGION_PATTERN},
    "secondary_region": {"pattern": REGION_PATTERN},
    "recovery_time_objective": {"minimum": 1},
    "secondary_capacity_share": {"minimum": 0, "maximum": 1},
    "backup_retention_days": {"minimum": 1, "maximum": 35},
}
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def json_schema() -> dict[str, Any]:
    """The schema (JSON Schema, draft 2020-12)."""
    values: dict[str, Any] = {
        field.name: {
            "description": DESCRIPTIONS[field.name],
            "type": _TYPES[type(field.default)],
            "default": field.default,
            **_BOUNDS.get(field.name, {}),
        }
        for field in fields(Settings)
    }
    environment = {"type": ["object", "null"], "additionalProperties": False, "properties": values}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lockgate's settings",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1},
            "defaults": {"description": "Settings of every environment.", **environment},
            "environments": {
                "description": "By environment, what differs from the defaults.",
                "type": ["object", "null"],
                "additionalProperties": environment,
            },
        },
    }
