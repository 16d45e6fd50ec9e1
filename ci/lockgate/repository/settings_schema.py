"""The JSON schema of ``lockgate.yaml``, for editors; docs/lockgate.schema.json is made from it."""

from __future__ import annotations

from typing import Any

from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate_policies.model.setting_fields import Key, keys
from lockgate_policies.model.settings import Settings

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def json_schema() -> dict[str, Any]:
    """The schema (JSON Schema, draft 2020-12)."""
    values = {name: _value(default, key) for name, default, key in keys(Settings)}
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


def _value(default: Any, key: Key) -> dict[str, Any]:
    bounds = {
        "pattern": key.pattern,
        "minLength": 1 if key.required_text else None,
        "minimum": key.minimum,
        "maximum": key.maximum,
    }
    return {
        "description": key.description,
        "type": _TYPES[type(default)],
        "default": default,
        **{name: bound for name, bound in bounds.items() if bound is not None},
    }


def _pipeline() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string", "minLength": 1}}
    stage = {"anyOf": [{"type": "string", "minLength": 1}, {**texts, "minItems": 1}]}
    properties: dict[str, Any] = {}
    for name, default, key in keys(PipelineSettings):
        if isinstance(default, tuple):
            described = {"description": key.description, **texts, "default": list(default)}
            properties[name] = {**described, "items": stage} if name == "promotion" else described
        else:
            properties[name] = _value(default, key)
    return properties
