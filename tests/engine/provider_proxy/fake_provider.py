"""A provider that misbehaves: a double for what no real one can be asked to do.

Run as a program: ``fake_provider.py HOW``. It has one resource type, ``aws_vpc``, with an ``id``
that only an apply tells.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent import futures
from pathlib import Path

import grpc

from lockgate.engine.provider_proxy import protocol
from lockgate.engine.provider_proxy.values import UNKNOWN, decode, encode

MEGABYTES_100 = 100 * 1024 * 1024


def _schema(how: str) -> bytes:
    block = {
        "block": {
            "attributes": [
                {"name": "id", "type": b'"string"', "computed": True},
                {"name": "cidr_block", "type": b'"string"', "optional": True},
                {"name": "owner", "type": b'"string"', "optional": True},
            ]
        }
    }
    provider = {
        "block": {"attributes": [{"name": "region", "type": b'"string"', "optional": True}]}
    }
    types = {"aws_vpc": protocol.Schema(**block).SerializeToString()}
    if how == "has a schema of 100 MB":
        # A description (field 4 of a block), which nobody here reads.
        text = b"x" * MEGABYTES_100
        long = b"\x22" + _varint(len(text)) + text
        types["aws_long"] = b"\x12" + _varint(len(long)) + long
    response = protocol.GetSchemaResponse(provider=provider, resource_schemas=types)
    return bytes(response.SerializeToString())


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _plan(how: str, request: bytes) -> bytes:
    if how == "dies":
        sys.stderr.write("panic: out of memory\n")
        sys.stderr.flush()
        os._exit(7)
    if how == "hangs":
        time.sleep(600)
    if how == "answers rubbish":
        return b"\xff\xff\xff\xff"
    if how == "answers rubbish values":
        return bytes(protocol.PlanResponse(planned_state={"msgpack": b"\xc1"}).SerializeToString())
    asked = protocol.PlanRequest.FromString(request)
    value = decode(asked.proposed_new_state.msgpack)
    state = {"msgpack": encode({**value, "id": UNKNOWN})}
    return bytes(protocol.PlanResponse(planned_state=state).SerializeToString())


class _Handlers(grpc.GenericRpcHandler):  # type: ignore[type-arg]
    def __init__(self, how: str) -> None:
        self._how = how

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        method = str(details.method).rsplit("/", 1)[-1]

        def answer(request: bytes, _context: grpc.ServicerContext) -> bytes:
            if method == "GetSchema":
                return _schema(self._how)
            if method == "PlanResourceChange":
                return _plan(self._how, request)
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


def main(how: str) -> None:
    if how == "is no provider":
        print("This binary is a plugin.", flush=True)
        return
    if how == "does not start":
        time.sleep(600)
    server = grpc.server(futures.ThreadPoolExecutor(8), options=protocol.CHANNEL_OPTIONS)
    server.add_generic_rpc_handlers((_Handlers(how),))
    socket = Path(tempfile.mkdtemp()) / "s"
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    spoken = 6 if how == "speaks protocol 6" else 5
    print(f"1|{spoken}|unix|{socket}|grpc|", flush=True)
    server.wait_for_termination()


def program(how: str, directory: Path) -> Path:
    """A program that is this provider, behaving as ``how`` says."""
    file = directory / f"terraform-provider-aws-{how.replace(' ', '-')}"
    paths = os.pathsep.join(path for path in sys.path if path)
    turned: Callable[[str], str] = lambda text: "'" + text.replace("'", "'\\''") + "'"  # noqa: E731
    file.write_text(
        f"#!/bin/sh\nPYTHONPATH={turned(paths)} exec {turned(sys.executable)} "
        f"{turned(__file__)} {turned(how)}\n"
    )
    file.chmod(0o755)
    return file


if __name__ == "__main__":
    main(sys.argv[1])
