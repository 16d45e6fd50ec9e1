"""A rule's cases: root modules that keep it or break it, and what it must find in each.

``rules/<ID>.yaml`` holds the cases of one rule. What they share stands once, as ``base``; a case
says what it changes, and is named for the situation that it shows. docs/development.md has the
keys. Their plans are recorded in ``rules/<ID>.json``: see recorded_plans.py.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

RULES = Path(__file__).resolve().parent / "rules"
MAIN = "main.tf"
ENVIRONMENT = "environment"
"""The environment as a whole, where a case says what is found; its address is empty."""

Settings = dict[str, Any] | None


class CaseError(ValueError):
    """A case that cannot be read; the message names its file, the case and the cause."""


@dataclass(frozen=True)
class Case:
    """A root module, and what the rule must find in it."""

    path: Path
    name: str
    files: dict[str, str]
    settings: Settings
    fails: frozenset[str]
    unknown: frozenset[str]
    message: str
    source: str
    told: bool = False
    """A resolved plan tells what the plain one lacks: there, nothing is wrong."""

    @property
    def rule(self) -> str:
        """The rule's ID, which is also what the environment is called."""
        return self.path.stem

    @property
    def id(self) -> str:
        """What the case is called among the cases of all rules."""
        return f"{self.rule}: {self.name}"

    @property
    def passes(self) -> bool:
        """Tell whether the rule must find nothing wrong with it."""
        return not self.fails and not self.unknown

    @property
    def sources(self) -> str:
        """The sha256 of what its plan comes from; what is expected and its name are no part."""
        text = json.dumps([self.files, self.settings], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def write(self, root: Path) -> None:
        """Write its files into a directory."""
        for name, text in self.files.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def all_cases() -> list[Case]:
    """The cases of every rule."""
    return [case for path in sorted(RULES.glob("*.yaml")) for case in read_cases(path)]


def read_cases(path: Path) -> list[Case]:
    """The cases in a rule's file. Raises CaseError."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceLoader)
        written = msgspec.convert(document, _CaseFile)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CaseError(f"{path.name}: {error}") from error
    names = Counter(case.name for case in written.cases)
    if twice := [name for name, count in names.items() if count > 1]:
        raise CaseError(f"{path.name}: two cases are called {twice[0]!r}")
    return [_case(path, written, case) for case in written.cases]


class _Written(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A part of a file, in which a misspelt key is an error."""


class _Replacement(_Written, frozen=True):
    old: str
    new: str


class _WrittenCase(_Written, frozen=True):
    name: str
    hcl: str | None = None
    replace: tuple[_Replacement, ...] = ()
    add: str = ""
    files: dict[str, str] = {}
    settings: Settings | msgspec.UnsetType = msgspec.UNSET
    fails: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    message: str = ""
    told: bool = False
    source: str = msgspec.field(name="from", default="")


class _CaseFile(_Written, frozen=True):
    cases: tuple[_WrittenCase, ...]
    base: str = ""
    files: dict[str, str] = {}
    settings: Settings = None


def _case(path: Path, file: _CaseFile, written: _WrittenCase) -> Case:
    main = file.base if written.hcl is None else written.hcl
    try:
        for each in written.replace:
            main = replaced(main, each.old, each.new)
    except CaseError as error:
        raise CaseError(f"{path.name}: {written.name}: {error}") from error
    return Case(
        path=path,
        name=written.name,
        files={MAIN: _joined(main, written.add), **file.files, **written.files},
        settings=file.settings if written.settings is msgspec.UNSET else written.settings,
        fails=_addresses(written.fails),
        unknown=_addresses(written.unknown),
        message=written.message,
        source=written.source,
        told=written.told,
    )


def replaced(text: str, old: str, new: str) -> str:
    """A text with some of its lines replaced, or dropped; how these are indented does not matter.

    Raises CaseError unless the lines stand there exactly once.
    """
    lines = [r"[ \t]+".join(map(re.escape, line.split())) for line in old.strip().splitlines()]
    pattern = r"^([ \t]*)" + r"[ \t]*\n[ \t]*".join(lines) + r"[ \t]*(?:\n|\Z)"
    matches = list(re.finditer(pattern, text, re.MULTILINE)) if lines else []
    if len(matches) != 1:
        raise CaseError(f"what is to be replaced stands {len(matches)} times in it: {old.strip()}")
    (match,) = matches
    put = f"{new.strip()}\n" if new.strip() else ""
    return text[: match.start()] + textwrap.indent(put, match[1]) + text[match.end() :]


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _addresses(written: tuple[str, ...]) -> frozenset[str]:
    return frozenset("" if each == ENVIRONMENT else each for each in written)


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error, and does not lose what it had first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        twice = next(_twice(node), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice.value!r} stands here twice", twice.start_mark
            )
        return super().construct_mapping(node, deep)


def _twice(node: yaml.MappingNode) -> Iterator[yaml.ScalarNode]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            yield key
        seen.add(key.value)
