"""What one file of HCL says about other files: modules it calls, functions that read, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lockgate_policies.hcl import expressions
from lockgate_policies.hcl.blocks import Block, Expression
from lockgate_policies.hcl.expressions import Call
from lockgate_policies.hcl.tokens import NEWLINE, TEMPLATE, Token

# https://developer.hashicorp.com/terraform/language/functions: those that read files.
FILE_FUNCTIONS = frozenset(
    {
        "file",
        "fileexists",
        "fileset",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "filemd5",
        "filesha1",
        "filesha256",
        "filesha512",
        "templatefile",
    }
)
PATHS = ("module", "root", "cwd")
# Texts for people: nothing reads a file that they name.
_FOR_PEOPLE = ("description", "error_message")
# What may stand around a path in a text of several.
_WORD = re.compile(r"[^\s,;:|=\"'`()<>{}\[\]]+")
# PATH_MAX of Linux (limits.h): a longer text names no file.
_LONGEST_PATH = 4096


@dataclass(frozen=True)
class NamedPath:
    """A path as it is written: a text, behind ``path.module`` and the like if ``base`` says so."""

    base: str | None
    text: str


@dataclass(frozen=True)
class CalledModule:
    """A module call; ``source`` is None if it is no plain text, or overrides another call."""

    name: str
    line: int
    source_line: int | None
    source: str | None


@dataclass(frozen=True)
class FileCall:
    """A call of a function that reads files. What is computed is None."""

    function: str
    line: int
    path: NamedPath | None
    pattern: str | None


@dataclass(frozen=True)
class Mention:
    """A text that may name files, whole or in part; ``computed`` if none can be told."""

    line: int
    path: NamedPath | None = None
    computed: bool = False
    whole: str | None = None
    words: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileReferences:
    """Everything of one file that leads to others, in order."""

    modules: tuple[CalledModule, ...]
    calls: tuple[FileCall, ...]
    computed_templates: tuple[int, ...]
    computed_paths: tuple[tuple[int, str], ...]
    mentions: tuple[Mention, ...]


def references_of(document: Block) -> FileReferences:
    """The references in a file of configuration or of values."""
    modules = [_module(block) for block in document.of_kind("module")]
    given: list[Expression] = []
    named: list[Expression] = []
    for block in document.walk():
        for attribute in block.attributes:
            given.append(attribute.expression)
            source = (block.kind, attribute.name) == ("module", "source")
            if not source and attribute.name not in _FOR_PEOPLE:
                named.append(attribute.expression)
    return _references(tuple(modules), given, named)


def references_of_template(token: Token) -> FileReferences:
    """The references in a template file, read whole as a template."""
    return _references((), [(token,)], [(token,)])


def _references(
    modules: tuple[CalledModule, ...], given: list[Expression], named: list[Expression]
) -> FileReferences:
    calls = [call for expression in given for call in expressions.calls(expression)]
    return FileReferences(
        modules,
        tuple(_file_call(call) for call in calls if call.function in FILE_FUNCTIONS),
        tuple(call.line for call in calls if call.function == "templatestring"),
        tuple(
            computed_path for expression in named for computed_path in _computed_paths(expression)
        ),
        tuple(mention for expression in named for mention in _mentions(expression)),
    )


def _module(block: Block) -> CalledModule:
    source = block.attribute("source")
    name = block.labels[0] if block.labels else "?"
    text = expressions.literal(source.expression) if source else None
    return CalledModule(name, block.line, source.line if source else None, text)


def _file_call(call: Call) -> FileCall:
    pattern = expressions.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    path = _named_path(call.arguments[0]) if call.arguments else None
    return FileCall(call.function, call.line, path, pattern)


def _named_path(given: Expression) -> NamedPath | None:
    """The path that an expression writes out; None if it is computed."""
    plain = tuple(_plain(given))
    if (base := _base(plain)) is not None:
        return NamedPath(base, "")
    if len(plain) != 1 or plain[0].kind != TEMPLATE:
        return None
    if plain[0].literal is not None:
        return NamedPath(None, plain[0].literal)
    head, *rest = plain[0].parts
    texts = [part for part in rest if isinstance(part, str)]
    if isinstance(head, str) or len(texts) != len(rest):
        return None
    base = _base(tuple(_plain(head)))
    return None if base is None else NamedPath(base, "".join(texts))


def _base(tokens: Expression) -> str | None:
    if len(tokens) != 3 or [token.text for token in tokens[:2]] != ["path", "."]:
        return None
    return tokens[2].text if tokens[2].text in PATHS else None


def _plain(expression: Expression) -> Iterator[Token]:
    return (token for token in expression if token.kind != NEWLINE)


def _computed_paths(expression: Expression) -> Iterator[tuple[int, str]]:
    """Where ``path.module`` and the like stand otherwise than at the start of a path."""
    heads = {id(token) for token in _heads(expression)}
    for kind in PATHS:
        for token in expressions.references(expression, "path", kind):
            if id(token) not in heads:
                yield token.line, kind


def _heads(expression: Expression) -> Iterator[Token]:
    """The first tokens of paths that are read as literal: at a template's start, or an argument."""
    for template in expressions.templates(expression):
        for part in template.parts:
            if not isinstance(part, str):
                yield from tuple(_plain(part))[:1]
    for call in expressions.calls(expression):
        if call.function in FILE_FUNCTIONS and call.arguments:
            yield from tuple(_plain(call.arguments[0]))[:1]


def _mentions(expression: Expression) -> Iterator[Mention]:
    """The files that texts name: an argument such as ``filename`` reads them."""
    for token in expressions.templates(expression):
        if (mention := _mention(token)) is not None:
            yield mention


def _mention(token: Token) -> Mention | None:
    parts = token.parts
    sequences = [part for part in parts if not isinstance(part, str)]
    texts = [part for part in parts if isinstance(part, str)]
    from_path = any(
        next(expressions.references(part, "path", kind), None)
        for part in sequences
        for kind in PATHS
    )
    if from_path:
        path = _named_path((token,))
        return Mention(token.line, path, computed=path is None)
    computed = bool(sequences) and any("../" in text for text in texts)
    whole = token.literal or ""
    # What `format` fills in, and an interpolation, may end any name that starts so.
    starts = [whole.partition("%")[0]] if "%" in whole and _may_name(whole) else []
    words: list[str] = []
    for number, text in enumerate(parts):
        if isinstance(text, str):
            told = _words(text)
            if number + 1 < len(parts) and told and text.endswith(told[-1]):
                starts.append(told.pop())
            starts += [word.partition("%")[0] for word in told if "%" in word[1:]]
            words += told
    if sequences and parts[0] in texts:
        starts.append(texts[0])
    usable = whole if _may_name(whole) else None
    words = [word for word in dict.fromkeys(words) if word != usable and _may_name(word)]
    starts = [start for start in dict.fromkeys(starts) if not start or _may_name(start)]
    if usable is None and not (words or starts or computed):
        return None
    return Mention(token.line, None, computed, usable, tuple(words), tuple(starts))


def _words(text: str) -> list[str]:
    return [word for match in _WORD.findall(text) if (word := match.rstrip("."))]


def _may_name(text: str) -> bool:
    """Whether a text can be a path in the repository."""
    return (
        bool(text) and not text.startswith("/") and len(text) <= _LONGEST_PATH and "\n" not in text
    )
