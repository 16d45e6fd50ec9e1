"""The variables by which a CI host says which pull request a job is of."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from lockgate.base.errors import UsageError


def required(variables: Mapping[str, str], name: str, what: str) -> str:
    """A variable's value. Raises UsageError, which says what it holds, if it is absent or empty."""
    value = variables.get(name, "").strip()
    if not value:
        raise UsageError(
            f"{name} is not set: {what}. Run `lockgate comment` in a pull request's job, "
            "as docs/posting.md shows."
        )
    return value


def number(variables: Mapping[str, str], name: str, what: str) -> int:
    """A variable that holds a number from 1. Raises UsageError."""
    value = required(variables, name, what)
    if not (value.isascii() and value.isdigit() and int(value)):
        raise UsageError(f"{name} is {value!r}: it holds {what}, a number")
    return int(value)


def token(variables: Mapping[str, str], name: str, what: str) -> str:
    """A token. Raises UsageError, which does not show it, for what cannot be one."""
    value = required(variables, name, what)
    if not all("!" <= character <= "~" for character in value):
        raise UsageError(f"{name} is no token: it holds a space, a line end or another sign")
    return value


def url(variables: Mapping[str, str], name: str, what: str) -> str:
    """An address without the slash at its end. Raises UsageError."""
    value = required(variables, name, what).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(f"{name} is {value!r}: it holds {what}, an address with https://")
    return value
