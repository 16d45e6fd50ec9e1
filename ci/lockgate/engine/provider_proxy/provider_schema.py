"""The provider's schema, read type by type as an environment asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lockgate.engine.provider_proxy import protocol
from lockgate.engine.provider_proxy.named_types import PREFIX

Type = Any
"""A type as Terraform writes it in JSON: ``"string"``, ``["list", …]``, ``["object", {…}]``."""


@dataclass(frozen=True)
class Attribute:
    """An attribute of a block: its type, and who may set it."""

    type: Type
    configurable: bool
    computed: bool


@dataclass(frozen=True)
class NestedBlock:
    """A block in a block; ``nesting`` is a number of the protocol's."""

    block: Block
    nesting: int

    @property
    def is_single(self) -> bool:
        """Tell whether it stands there once or not at all: its value is no list."""
        return self.nesting not in (protocol.LIST, protocol.SET)


@dataclass(frozen=True)
class Block:
    """A block of the schema: its attributes and the blocks in it, by name."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, NestedBlock]

    def is_set(self, path: tuple[str, ...]) -> bool:
        """Tell whether a value at this path (names alone, no indices) is a set: without order."""
        if path[0] in self.attributes:
            return _type_is_set(self.attributes[path[0]].type, path[1:])
        nested = self.blocks.get(path[0])
        if nested is None:
            return False
        return nested.nesting == protocol.SET if len(path) == 1 else nested.block.is_set(path[1:])


def _type_is_set(kind: Type, path: tuple[str, ...]) -> bool:
    while isinstance(kind, list) and path:
        if kind[0] == "object":
            kind, path = kind[1].get(path[0]), path[1:]
        elif kind[0] == "map":
            kind, path = kind[1], path[1:]
        elif kind[0] in ("list", "set"):
            kind = kind[1]
        else:
            return False
    return isinstance(kind, list) and kind[0] == "set"


_KINDS = ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas")


class ProviderSchema:
    """What ``GetSchema`` answered: kept as bytes, and read by type."""

    def __init__(self, data: bytes):
        self._message = protocol.GetSchemaResponse.FromString(data)
        self._read: dict[tuple[str, str], Block | None] = {}

    @cached_property
    def provider(self) -> Block:
        """The block that configures the provider."""
        return _block(self._message.provider.block)

    def resource(self, name: str) -> Block | None:
        """The schema of a resource type, if the provider has it."""
        return self._find("resource_schemas", name)

    def data_source(self, name: str) -> Block | None:
        """The schema of a data source, if the provider has it."""
        return self._find("data_source_schemas", name)

    def ephemeral(self, name: str) -> Block | None:
        """The schema of an ephemeral resource type, if the provider has it."""
        return self._find("ephemeral_resource_schemas", name)

    def only(self, types: frozenset[str]) -> bytes:
        """The answer to ``GetSchema`` with the schemas of these types alone.

        What a type is called by, whichever kind it is, all kinds of that name stay: Terraform
        tells who takes a data source for a resource.
        """
        whole = protocol.GetSchemaResponse()
        whole.CopyFrom(self._message)
        for kind in _KINDS:
            schemas = getattr(whole, kind)
            for name in [name for name in schemas if name.startswith(PREFIX)]:
                if name not in types:
                    del schemas[name]
        return bytes(whole.SerializeToString())

    def _find(self, kind: str, name: str) -> Block | None:
        key = (kind, name)
        if key not in self._read:
            schemas = getattr(self._message, kind)
            # Not by an index: a look at an absent key would put it into the map.
            schema = schemas.get(name)
            self._read[key] = (
                None if schema is None else _block(protocol.Schema.FromString(schema).block)
            )
        return self._read[key]


def _block(message: Any) -> Block:
    return Block(
        {
            attribute.name: Attribute(
                # A nested type has no type of its own; the AWS provider has none by protocol 5.
                json.loads(attribute.type or b'"dynamic"'),
                attribute.required or attribute.optional,
                attribute.computed,
            )
            for attribute in message.attributes
        },
        {
            block_type.type_name: NestedBlock(_block(block_type.block), block_type.nesting)
            for block_type in message.block_types
        },
    )
