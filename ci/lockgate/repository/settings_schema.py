"""The JSON schema of ``lockgate.yaml``, for editors; docs/lockgate.schema.json is made from it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from lockgate.repository import pipeline_settings
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate_policies.model.settings import DESCRIPTIONS, REGION_PATTERN, Settings

_BOUNDS: dict[str, dict[str, Any]] = {
    "primary_region": {"pattern": REGION_PATTERN},
    "secondary_region": {"pattern": REGION_PATTERN},
    "recovery_time_objective": {"minimum": 1},
    "recovery_point_objective": {"minimum": 0},
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
            "pipeline": {
                "description": "What the pipeline may do, and in which order.",
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": _pipeline(),
            },
        },
    }


def _pipeline() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string", "minLength": 1}}
    stage = {"anyOf": [{"type": "string", "minLength": 1}, {**texts, "minItems": 1}]}
    properties: dict[str, Any] = {}
    for field in fields(PipelineSettings):
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        kind = texts if isinstance(default, list) else {"type": _TYPES[type(default)]}
        description = pipeline_settings.DESCRIPTIONS[field.name]
        properties[field.name] = {"description": description, **kind, "default": default}
    properties["promotion"]["items"] = stage
    properties["protected_paths_label"]["minLength"] = 1
    properties["maximum_destroyed"]["minimum"] = 0
    properties["plan_lifetime_hours"] |= {
        "minimum": 1,
        "maximum": pipeline_settings.MAXIMUM_LIFETIME_HOURS,
    }
    properties["drill_time_scale"] |= {
        "minimum": 1,
        "maximum": pipeline_settings.MAXIMUM_TIME_SCALE,
    }
    return properties
