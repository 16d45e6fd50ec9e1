"""Whether tokens are an expression of HCL, and where it ends.

It follows HCL's own parser
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#expressions), without its
recursion: a stack of what is open, and whether a value or something behind a value is expected.
So nothing is too deep, and precedence does not matter: only what is valid is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from .tokens import NEWLINE, NUMBER, SIGN, WORD, Directive, HclSyntaxError, Part, Token

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BINARY = frozenset(["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"])
_CLOSES = (")", "]", "}")


class _In(Enum):
    """What is open around a token."""

    TOP = auto()
    PARENTHESES = auto()
    CALL = auto()
    LAST_ARGUMENT = auto()
    INDEX = auto()
    TUPLE = auto()
    KEY = auto()
    VALUE = auto()
    CONDITION = auto()
    FOR_COLLECTION = auto()
    FOR_KEY = auto()
    FOR_VALUE = auto()
    FOR_GROUPED = auto()
    FOR_IF = auto()


_CLOSED_BY = {
    _In.PARENTHESES: ")",
    _In.CALL: ")",
    _In.LAST_ARGUMENT: ")",
    _In.INDEX: "]",
    _In.TUPLE: "]",
    _In.VALUE: "}",
}


class _Open:
    """One thing that is open: what it is, whether line breaks count in it, its line."""

    __slots__ = ("closed_by", "kind", "line", "newlines")

    def __init__(self, kind: _In, newlines: bool, line: int, closed_by: str = "") -> None:
        self.kind = kind
        self.newlines = newlines
        self.line = line
        self.closed_by = closed_by or _CLOSED_BY.get(kind, "")


def expression_end(tokens: Sequence[Token], at: int, line: int, newlines: bool = True) -> int:
    """Where the expression that begins at a token ends. Raises HclSyntaxError.

    With ``newlines``, a line break ends it.
    """
    return _Machine(tokens, at, line, newlines).run()


def check_sequence(tokens: tuple[Token, ...], line: int) -> None:
    """Raise HclSyntaxError unless the tokens of ``${ }`` or ``%{ }`` are what may stand there."""
    at = _next(tokens, 0)
    if isinstance(tokens, Directive):
        keyword = tokens[at].text if at < len(tokens) and tokens[at].kind == WORD else ""
        at = _next(tokens, at + 1)
        if keyword in ("else", "endif", "endfor"):
            _must_end(tokens, at, line)
            return
        if keyword == "for":
            at = _for_names(tokens, at, line)
        elif keyword != "if":
            raise HclSyntaxError(line, "%{ is not followed by if, for, else, endif or endfor")
    _must_end(tokens, _next(tokens, expression_end(tokens, at, line, newlines=False)), line)


def check_directives(parts: Sequence[Part], line: int) -> None:
    """Raise HclSyntaxError unless every ``%{ if }`` and ``%{ for }`` of a template is ended."""
    opened: list[str] = []
    for part in parts:
        if not isinstance(part, Directive):
            continue
        keyword = next(token.text for token in part if token.kind == WORD)
        if keyword in ("if", "for"):
            opened.append(keyword)
        elif keyword == "else" and opened and opened[-1] == "if":
            opened[-1] = "else"
        elif (
            opened
            and keyword in {"if": ("endif",), "else": ("endif",), "for": ("endfor",)}[opened[-1]]
        ):
            opened.pop()
        else:
            raise HclSyntaxError(part[0].line, f"the directive {keyword} has no beginning")
    if opened:
        raise HclSyntaxError(line, f"the directive {opened[-1]} has no end")


def _next(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].kind == NEWLINE:
        at += 1
    return at


def _must_end(tokens: Sequence[Token], at: int, line: int) -> None:
    if at < len(tokens):
        raise HclSyntaxError(tokens[at].line, "an interpolation holds more than one expression")


def _for_names(tokens: Sequence[Token], at: int, line: int) -> int:
    """Where the collection begins that ``for`` goes through, after its names and ``in``."""
    for _ in range(2):
        if at >= len(tokens) or tokens[at].kind != WORD:
            raise HclSyntaxError(line, "for must name what it goes through")
        at = _next(tokens, at + 1)
        if at >= len(tokens) or not tokens[at].is_sign(","):
            break
        at = _next(tokens, at + 1)
    if at >= len(tokens) or tokens[at].kind != WORD or tokens[at].text != "in":
        raise HclSyntaxError(line, "for has no in")
    return _next(tokens, at + 1)


class _Machine:
    def __init__(self, tokens: Sequence[Token], at: int, line: int, newlines: bool) -> None:
        self.tokens = tokens
        self.at = at
        self.line = line
        self.open = [_Open(_In.TOP, newlines, line)]
        # Whether a bracket may close here although no value came: `f()`, `[1, ]`.
        self.may_close = False
        self.attributes_of_each = False  # behind `.*`, where another one may not stand

    def run(self) -> int:
        while True:
            self.value()
            if self.behind_value():
                return self.at

    def peek(self) -> Token | None:
        """The next token that counts here."""
        if not self.open[-1].newlines:
            self.at = _next(self.tokens, self.at)
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def fail(self, token: Token | None, problem: str) -> HclSyntaxError:
        if token is None and len(self.open) > 1 and self.open[-1].closed_by:
            line, closed_by = self.open[-1].line, self.open[-1].closed_by
            return HclSyntaxError(line, f"a bracket is not closed by {closed_by}")
        return HclSyntaxError(token.line if token else self.line, problem)

    def value(self) -> None:
        """Read on up to behind a value: a literal, a name, a call's or a list's end."""
        while True:
            token = self.peek()
            if token is None:
                raise self.fail(token, "a value is missing")
            self.at += 1
            if token.kind == SIGN:
                if self.may_close and token.text == self.open[-1].closed_by:
                    self.close()
                    return
                if self.signed_value(token):
                    return
                continue
            self.may_close = False
            self.attributes_of_each = False
            if token.kind == NUMBER and not _NUMBER.fullmatch(token.text):
                raise HclSyntaxError(token.line, f"{token.text} is no number")
            if token.kind == NEWLINE:
                raise HclSyntaxError(token.line, "a value is missing")
            if token.kind != WORD or not self.called(token):
                return

    def signed_value(self, token: Token) -> bool:
        """Take a sign where a value may begin. True if the value is complete with it."""
        sign = token.text
        if sign in ("-", "!"):
            self.may_close = False
        elif sign == "(":
            self.push(_In.PARENTHESES, token)
        elif sign in "[{":
            return self.list_or_object(token)
        else:
            raise self.fail(token, f"{sign} is not expected here")
        return False

    def push(self, kind: _In, token: Token, may_close: bool = False) -> None:
        self.open.append(_Open(kind, False, token.line))
        self.may_close = may_close

    def list_or_object(self, token: Token) -> bool:
        """Open a list, an object or a ``for``. True for an object that ends at once."""
        after = _next(self.tokens, self.at)
        first = self.tokens[after] if after < len(self.tokens) else None
        closed_by = "]" if token.text == "[" else "}"
        if first is not None and first.kind == WORD and first.text == "for":
            self.at = _for_names(self.tokens, _next(self.tokens, after + 1), first.line)
            self.open.append(_Open(_In.FOR_COLLECTION, False, token.line, closed_by))
            self.may_close = False
        elif token.text == "[":
            self.push(_In.TUPLE, token, may_close=True)
        else:
            self.open.append(_Open(_In.KEY, True, token.line, "}"))
            return self.keys()
        return False

    def keys(self) -> bool:
        """Stand before an object's key, or take its end: True then."""
        self.at = _next(self.tokens, self.at)
        self.may_close = False
        token = self.peek()
        if token is not None and token.is_sign("}"):
            self.at += 1
            self.close()
            return True
        return False

    def close(self) -> None:
        self.open.pop()
        self.may_close = False
        self.attributes_of_each = False

    def called(self, name: Token) -> bool:
        """Take the rest of a call's name and its parenthesis, if a name is called."""
        token = self.peek()
        while token is not None and token.is_sign("::"):
            self.at += 1
            token = self.peek()
            if token is None or token.kind != WORD:
                raise self.fail(token, f"{name.text}:: is not followed by a function's name")
            self.at += 1
            token = self.peek()
            if token is None or not token.is_sign("::", "("):
                raise self.fail(token, f"the function {name.text}:: is not called")
        if token is None or not token.is_sign("("):
            return False
        self.at += 1
        self.push(_In.CALL, token, may_close=True)
        return True

    def behind_value(self) -> bool:
        """Read on up to where the next value begins. True at the end of the expression."""
        while True:
            token = self.peek()
            inside = self.open[-1]
            if token is None or (inside.kind is _In.TOP and not self.goes_on(token)):
                if inside.kind is _In.TOP:
                    return True
                raise self.fail(token, "an expression is not complete")
            self.at += 1
            if inside.kind is _In.FOR_GROUPED and not token.is_sign("}") and token.text != "if":
                raise self.fail(token, "... is not followed by if or }")
            if token.kind == SIGN:
                sign = token.text
                if sign == ".":
                    self.attribute(token)
                elif sign == "[":
                    if not self.each(token):
                        return False
                elif sign in _BINARY:
                    self.may_close = False
                    return False
                elif sign == "?":
                    self.open.append(_Open(_In.CONDITION, inside.newlines, token.line))
                    self.may_close = False
                    return False
                elif sign == inside.closed_by and inside.kind not in (
                    _In.KEY,
                    _In.FOR_COLLECTION,
                    _In.FOR_KEY,
                ):
                    self.close()
                elif not self.separated(token, inside):
                    continue
                elif inside.kind is not _In.KEY or not self.keys():
                    return False
            elif token.kind == NEWLINE and inside.kind is _In.VALUE:
                inside.kind = _In.KEY
                if not self.keys():
                    return False
            elif token.text == "if" and inside.kind in (_In.FOR_VALUE, _In.FOR_GROUPED):
                inside.kind = _In.FOR_IF
                return False
            else:
                what = "a line break" if token.kind == NEWLINE else "an operator or an end"
                expected = "is not expected here" if token.kind == NEWLINE else "is expected here"
                raise self.fail(token, f"{what} {expected}")

    def goes_on(self, token: Token) -> bool:
        """Tell whether an expression that nothing is open around goes on with a token."""
        return token.kind == SIGN and (token.text in _BINARY or token.text in (".", "[", "?"))

    def attribute(self, dot: Token) -> None:
        token = self.peek()
        self.at += 1
        if token is not None and token.kind == NUMBER and token.text.isdigit():
            return
        if token is not None and token.is_sign("*") and not self.attributes_of_each:
            self.attributes_of_each = True
        elif token is None or token.kind != WORD:
            raise self.fail(token, "a . is not followed by a name")

    def each(self, bracket: Token) -> bool:
        """Take ``[*]`` whole, or the bracket of an index: False then."""
        self.attributes_of_each = False
        star = self.peek()
        if star is not None and star.is_sign("*"):
            self.at += 1
            end = self.peek()
            if end is None or not end.is_sign("]"):
                raise self.fail(end, "[* is not followed by ]")
            self.at += 1
            return True
        self.push(_In.INDEX, bracket)
        return False

    def separated(self, token: Token, inside: _Open) -> bool:
        """Take what stands between two values: True if a value may begin behind it."""
        sign, kind = token.text, inside.kind
        self.may_close = False
        if sign == "," and kind in (_In.CALL, _In.TUPLE):
            self.may_close = True
        elif sign == "," and kind is _In.VALUE:
            inside.kind = _In.KEY
        elif sign in ("=", ":") and kind is _In.KEY:
            inside.kind = _In.VALUE
        elif sign == ":" and kind is _In.CONDITION:
            self.open.pop()
        elif sign == ":" and kind is _In.FOR_COLLECTION:
            inside.kind = _In.FOR_VALUE if inside.closed_by == "]" else _In.FOR_KEY
        elif sign == "=>" and kind is _In.FOR_KEY:
            inside.kind = _In.FOR_VALUE
        elif sign == "..." and kind is _In.CALL:
            inside.kind = _In.LAST_ARGUMENT
            return self.must_close(inside)
        elif sign == "..." and kind is _In.FOR_VALUE and inside.closed_by == "}":
            inside.kind = _In.FOR_GROUPED
            return False
        elif sign in _CLOSES:
            raise self.fail(token, f"{sign} closes nothing")
        else:
            raise self.fail(token, f"{sign} is not expected here")
        return True

    def must_close(self, inside: _Open) -> bool:
        token = self.peek()
        if token is None or not token.is_sign(inside.closed_by):
            raise self.fail(token, "... is for a call's last argument alone")
        return False
