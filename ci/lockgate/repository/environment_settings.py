"""Where environments are and what they are given, as ``lockgate.yaml`` says.

Beside what an environment is judged by, its entry may say where it stands and with which inputs it
is planned; docs/environments.md describes the keys.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.repository.environment_inputs import Inputs
from lockgate_policies.model.settings import PLACE_KEYS

_NAME = re.compile(r"[^\s/*]([^/*\n\r\t]*[^\s/*])?")
# Of a secret's properties (`secret_name`, `token_ttl`) people may know.
_SECRET = re.compile(
    r"(?i)(?:^|.*[_-])(?:password|passwd|passphrase|secret|token|private_key|api_key|access_key|"
    r"credentials?)s?(?:[_-](?:value|string|text|base64))?"
)


@dataclass(frozen=True)
class SaidEnvironment:
    """An environment that the settings name: its directories (several are parts), its inputs."""

    name: str
    directory: str
    inputs: Inputs
    parts: tuple[SaidEnvironment, ...] = ()


def said_environments(
    document: object, directories: Callable[[], list[str]], files: Callable[[], list[str]]
) -> dict[str, SaidEnvironment]:
    """The environments whose place the settings say, by name; none if they leave it to a search.

    ``directories`` lists the repository's root modules and ``files`` its files, for entries that
    are patterns: each ``*`` stands for one step of a path, and names the environment. What an
    entry of one name says counts more than what a pattern says.

    Raises UsageError for what cannot be used.
    """
    entries = document.get("environments") if isinstance(document, dict) else None
    placed = {
        str(name): entry
        for name, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict) and ("directory" in entry or "roots" in entry)
    }
    said: dict[str, SaidEnvironment] = {}
    for name, entry in placed.items():
        if "*" in name:
            where = f"environments.{name}"
            for one in _of_pattern(name, entry, directories, files, where).values():
                inputs = _more_said(one.inputs, document, one.name)
                said[one.name] = replace(one, inputs=inputs)
    for name, entry in placed.items():
        if "*" not in name:
            said[name] = _environment(name, entry, f"environments.{name}")
    return said


def _more_said(inputs: Inputs, document: object, name: str) -> Inputs:
    """The inputs of a pattern with those of the entry of one name, which count more."""
    own = inputs_of(document, name)
    changes = {key: value for key, value in vars(own).items() if value}
    return replace(inputs, **changes)


def inputs_of(document: object, name: str) -> Inputs:
    """The inputs that the settings give an environment which is found by itself."""
    entries = document.get("environments") if isinstance(document, dict) else None
    entry = entries.get(name) if isinstance(entries, dict) else None
    return _inputs(entry, f"environments.{name}") if isinstance(entry, dict) else Inputs()


def _environment(name: str, entry: Mapping[str, Any], where: str) -> SaidEnvironment:
    if not _NAME.fullmatch(name):
        raise _wrong(
            where, "is no name for an environment: it holds a slash, a star or a blank at its end"
        )
    if "roots" in entry:
        for key in PLACE_KEYS:
            if key in entry and key != "roots":
                raise _wrong(
                    where,
                    f"has both roots and {key}: give {key} to each of them, as "
                    f"roots: [{{directory: DIRECTORY, {key}: …}}]"
                    if key != "directory"
                    else "has both directory and roots: give one of them",
                )
        return SaidEnvironment(name, "", Inputs(), _parts(name, entry["roots"], f"{where}.roots"))
    return SaidEnvironment(
        name, _path(entry["directory"], f"{where}.directory"), _inputs(entry, where)
    )


def _parts(name: str, roots: object, where: str) -> tuple[SaidEnvironment, ...]:
    if not isinstance(roots, list) or not roots:
        raise _wrong(where, "must be a list of directories, or of entries with a directory")
    parts = []
    for number, root in enumerate(roots):
        here = f"{where}[{number}]"
        entry = {"directory": root} if isinstance(root, str) else root
        if not isinstance(entry, dict) or "directory" not in entry:
            raise _wrong(here, "must be a directory, or an entry with a directory")
        for key in entry:
            if key not in PLACE_KEYS or key == "roots":
                raise _wrong(here, f"unknown key '{key}'")
        directory = _path(entry["directory"], f"{here}.directory")
        parts.append(SaidEnvironment(f"{name}/{directory}", directory, _inputs(entry, here)))
    for number, part in enumerate(parts):
        if part in parts[:number]:
            raise _wrong(where, f"names {part.directory} twice with the same inputs")
    return tuple(_told_apart(parts))


def _told_apart(parts: list[SaidEnvironment]) -> list[SaidEnvironment]:
    """The parts with names of their own, also those that stand in one directory."""
    count = Counter(part.name for part in parts)
    taken: set[str] = set()
    named = []
    for part in parts:
        name = part.name
        if count[name] > 1:
            files = part.inputs.var_files
            own = part.inputs.workspace or (posixpath.basename(files[-1]) if files else "")
            name = f"{name}-{own.partition('.')[0]}" if own else name
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free)
        named.append(replace(part, name=free))
    return named


def _of_pattern(
    name: str,
    entry: Mapping[str, Any],
    directories: Callable[[], list[str]],
    files: Callable[[], list[str]],
    where: str,
) -> dict[str, SaidEnvironment]:
    if "directory" not in entry:
        raise _wrong(where, "is a pattern: give it a directory, and roots under one name")
    inputs = _inputs(entry, where)
    pattern = _path(entry["directory"], f"{where}.directory")
    key, known, kind = "directory", directories, "root module"
    if "*" not in pattern:
        pattern = next((file for file in inputs.var_files if "*" in file), "")
        key, known, kind = "var_files", files, "file"
        if not pattern:
            raise _wrong(where, "is a pattern: give its directory or one of its var_files a *")
    shape = re.compile("/".join(_step(step) for step in pattern.split("/")))
    said: dict[str, SaidEnvironment] = {}
    for path in known():
        match = shape.fullmatch(path)
        if match is None:
            continue
        words = [word.replace("/", "-") for word in match.groups()]
        own = _named(name, words)
        if own in said:
            raise _wrong(where, f"gives two of its matches the same name '{own}': {path} is one")
        directory = path if key == "directory" else _path(entry["directory"], where)
        said[own] = SaidEnvironment(own, directory, _filled(inputs, match.groups()))
    if not said:
        raise _wrong(f"{where}.{key}", f"no {kind} stands in '{pattern}'")
    return said


def _filled(inputs: Inputs, words: Sequence[str]) -> Inputs:
    """The inputs with what the stars stand for; the last word serves for stars that are over."""

    def fill(text: str) -> str:
        rest = list(words)
        return re.sub(r"\*+", lambda _: rest.pop(0) if len(rest) > 1 else rest[0], text)

    return replace(
        inputs,
        var_files=tuple(map(fill, inputs.var_files)),
        workspace=fill(inputs.workspace),
        backend_config=tuple(map(fill, inputs.backend_config)),
    )


def _named(pattern: str, words: list[str]) -> str:
    """A pattern's name with what its stars stand for; words that are left over follow."""
    name, rest = "", list(words)
    for part in re.split(r"(\*+)", pattern):
        name += (rest.pop(0) if rest else "") if part.startswith("*") else part
    return "-".join([name, *rest]).strip("-_.")


def _step(step: str) -> str:
    if step == "**":
        return "(.+)"
    return "([^/]+)".join(re.escape(part) for part in step.split("*"))


def _inputs(entry: Mapping[str, Any], where: str) -> Inputs:
    variables = entry.get("variables")
    if variables is None:
        variables = {}
    if not isinstance(variables, dict):
        raise _wrong(f"{where}.variables", "must map variables to their values")
    for name in variables:
        if _SECRET.fullmatch(str(name)):
            raise _wrong(
                f"{where}.variables.{name}",
                "sounds like a secret, and this file is read by everybody: give it as "
                f"TF_VAR_{name} in the pipeline, or list it under unknown_variables",
            )
    return Inputs(
        tuple(_path(file, f"{where}.var_files") for file in _texts(entry, "var_files", where)),
        {str(name): value for name, value in variables.items()},
        (),
        _text(entry, "workspace", where),
        tuple(
            text if "=" in text else _path(text, f"{where}.backend_config")
            for text in _texts(entry, "backend_config", where)
        ),
        _text(entry, "terraform", where),
        *_unknown(entry, where),
    )


def _unknown(
    entry: Mapping[str, Any], where: str
) -> tuple[tuple[str, ...], Mapping[str, tuple[Any, Any]]]:
    """The variables that nobody knows, and two examples of the values of some."""
    given = entry.get("unknown_variables")
    if not isinstance(given, dict):
        return _texts(entry, "unknown_variables", where), {}
    examples: dict[str, tuple[Any, Any]] = {}
    for name, values in given.items():
        if values is None:
            continue
        if not isinstance(values, list) or len(values) != 2 or values[0] == values[1]:
            raise _wrong(
                f"{where}.unknown_variables.{name}",
                "must be empty, or two values that the variable may have and that differ",
            )
        examples[str(name)] = (values[0], values[1])
    return tuple(map(str, given)), examples


def _texts(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    given = entry.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(text, str) and text for text in given):
        raise _wrong(f"{where}.{key}", f"must be a list of texts, not {given!r}")
    return tuple(given)


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    given = entry.get(key)
    if given is None:
        return ""
    if not isinstance(given, str) or not given:
        raise _wrong(f"{where}.{key}", f"must be a text, not {given!r}")
    return given


def _path(given: object, where: str) -> str:
    """A path in the repository, normal. Raises UsageError for one that leads out of it."""
    if not isinstance(given, str) or not given:
        raise _wrong(where, f"must be a path in the repository, not {given!r}")
    path = posixpath.normpath(given)
    if path.startswith(("/", "../")) or path == "..":
        raise _wrong(where, f"'{given}' leads out of the repository")
    return "" if path == "." else path


def _wrong(where: str, what: str) -> UsageError:
    return UsageError(f"{SETTINGS_FILE}: {where}: {what}. Every key: docs/environments.md")
