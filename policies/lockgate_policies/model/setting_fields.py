"""A settings key, defined once: its default, what it means, and which values it may have.

A key is a field of a dataclass. What reads the settings file, the JSON schema for editors, and the
test of docs/settings.md all take its description and bounds from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

_WORDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


@dataclass(frozen=True)
class Key:
    """What a key means and may hold; ``unit`` is added to messages about its bounds."""

    description: str
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    example: str = ""
    unit: str = ""
    required_text: bool = False


def setting(default: Any, description: str, **bounds: Any) -> Any:
    """The field of a settings key; ``bounds`` are those of ``Key``."""
    return field(default=default, metadata={"key": Key(description, **bounds)})


def keys(settings: type) -> Iterator[tuple[str, Any, Key]]:
    """The name, the default and the definition of every key of a settings class."""
    for own in fields(settings):
        yield own.name, own.default, own.metadata["key"]


def problem(key: Key, default: object, value: object) -> str | None:
    """Say why a key may not hold a value of this kind or size; None if it may."""
    kind = type(default)
    if type(value) is not kind:
        return f"must be {_WORDS[kind]}, not {value!r}"
    if isinstance(value, str):
        if key.pattern and not re.fullmatch(key.pattern, value):
            return f"'{value}' is no {key.example}"
        return "must not be empty" if key.required_text and not value else None
    unit = f" ({key.unit})" if key.unit else ""
    low, high = key.minimum, key.maximum
    if isinstance(value, int | float) and (
        # Asked so that what is no number at all (.nan) lies out of bounds.
        (low is not None and not value >= low) or (high is not None and not value <= high)
    ):
        if low is not None and high is not None:
            return f"must lie between {low} and {high}{unit}"
        return f"must not be negative{unit}" if low == 0 else f"must be at least {low}{unit}"
    return None
