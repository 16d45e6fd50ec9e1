"""The resource types that configurations name, so that Terraform reads the schemas of no others.

A provider has a thousand types and an environment uses twenty. Reading all of their schemas takes
Terraform longer than planning does, and most of its memory. Every word in a file that could be a
type counts as one, so none that Terraform asks for is missing, and a type that the provider lacks
is still refused by Terraform itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PREFIX = "aws_"
"""What the names of types begin with. One that begins otherwise is taken to be named always."""

EVERY = None
"""What is named cannot be told: Terraform needs every schema."""

_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")
_WORD = re.compile(rf"{PREFIX}[a-zA-Z0-9_-]+")
# In a quoted text either syntax lets a character be written by its number.
_ESCAPE = "\\u"
_LOCAL_SOURCE = re.compile(r'"?source"?\s*[=:]\s*"(\.{1,2}/[^"$%]*)"')


def named_types(directories: Iterable[Path]) -> frozenset[str] | None:
    """The types that the files in these directories name, or EVERY."""
    words: set[str] = set()
    for directory in directories:
        for text in _texts(directory):
            if _ESCAPE in text:
                return EVERY
            words.update(_WORD.findall(text))
    return frozenset(words)


def installed_modules(directory: Path) -> Iterator[Path]:
    """A root module that was initialised, and every module in it, as Terraform recorded them.

    Raises:
        ValueError: the record cannot be read.
    """
    yield directory
    try:
        record = json.loads((directory / ".terraform/modules/modules.json").read_text("utf-8"))
    except FileNotFoundError:
        return
    if not isinstance(record, dict):
        raise ValueError("Terraform's record of modules is no object")
    for module in record.get("Modules", ()):
        yield directory / module["Dir"]


def local_modules(directories: Iterable[Path]) -> Iterator[Path]:
    """These root modules and the modules in directories beside them: a guess of what comes."""
    waiting = [directory.resolve() for directory in directories]
    known = set(waiting)
    while waiting:
        directory = waiting.pop()
        yield directory
        for text in _texts(directory):
            for source in _LOCAL_SOURCE.findall(text):
                module = (directory / source).resolve()
                if module not in known and module.is_dir():
                    known.add(module)
                    waiting.append(module)


def _texts(directory: Path) -> Iterator[str]:
    if directory.is_dir():
        for file in sorted(directory.iterdir()):
            if file.name.endswith(_CONFIGURATION) and file.is_file():
                yield file.read_text("utf-8", "replace")
