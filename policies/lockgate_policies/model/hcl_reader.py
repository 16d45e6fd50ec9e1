"""Reads the facts that ``hcl_facts`` describes from a root module's HCL and its local modules.

It works with either package that owns the import name ``hcl2``: ``python-hcl2`` (the toolkit's)
and ``bc-python-hcl2`` (checkov's), which shape the same HCL differently. ``_plain`` brings both to
one form: block labels and texts without quotes, attributes without a list around them.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

from .plan_values import as_dict, as_list, as_text

_DEEPEST_MODULE = 64
_READING = threading.Lock()


class HclError(ValueError):
    """A file that is not HCL; the message starts with ``file:line`` where that is known."""


def read_facts(root_module: Path, repository: Path) -> dict[str, Any]:
    """The facts of a root module and every local module it calls, files relative to repository.

    Raises HclError for a file that does not parse and OSError for one that cannot be read.
    """
    modules: dict[str, Any] = {}
    _read_module(root_module.resolve(), (), repository.resolve(), modules)
    return {"modules": modules}


def read_module(directory: Path, repository: Path) -> dict[str, Any]:
    """The facts of one module alone. Raises as ``read_facts`` does."""
    return _module_facts(directory.resolve(), repository.resolve())


def _read_module(
    directory: Path, path: tuple[str, ...], repository: Path, modules: dict[str, Any]
) -> None:
    facts = _module_facts(directory, repository)
    modules[".".join(path)] = facts
    if len(path) >= _DEEPEST_MODULE:
        return
    for name, call in facts["calls"].items():
        source = as_text(call["source"]) or ""
        target = directory / source
        if source.startswith(("./", "../")) and target.is_dir():
            _read_module(target.resolve(), (*path, name), repository, modules)


def _module_facts(directory: Path, repository: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "directory": _relative(directory, repository),
        "resources": {},
        "calls": {},
        "locals": {},
        "outputs": {},
        "providers": [],
        "required_providers": [],
        "configuration_aliases": [],
        "provider_constraints": {},
        "required_version": None,
        "backend": None,
    }
    for file in sorted(directory.glob("*.tf")):
        stamp = file.stat()
        document = _parse(file, stamp.st_mtime_ns, stamp.st_size)
        where = _relative(file, repository)
        for kind, name, body in _labelled(document, "resource"):
            facts["resources"][f"{kind}.{name}"] = {
                "file": where,
                "line": body.get("__start_line__"),
                "arguments": {key: text_of(value) for key, value in _arguments(body).items()},
            }
        for name, body in _named(document, "module"):
            arguments = _arguments(body)
            providers = arguments.get("providers")
            facts["calls"][name] = {
                "file": where,
                "line": body.get("__start_line__"),
                "source": as_text(arguments.get("source")),
                "providers": (
                    {key: text_of(value) for key, value in providers.items()}
                    if isinstance(providers, dict)
                    else None
                ),
                "arguments": {key: text_of(value) for key, value in arguments.items()},
            }
        for name, body in _named(document, "provider"):
            facts["providers"].append(
                {
                    "file": where,
                    "line": body.get("__start_line__"),
                    "name": name,
                    "alias": as_text(_arguments(body).get("alias")),
                }
            )
        for block in as_list(document.get("locals")):
            for key, value in _arguments(as_dict(block)).items():
                facts["locals"][key] = text_of(value)
        for name, body in _named(document, "output"):
            facts["outputs"][name] = text_of(_arguments(body).get("value"))
        for block in as_list(document.get("terraform")):
            _terraform_block(as_dict(block), facts)
    return facts


def _terraform_block(block: dict[str, Any], facts: dict[str, Any]) -> None:
    version = as_text(_arguments(block).get("required_version"))
    facts["required_version"] = version or facts["required_version"]
    for required in as_list(block.get("required_providers")):
        for name, entry in as_dict(required).items():
            if name.startswith("__"):
                continue
            facts["required_providers"].append(name)
            body = entry if isinstance(entry, dict) else {"version": entry}
            constraint = as_text(_arguments(body).get("version"))
            if constraint:
                facts["provider_constraints"][name] = constraint
            aliases = text_of(body.get("configuration_aliases"))
            facts["configuration_aliases"] += aliases.replace(",", " ").split()
    for kind, body in _named(block, "backend"):
        facts["backend"] = {"type": kind, "arguments": _arguments(body)}
    for body in as_list(block.get("cloud")):
        facts["backend"] = {"type": "cloud", "arguments": _arguments(as_dict(body))}


def text_of(value: Any) -> str:
    """The texts in a value, expressions without their ``${}``, joined: what references stand in."""
    if isinstance(value, str):
        return value[2:-1] if value.startswith("${") and value.endswith("}") else value
    if isinstance(value, dict):
        parts = [text_of(item) for key, item in value.items() if not key.startswith("__")]
        return " ".join(part for part in parts if part)
    if isinstance(value, list):
        return " ".join(part for item in value if (part := text_of(item)))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _arguments(body: dict[str, Any]) -> dict[str, Any]:
    """A block's arguments and nested blocks; a ``dynamic`` block under the name it makes."""
    found = {key: value for key, value in body.items() if not key.startswith("__")}
    for block in as_list(found.pop("dynamic", None)):
        for name, made in as_dict(block).items():
            if not name.startswith("__"):
                found.setdefault(name, made)
    return found


def _named(document: dict[str, Any], block: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in as_list(document.get(block)):
        for name, body in as_dict(entry).items():
            if isinstance(body, dict):
                yield name, body


def _labelled(document: dict[str, Any], block: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, named in _named(document, block):
        for name, body in named.items():
            if isinstance(body, dict):
                yield kind, name, body


# Modules are shared between environments, and unchanged files need no second parse.
@functools.lru_cache(maxsize=4096)
def _parse(file: Path, _mtime: int, _size: int) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise HclError(f"{file}:1: is not UTF-8 text ({error.reason})") from error
    try:
        return as_dict(_plain(_loads(text), top=True))
    except Exception as error:  # lark's errors, and ValueError from bc-python-hcl2
        line = getattr(error, "line", None)
        where = f"{file}:{line}" if isinstance(line, int) and line > 0 else str(file)
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise HclError(f"{where}: does not parse as HCL: {first}") from error


def _loads(text: str) -> Any:
    # One at a time: its parser keeps state, and of two at once each loses blocks without a word.
    with _READING:
        if _WRAPS_ATTRIBUTES:
            return hcl2.loads(text)
        tree = hcl2.parses(text)
        document = hcl2.serialize(tree)
    _mark_lines(tree, document)
    return document


def _mark_lines(tree: Any, document: dict[str, Any]) -> None:
    """Give every top-level block its line, as bc-python-hcl2 does by itself."""
    seen: dict[str, int] = {}
    for block in tree.body.children:
        if type(block).__name__ != "BlockRule":
            continue
        kind, *labels = (label.serialize() for label in block.labels)
        index = seen.get(kind, 0)
        seen[kind] = index + 1
        body = document[kind][index]
        for label in labels:
            body = body[label]
        body["__start_line__"] = block._meta.line


# bc-python-hcl2 is the older one: it has no stages, and puts every attribute in a list.
_WRAPS_ATTRIBUTES = not hasattr(hcl2, "parses")
_LISTS_OF_BLOCKS = frozenset(
    {"resource", "module", "provider", "output", "locals", "terraform", "data", "variable"}
    | {"required_providers", "backend", "cloud", "dynamic"}
)


def _plain(value: Any, name: str = "", top: bool = False) -> Any:
    if isinstance(value, str):
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if isinstance(value, dict):
        return {_plain(key): _plain(item, _plain(key)) for key, item in value.items()}
    if isinstance(value, list):
        if _WRAPS_ATTRIBUTES and name not in _LISTS_OF_BLOCKS and len(value) == 1 and name:
            return _plain(value[0])
        return [_plain(item) for item in value]
    return value


def _relative(path: Path, repository: Path) -> str:
    try:
        return path.resolve().relative_to(repository).as_posix()
    except ValueError:
        return path.as_posix()
