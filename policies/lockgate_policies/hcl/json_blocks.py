"""The blocks and attributes of an HCL file in JSON syntax (``*.tf.json``).

Terraform reads every one of an object's equal keys; Python's reader keeps the last. So the text is
checked by Python's reader and then read here, with lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .blocks import Attribute, Block, Expression
from .scanner import template
from .tokens import NEWLINE, NUMBER, SIGN, TEMPLATE, WORD, HclSyntaxError, Token

# How many labels the blocks have that Terraform knows at the top of a file.
_LABELS = {
    **dict.fromkeys(("resource", "data", "ephemeral", "action", "list"), 2),
    **dict.fromkeys(("module", "provider", "variable", "output", "check"), 1),
}
# Blocks inside blocks that carry a label.
_INNER_LABELS = {
    **dict.fromkeys(("provisioner", "backend", "dynamic", "provider_meta", "state_store"), 1),
    **dict.fromkeys(("data", "key_provider", "method"), 2),
}
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\s+', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
# What Terraform takes for texts and not for templates, besides variables and settings.
_PLAIN_ARGUMENTS = {
    "module": ("source", "version"),
    "output": ("description",),
    "provider": ("alias", "version"),
}


@dataclass(frozen=True)
class _Node:
    """A JSON value: pairs of an object, items of an array, or a scalar, with its line."""

    line: int
    pairs: tuple[tuple[str, int, _Node], ...] | None = None
    items: tuple[_Node, ...] | None = None
    scalar: str | int | float | bool | None = None


_Pairs: TypeAlias = "list[tuple[str, int, _Node]]"


def parse_json_values(text: str) -> Block:
    """A file of values (``*.tfvars.json``): attributes alone. Raises HclSyntaxError."""
    return _body("", (), 1, _read(text), _text_only)


def parse_json(text: str) -> Block:
    """A file in JSON syntax. Raises HclSyntaxError."""
    blocks: list[Block] = []
    root = _read(text)
    if root.pairs is None and root.items is None:
        raise HclSyntaxError(root.line, "is neither an object nor a list of objects")
    for kind, line, node in _objects(root):
        if kind != "//":
            blocks += _blocks(kind, (), _LABELS.get(kind, 0), line, node, _string)
    return Block("", (), 1, (), tuple(blocks))


def _read(text: str) -> _Node:
    if _SURROGATE.search(text):
        raise HclSyntaxError(1, "is not UTF-8 text")
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise HclSyntaxError(error.lineno, f"is not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise HclSyntaxError(1, "is nested too deeply") from error
    except ValueError as error:  # a number of too many digits for Python
        raise HclSyntaxError(1, f"is not valid JSON: {error}") from error
    return _Reader(text).value()


def _no_constant(name: str) -> None:
    raise HclSyntaxError(1, f"is not valid JSON: {name} is no value of it")


_Read: TypeAlias = "Callable[[str, int], Token]"


def _string(text: str, line: int) -> Token:
    return template(text, line)


def _text_only(text: str, line: int) -> Token:
    return Token(TEMPLATE, "", line, (text,) if text else ())


def _text_or_template(text: str, line: int) -> Token:
    """A text to Terraform, and a template to OpenTofu, which evaluates it early."""
    try:
        return template(text, line)
    except HclSyntaxError:
        return _text_only(text, line)


def _blocks(
    kind: str, labels: tuple[str, ...], missing: int, line: int, node: _Node, read: _Read
) -> list[Block]:
    if missing:
        return [
            block
            for label, at, inner in _objects(node)
            if label != "//"
            for block in _blocks(kind, (*labels, label), missing - 1, at, inner, read)
        ]
    bodies = node.items if node.items is not None else (node,)
    read = {"variable": _text_only, "terraform": _text_or_template}.get(kind, read)
    read = _string if kind == "validation" else read
    return [_body(kind, labels, line, body, read) for body in bodies]


def _body(kind: str, labels: tuple[str, ...], line: int, node: _Node, read: _Read) -> Block:
    """A block's body. What is an object may be a block or a value: it is given as both."""
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for name, at, value in _objects(node):
        if name == "//":
            continue
        nested = value.pairs is not None or value.items is not None
        if name in attributes and not nested:
            raise HclSyntaxError(at, f"{name} is already set")
        plain = name in _PLAIN_ARGUMENTS.get(kind, ())
        expression = _expression(value, _text_or_template if plain else read)
        attributes.setdefault(name, Attribute(name, at, expression))
        if nested:
            blocks += _blocks(name, (), _INNER_LABELS.get(name, 0), at, value, read)
    return Block(kind, labels, line, tuple(attributes.values()), tuple(blocks))


def _objects(node: _Node) -> _Pairs:
    """The pairs of an object, or of all objects of an array, as HCL reads bodies."""
    if node.pairs is not None:
        return list(node.pairs)
    if node.items is not None:
        return [pair for item in node.items for pair in _objects(item)]
    return []


def _expression(node: _Node, read: _Read) -> Expression:
    """The value as the tokens that it would have in native syntax."""
    line = node.line
    if node.pairs is not None:
        tokens = [Token(SIGN, "{", line), Token(NEWLINE, "\n", line)]
        for name, at, value in node.pairs:
            tokens += [read(name, at), Token(SIGN, "=", at), *_expression(value, read)]
            tokens.append(Token(NEWLINE, "\n", at))
        return (*tokens, Token(SIGN, "}", line))
    if node.items is not None:
        tokens = [Token(SIGN, "[", line)]
        for item in node.items:
            tokens += [*_expression(item, read), Token(SIGN, ",", item.line)]
        return (*tokens, Token(SIGN, "]", line))
    if isinstance(node.scalar, str):
        return (read(node.scalar, line),)
    if isinstance(node.scalar, bool) or node.scalar is None:
        return (Token(WORD, json.dumps(node.scalar), line),)
    return (Token(NUMBER, str(node.scalar), line),)


class _Reader:
    """Reads text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            if not match.group().isspace():
                self.tokens.append((match.group(), line))
            line += match.group().count("\n")
        self.at = 0

    def value(self) -> _Node:
        text, line = self._next()
        if text == "{":
            pairs: _Pairs = []
            while self._peek() != "}":
                if self._peek() == ",":
                    self._next()
                name, at = self._next()
                self._next()
                pairs.append((_unescaped(name), at, self.value()))
            self._next()
            return _Node(line, pairs=tuple(pairs))
        if text == "[":
            items: list[_Node] = []
            while self._peek() != "]":
                if self._peek() == ",":
                    self._next()
                items.append(self.value())
            self._next()
            return _Node(line, items=tuple(items))
        return _Node(line, scalar=_unescaped(text))

    def _peek(self) -> str:
        return self.tokens[self.at][0]

    def _next(self) -> tuple[str, int]:
        self.at += 1
        return self.tokens[self.at - 1]


def _unescaped(text: str) -> Any:
    """A scalar's value, as Go reads it: half of a surrogate pair is no character."""
    value = json.loads(text)
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value
