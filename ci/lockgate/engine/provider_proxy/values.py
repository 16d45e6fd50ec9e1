"""Terraform's values as the plugin protocol carries them: cty's encoding in MessagePack.

Whatever is not known is an extension of MessagePack: code 0, or code 12 with what is known of it
all the same (that it is not null, how it begins). Everything else is plain data. What is not
touched is written back as it was read.
"""

from __future__ import annotations

from typing import Any

import msgspec

UNKNOWN = msgspec.msgpack.Ext(0, b"\x00")

_decoder = msgspec.msgpack.Decoder()
_encoder = msgspec.msgpack.Encoder()


class NotAValue(ValueError):
    """Bytes that are no value of Terraform's."""


def decode(data: bytes) -> Any:
    """The value in ``data``; what is unknown is an ``Ext``. Raises NotAValue for other bytes."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAValue(f"not a value in MessagePack: {error}") from error


def encode(value: Any) -> bytes:
    """The bytes of a value."""
    return _encoder.encode(value)


def is_unknown(value: object) -> bool:
    """Tell whether Terraform calls this value unknown."""
    return isinstance(value, msgspec.msgpack.Ext)


def holds_unknown(value: object) -> bool:
    """Tell whether anything in this value is unknown."""
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return is_unknown(value)
