"""The blocks and attributes of an HCL file, in native syntax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from .grammar import expression_end
from .scanner import tokenize
from .tokens import NEWLINE, TEMPLATE, WORD, HclSyntaxError, Token

Expression: TypeAlias = tuple[Token, ...]

# No schema nests deeper; Python's own stack must not be what ends the reading.
_DEEPEST = 100


@dataclass(frozen=True)
class Attribute:
    """One ``name = expression``."""

    name: str
    line: int
    expression: Expression


@dataclass(frozen=True)
class Block:
    """One block, or a whole file (``kind`` is then "")."""

    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = field(default=())

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name; Terraform refuses two of them."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    def of_kind(self, kind: str) -> tuple[Block, ...]:
        """The blocks of that kind directly in this one."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def walk(self) -> Iterator[Block]:
        """This block and every block in it, at any depth."""
        yield self
        for block in self.blocks:
            yield from block.walk()


def parse_native(text: str) -> Block:
    """A file in native syntax. Raises HclSyntaxError."""
    return _Parser(tokenize(text)).file()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def file(self) -> Block:
        block = self.body("", (), 1)
        if (token := self._peek()) is not None:
            raise HclSyntaxError(token.line, f"{token.text} closes nothing")
        return block

    def body(self, kind: str, labels: tuple[str, ...], line: int) -> Block:
        """The body of a block up to its brace, or of the file up to its end."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while (token := self._peek()) is not None and not token.is_sign("}"):
            self.at += 1
            if token.kind == NEWLINE:
                continue
            if token.kind != WORD:
                raise HclSyntaxError(token.line, "an argument or a block must start here")
            following = self._peek()
            if following is None or not following.is_sign("="):
                blocks.append(self._block(token))
            elif token.text in attributes:
                raise HclSyntaxError(token.line, f"{token.text} is already set")
            else:
                attributes[token.text] = self._attribute(token)
            self._end_line()
        return Block(kind, labels, line, tuple(attributes.values()), tuple(blocks))

    def _attribute(self, name: Token) -> Attribute:
        start = self.at + 1
        self.at = expression_end(self.tokens, start, name.line)
        return Attribute(name.text, name.line, tuple(self.tokens[start : self.at]))

    def _block(self, start: Token) -> Block:
        labels: list[str] = []
        while (token := self._peek()) is not None and not token.is_sign("{"):
            text = token.text if token.kind == WORD else token.label
            if text is None or token.kind not in (WORD, TEMPLATE):
                break
            labels.append(text)
            self.at += 1
        if token is None or not token.is_sign("{"):
            raise HclSyntaxError(start.line, f"{start.text}: a block or an argument is expected")
        self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            raise HclSyntaxError(start.line, f"blocks are nested deeper than {_DEEPEST}")
        block = self._braced(start, tuple(labels), token)
        self.depth -= 1
        return block

    def _braced(self, start: Token, labels: tuple[str, ...], brace: Token) -> Block:
        first = self._peek()
        if first is None or first.kind == NEWLINE or first.is_sign("}"):
            block = self.body(start.text, labels, start.line)
        else:
            block = self._on_one_line(start, labels, first)
        if (end := self._peek()) is None or not end.is_sign("}"):
            line = end.line if end is not None else brace.line
            raise HclSyntaxError(line, "a bracket is not closed by }")
        self.at += 1
        return block

    def _on_one_line(self, start: Token, labels: tuple[str, ...], name: Token) -> Block:
        """A block whose only argument stands in the line of its braces."""
        self.at += 1
        following = self._peek()
        if name.kind != WORD or following is None or not following.is_sign("="):
            raise HclSyntaxError(name.line, "on one line, a block holds one argument alone")
        return Block(start.text, labels, start.line, (self._attribute(name),))

    def _end_line(self) -> None:
        token = self._peek()
        if token is not None and token.kind != NEWLINE:
            closes = token.is_sign(")", "]", "}")
            problem = f"{token.text} closes nothing" if closes else "a line break is missing"
            raise HclSyntaxError(token.line, problem)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None
