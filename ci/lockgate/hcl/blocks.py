"""The blocks and attributes of an HCL file, in native syntax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lockgate.hcl.tokens import (
    NEWLINE,
    SIGN,
    TEMPLATE,
    WORD,
    HclSyntaxError,
    Token,
    tokenize,
)

Expression = tuple[Token, ...]

_OPENING = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 40


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
        return next((each for each in self.attributes if each.name == name), None)

    def of_kind(self, kind: str) -> tuple[Block, ...]:
        """The blocks of that kind directly in this one."""
        return tuple(each for each in self.blocks if each.kind == kind)

    def walk(self) -> Iterator[Block]:
        """This block and every block in it, at any depth."""
        yield self
        for each in self.blocks:
            yield from each.walk()


def parse_native(text: str) -> Block:
    """A file in native syntax. Raises HclSyntaxError."""
    tokens = tokenize(text)
    _check_brackets(tokens)
    parser = _Parser(tokens)
    return parser.body("", (), 1)


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def body(self, kind: str, labels: tuple[str, ...], line: int) -> Block:
        """The body of a block up to its brace, or of the file up to its end."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise HclSyntaxError(line, f"blocks are nested deeper than {_DEEPEST}")
        attributes: list[Attribute] = []
        blocks: list[Block] = []
        while True:
            token = self._next()
            if token is None or token.is_sign("}"):
                if (token is None) != (kind == ""):
                    where = token.line if token else line
                    raise HclSyntaxError(where, "braces do not match")
                break
            if token.kind == NEWLINE:
                continue
            if token.kind != WORD:
                raise HclSyntaxError(token.line, "an argument or a block must start here")
            following = self._peek()
            if following is not None and following.is_sign("="):
                self.at += 1
                attributes.append(Attribute(token.text, token.line, self._expression(token)))
            else:
                blocks.append(self._block(token))
        self.depth -= 1
        return Block(kind, labels, line, tuple(attributes), tuple(blocks))

    def _block(self, start: Token) -> Block:
        labels: list[str] = []
        while True:
            token = self._next()
            if token is not None and token.is_sign("{"):
                return self.body(start.text, tuple(labels), start.line)
            text = token.text if token is not None and token.kind == WORD else None
            if token is not None and token.kind == TEMPLATE:
                text = token.literal
            if text is None:
                raise HclSyntaxError(
                    start.line, f"{start.text}: a block or an argument is expected"
                )
            labels.append(text)

    def _expression(self, name: Token) -> Expression:
        found: list[Token] = []
        depth = 0
        while (token := self._peek()) is not None:
            if depth == 0 and (token.kind == NEWLINE or token.is_sign("}")):
                break
            if token.kind == SIGN:
                depth += (token.text in _OPENING) - (token.text in _OPENING.values())
            found.append(token)
            self.at += 1
        if not found:
            raise HclSyntaxError(name.line, f"{name.text} has no value")
        return tuple(found)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self) -> Token | None:
        token = self._peek()
        self.at += 1
        return token


def _check_brackets(tokens: tuple[Token, ...]) -> None:
    """Raise HclSyntaxError unless every bracket is closed by its own kind, in templates too."""
    expected: list[tuple[str, int]] = []
    for token in tokens:
        if token.kind == TEMPLATE:
            for part in token.parts:
                if not isinstance(part, str):
                    _check_brackets(part)
        elif token.kind == SIGN and token.text in _OPENING:
            expected.append((_OPENING[token.text], token.line))
        elif token.is_sign(*_OPENING.values()) and (
            not expected or expected.pop()[0] != token.text
        ):
            raise HclSyntaxError(token.line, f"{token.text} closes nothing")
    if expected:
        raise HclSyntaxError(expected[-1][1], f"a bracket is not closed by {expected[-1][0]}")
