"""What this package reads and writes of Terraform's plugin protocol, version 5.

The messages are described here at run time, with only the fields that are looked at: protobuf
keeps the rest of a message as it came, so later minor versions pass through whole. Field numbers
are those of `tfplugin5.proto` (docs/plugin-protocol in Terraform's and OpenTofu's sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "/tfplugin5.Provider/"
VERSION = 5
# One for every provider: a program that is started by hand sees that it is a plugin.
MAGIC_COOKIE = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
)
# Both sides of a connection: a provider's schema has tens of megabytes.
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)

ERROR = 1
LIST, SET = 2, 3
"""Diagnostic.Severity, and the nesting modes of blocks that hold several."""

_Field = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "lockgate.tfplugin5"
_SCALARS = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
    "int64": _Field.TYPE_INT64,
    # The wire does not tell an enumeration from a number.
    "enum": _Field.TYPE_INT64,
}

# message -> field -> (number, type); a type in brackets is repeated, `map` has strings as keys.
# The schemas of types stay bytes, which a message is on the wire: of a thousand types an
# environment uses twenty, and only those are read.
_MESSAGES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "DynamicValue": {"msgpack": (1, "bytes"), "json": (2, "bytes")},
    "Diagnostic": {
        "severity": (1, "enum"),
        "summary": (2, "string"),
        "detail": (3, "string"),
    },
    "Attribute": {
        "name": (1, "string"),
        "type": (2, "bytes"),
        "required": (4, "bool"),
        "optional": (5, "bool"),
        "computed": (6, "bool"),
        "sensitive": (7, "bool"),
    },
    "NestedBlock": {
        "type_name": (1, "string"),
        "block": (2, "Block"),
        "nesting": (3, "enum"),
    },
    "Block": {"attributes": (2, "[Attribute]"), "block_types": (3, "[NestedBlock]")},
    "Schema": {"version": (1, "int64"), "block": (2, "Block")},
    "ServerCapabilities": {"get_provider_schema_optional": (2, "bool")},
    "GetSchemaResponse": {
        "provider": (1, "Schema"),
        "resource_schemas": (2, "map bytes"),
        "data_source_schemas": (3, "map bytes"),
        "diagnostics": (4, "[Diagnostic]"),
        "server_capabilities": (6, "ServerCapabilities"),
        "ephemeral_resource_schemas": (8, "map bytes"),
    },
    "ConfigureRequest": {"terraform_version": (1, "string"), "config": (2, "DynamicValue")},
    "DiagnosticsResponse": {"diagnostics": (1, "[Diagnostic]")},
    "PreparedResponse": {"diagnostics": (2, "[Diagnostic]")},
    "IdentitiesResponse": {"diagnostics": (2, "[Diagnostic]")},
    "PlanRequest": {
        "type_name": (1, "string"),
        "prior_state": (2, "DynamicValue"),
        "proposed_new_state": (3, "DynamicValue"),
        "config": (4, "DynamicValue"),
        "prior_private": (5, "bytes"),
    },
    "AttributePath": {},
    "PlanResponse": {
        "planned_state": (1, "DynamicValue"),
        "requires_replace": (2, "[AttributePath]"),
        "planned_private": (3, "bytes"),
        "diagnostics": (4, "[Diagnostic]"),
    },
    "ReadResourceRequest": {
        "type_name": (1, "string"),
        "current_state": (2, "DynamicValue"),
        "private": (3, "bytes"),
    },
    "ReadResourceResponse": {
        "new_state": (1, "DynamicValue"),
        "diagnostics": (2, "[Diagnostic]"),
        "private": (3, "bytes"),
    },
    # ReadDataSource, OpenEphemeralResource and what validates a configuration ask alike.
    "LookUpRequest": {"type_name": (1, "string"), "config": (2, "DynamicValue")},
    "ReadDataSourceResponse": {
        "state": (1, "DynamicValue"),
        "diagnostics": (2, "[Diagnostic]"),
    },
    "OpenEphemeralResponse": {
        "diagnostics": (1, "[Diagnostic]"),
        "result": (3, "DynamicValue"),
    },
    "ImportRequest": {"type_name": (1, "string"), "id": (2, "string")},
    "ImportedResource": {
        "type_name": (1, "string"),
        "state": (2, "DynamicValue"),
        "private": (3, "bytes"),
    },
    "ImportResponse": {
        "imported_resources": (1, "[ImportedResource]"),
        "diagnostics": (2, "[Diagnostic]"),
    },
}


def _add_field(message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
    if kind.startswith("map "):
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        _add_field(entry, "key", 1, "string")
        _add_field(entry, "value", 2, kind.removeprefix("map "))
        field.label = _Field.LABEL_REPEATED
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{message.name}.{entry.name}"
        return
    if kind.startswith("["):
        field.label = _Field.LABEL_REPEATED
        kind = kind.strip("[]")
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind}"


def _describe() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="lockgate/tfplugin5.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            _add_field(message, field, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    }


# Classes that are made at run time have no types for a checker to know: hence Any.
_CLASSES = _describe()
Attribute: Any = _CLASSES["Attribute"]
Block: Any = _CLASSES["Block"]
ConfigureRequest: Any = _CLASSES["ConfigureRequest"]
Diagnostic: Any = _CLASSES["Diagnostic"]
DiagnosticsResponse: Any = _CLASSES["DiagnosticsResponse"]
GetSchemaResponse: Any = _CLASSES["GetSchemaResponse"]
IdentitiesResponse: Any = _CLASSES["IdentitiesResponse"]
ImportRequest: Any = _CLASSES["ImportRequest"]
ImportResponse: Any = _CLASSES["ImportResponse"]
LookUpRequest: Any = _CLASSES["LookUpRequest"]
OpenEphemeralResponse: Any = _CLASSES["OpenEphemeralResponse"]
PlanRequest: Any = _CLASSES["PlanRequest"]
PlanResponse: Any = _CLASSES["PlanResponse"]
PreparedResponse: Any = _CLASSES["PreparedResponse"]
ReadDataSourceResponse: Any = _CLASSES["ReadDataSourceResponse"]
ReadResourceRequest: Any = _CLASSES["ReadResourceRequest"]
ReadResourceResponse: Any = _CLASSES["ReadResourceResponse"]
Schema: Any = _CLASSES["Schema"]
