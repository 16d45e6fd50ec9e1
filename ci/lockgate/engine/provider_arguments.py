"""What a provider can be configured with, asked of the provider itself and remembered."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lockgate.base import paths
from lockgate.base.errors import EngineError, UsageError
from lockgate.install.provider_binary import ProviderBinary

if TYPE_CHECKING:
    from lockgate.engine.provider_proxy.provider_schema import Block

# Nothing is asked for its schema, and nobody listens there.
_NOWHERE = "http://127.0.0.1:9"
_ONLY_ONE = "Only one of the following attributes"
_ENDPOINT = re.compile(r'"endpoints\[\d+\]\.(\w+)"')


class ProviderArguments(msgspec.Struct, frozen=True):
    """The arguments of the provider's block, and the services that it can be pointed at.

    Where a service has several names, which it takes one of, ``endpoints`` holds one of them.
    """

    arguments: frozenset[str]
    endpoints: frozenset[str]


def provider_arguments(binary: ProviderBinary) -> ProviderArguments:
    """What this provider takes; its schema, of tens of megabytes, is read once.

    Raises EngineError if it does not tell, UsageError if LOCKGATE_HOME cannot be written.
    """
    file = paths.home() / "provider-arguments" / f"{_key(binary)}.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=ProviderArguments)
    except (OSError, msgspec.DecodeError):
        asked = _ask(binary)
    try:
        _keep(file, msgspec.json.encode(asked))
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}. Free some space, or set LOCKGATE_HOME "
            "to another directory."
        ) from error
    return asked


def _key(binary: ProviderBinary) -> str:
    """It changes with the program; reading all of it would take as long as asking it."""
    try:
        file = binary.path.stat()
    except OSError as error:
        raise EngineError(f"The provider {binary} cannot be read: {error}") from error
    known = (binary.source, binary.version, file.st_size, file.st_mtime_ns)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def _ask(binary: ProviderBinary) -> ProviderArguments:
    # Only here: what speaks the protocol takes longer to load than the answer to read.
    from lockgate.engine.provider_proxy import protocol
    from lockgate.engine.provider_proxy.provider_process import ProviderProcess
    from lockgate.engine.provider_proxy.provider_schema import ProviderSchema

    process = ProviderProcess(binary, _NOWHERE)
    try:
        schema = ProviderSchema(process.call("GetSchema", b"")).provider
        block = schema.blocks.get("endpoints")
        names = sorted(block.block.attributes) if block else []
        answer = process.call("Configure", _with_endpoints(schema, names))
    finally:
        process.close()
    said = protocol.DiagnosticsResponse.FromString(answer).diagnostics
    other_names = further_names(diagnostic.detail for diagnostic in said)
    return ProviderArguments(frozenset(schema.attributes), frozenset(names) - other_names)


def _with_endpoints(schema: Block, names: Sequence[str]) -> bytes:
    """A request to configure the provider with every endpoint by every name that it has."""
    from lockgate.engine.provider_proxy import protocol
    from lockgate.engine.provider_proxy.provider_configuration import without_ways_out
    from lockgate.engine.provider_proxy.values import encode

    nothing: dict[str, Any] = {
        **dict.fromkeys(schema.attributes),
        **{name: [] for name in schema.blocks},
    }
    value = without_ways_out(schema, nothing, "us-east-1", _NOWHERE).value
    if names:
        value["endpoints"] = [dict.fromkeys(names, _NOWHERE)]
    request = protocol.ConfigureRequest(terraform_version="1.9.0")
    request.config.msgpack = encode(value)
    content: bytes = request.SerializeToString()
    return content


def further_names(details: Iterable[str]) -> frozenset[str]:
    """Of each group of names of which only one should be set, all but the first.

    Versions from 5.x on warn of them, and say that they will refuse them.
    """
    groups = (_ENDPOINT.findall(detail) for detail in details if _ONLY_ONE in detail)
    return frozenset(name for group in groups for name in group[1:])


def _keep(file: Path, content: bytes) -> None:
    """At once or not at all: two commands may come to know it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    Path(unfinished).replace(file)
