"""Questions to an expression: its literal, its calls, its object's items, its references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .blocks import Block, Expression
from .tokens import NEWLINE, SIGN, TEMPLATE, WORD, Token

_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")


@dataclass(frozen=True)
class Call:
    """A call of a function; a provider's function is named ``provider::name::function``."""

    name: str
    line: int
    arguments: tuple[Expression, ...]

    @property
    def function(self) -> str:
        """The function's own name: ``core::file`` is ``file``."""
        return self.name.removeprefix("core::")


def literal(expression: Expression) -> str | None:
    """The text that an expression is, if it is one without interpolations."""
    tokens = _unwrapped(expression)
    return tokens[0].literal if len(tokens) == 1 else None


def _unwrapped(expression: Expression) -> Expression:
    tokens = tuple(token for token in expression if token.kind != NEWLINE)
    while len(tokens) > 2 and tokens[0].is_sign("(") and tokens[-1].is_sign(")"):
        tokens = tokens[1:-1]
    return tokens


def expressions(block: Block) -> Iterator[Expression]:
    """Every expression in a block and the blocks in it."""
    for inner in block.walk():
        for attribute in inner.attributes:
            yield attribute.expression


def templates(expression: Expression) -> Iterator[Token]:
    """Every template in an expression, those in interpolations included."""
    for token in expression:
        if token.kind == TEMPLATE:
            yield token
            for part in token.parts:
                if not isinstance(part, str):
                    yield from templates(part)


def calls(expression: Expression) -> Iterator[Call]:
    """Every call in an expression: nested ones and those in interpolations included."""
    for tokens in _sequences(expression):
        plain = [token for token in tokens if token.kind != NEWLINE]
        for number, token in enumerate(plain):
            if token.kind != WORD or number + 1 >= len(plain):
                continue
            if plain[number + 1].is_sign("("):
                name = _qualified(plain, number)
                yield Call(name, token.line, _arguments(plain, number + 1))


def _sequences(expression: Expression) -> Iterator[Expression]:
    yield expression
    for template in templates(expression):
        for part in template.parts:
            if not isinstance(part, str):
                yield part


def _qualified(tokens: list[Token], number: int) -> str:
    name = tokens[number].text
    while number >= 2 and tokens[number - 1].is_sign("::") and tokens[number - 2].kind == WORD:
        number -= 2
        name = f"{tokens[number].text}::{name}"
    return name


def _arguments(tokens: list[Token], opening: int) -> tuple[Expression, ...]:
    arguments: list[Expression] = []
    current: list[Token] = []
    depth = 0
    for token in tokens[opening + 1 :]:
        if token.kind == SIGN and token.text in _CLOSING:
            if depth == 0:
                break
            depth -= 1
        elif token.kind == SIGN and token.text in _OPENING:
            depth += 1
        elif depth == 0 and token.is_sign(","):
            arguments.append(tuple(current))
            current = []
            continue
        current.append(token)
    return (*arguments, tuple(current)) if current else tuple(arguments)


def items(expression: Expression) -> list[tuple[str | None, int, Expression]] | None:
    """Name, line and value of an object's items; None if the expression is no object.

    A name that is computed is None.
    """
    start = next((n for n, token in enumerate(expression) if token.kind != NEWLINE), None)
    if start is None or not expression[start].is_sign("{"):
        return None
    if not expression[-1].is_sign("}") or _closes_early(list(expression[start:])):
        return None
    pairs: list[tuple[str | None, int, Expression]] = []
    current: list[Token] = []
    depth = 0
    for token in (*expression[start + 1 : -1], Token(NEWLINE, "\n", expression[-1].line)):
        ends = token.kind == NEWLINE or token.is_sign(",")
        if depth == 0 and ends:
            if current:
                pairs.append(_item(current))
            current = []
            continue
        if token.kind == SIGN:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        current.append(token)
    return pairs


def members(expression: Expression) -> list[Expression] | None:
    """The values of an object or a list that is written out; None for everything else."""
    pairs = items(expression)
    if pairs is not None:
        tokens = [token for token in expression if token.kind != NEWLINE]
        generated = len(tokens) > 1 and tokens[1].kind == WORD and tokens[1].text == "for"
        return None if generated else [value for _, _, value in pairs]
    tokens = [token for token in expression if token.kind != NEWLINE]
    if len(tokens) < 2 or not tokens[0].is_sign("[") or not tokens[-1].is_sign("]"):
        return None
    if tokens[1].kind == WORD and tokens[1].text == "for":
        return None
    inside = _arguments(tokens[:-1], 0)
    return None if _closes_early(tokens) else list(inside)


def _closes_early(tokens: list[Token]) -> bool:
    """Tell whether the last bracket is not the first one's, as in ``[a][0]``."""
    depth = 0
    for token in tokens[:-1]:
        if token.kind == SIGN:
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0:
            return True
    return False


def _item(tokens: list[Token]) -> tuple[str | None, int, Expression]:
    signs = (number for number, token in enumerate(tokens) if token.is_sign("=", ":"))
    end = next(signs, 0)
    name = _key(tokens[:end])
    return name, tokens[0].line, tuple(tokens[end + 1 :]) if name is not None else tuple(tokens)


def _key(tokens: list[Token]) -> str | None:
    """What an item is named, also as a provider's alias is: ``aws.secondary = …``."""
    if len(tokens) == 1 and tokens[0].kind == TEMPLATE:
        return tokens[0].literal
    names = all(token.kind == WORD for token in tokens[::2])
    dotted = len(tokens) % 2 == 1 and all(token.is_sign(".") for token in tokens[1::2])
    return "".join(token.text for token in tokens) if names and dotted else None


def references(expression: Expression, *path: str) -> Iterator[Token]:
    """The first tokens of traversals that start with these names, as ``path.module``."""
    for tokens in _sequences(expression):
        plain = [token for token in tokens if token.kind != NEWLINE]
        for number, token in enumerate(plain):
            if token.kind != WORD or token.text != path[0]:
                continue
            if number and plain[number - 1].is_sign("."):
                continue
            rest = plain[number + 1 : number + 1 + 2 * (len(path) - 1)]
            names = [token.text for token in rest[1::2]]
            if names == list(path[1:]) and all(token.is_sign(".") for token in rest[::2]):
                yield token
