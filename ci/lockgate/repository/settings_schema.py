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
    judged = {"type": ["object", "null"], "additionalProperties": False, "properties": values}
    environment = {**judged, "properties": {**values, **_place()}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lockgate's settings",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1},
            "defaults": {"description": "Settings of every environment.", **judged},
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


def _place() -> dict[str, Any]:
    """Where an environment stands and what it is planned with: docs/environments.md."""
    text = {"type": "string", "minLength": 1}
    texts = {"type": "array", "items": text}
    place: dict[str, Any] = {
        "directory": {
            "description": "The root module; each * stands for one step of a path.",
            **text,
        },
        "var_files": {"description": "Variable files, as -var-file takes them.", **texts},
        "variables": {
            "description": "Values of variables, none of them secret.",
            "type": "object",
        },
        "workspace": {"description": "The CLI workspace.", **text},
        "backend_config": {
            "description": "What init gets as -backend-config: files, or key=value.",
            **texts,
        },
        "terraform": {"description": "The engine: a terraform or tofu executable.", **text},
        "unknown_variables": {
            "description": "Variables whose values only the pipeline knows; a mapping may give two "
            "values that each can have.",
            "anyOf": [
                texts,
                {
                    "type": "object",
                    "additionalProperties": {
                        "type": ["array", "null"],
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            ],
        },
    }
    part = {
        "type": "object",
        "required": ["directory"],
        "additionalProperties": False,
        "properties": place,
    }
    roots = {
        "description": "Several root modules that are one environment, judged together.",
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [text, part]},
    }
    return {**place, "roots": roots}


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
