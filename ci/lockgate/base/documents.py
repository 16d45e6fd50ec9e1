"""Reads JSON documents against their definition; what does not fit is told by its path.

msgspec is the one schema library: it writes, reads and checks by the same definition, reads the
standard library's dataclasses and enums as they are, makes the JSON schema of them, and is imported
faster than pydantic (21 ms against 95, docs/adr/ has how it was measured).
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class DocumentError(ValueError):
    """A document is not as its definition says; the message tells what, and at which path."""


def parse(text: bytes | str) -> Any:
    """Read a JSON text, whatever it holds.

    Raises:
        DocumentError: it is not valid JSON, or nested too deeply.
    """
    try:
        # Python's own parser takes what JSON can say and UTF-8 cannot, as half a surrogate pair.
        return json.loads(text)
    except ValueError as error:
        raise DocumentError(f"not valid JSON: {error}") from error
    except RecursionError as error:
        raise DocumentError("not valid JSON: it is nested too deeply") from error


def read(text: bytes | str, kind: type[T]) -> T:
    """Read a JSON text as ``kind``. What the definition does not know is left out.

    Raises:
        DocumentError: it is not valid JSON, nested too deeply, or not of this form.
    """
    return convert(parse(text), kind)


def convert(document: object, kind: type[T]) -> T:
    """Read what a JSON text held already as ``kind``, as ``read`` does.

    Raises:
        DocumentError: it is not of this form.
    """
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise DocumentError(_plain(error)) from error
    except RecursionError as error:
        raise DocumentError("it is nested too deeply") from error


def builtins(document: object) -> Any:
    """The document as what a JSON text is made of: objects, lists, texts, numbers."""
    return json.loads(json.dumps(msgspec.to_builtins(document)))


def write(document: object) -> bytes:
    """The document as an indented JSON text."""
    return json.dumps(msgspec.to_builtins(document), indent=2).encode()


def schema(kind: type) -> dict[str, Any]:
    """The JSON schema of a definition (draft 2020-12)."""
    described: dict[str, Any] = msgspec.json.schema(kind)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def _plain(error: Exception) -> str:
    return str(error).replace("`", "")
