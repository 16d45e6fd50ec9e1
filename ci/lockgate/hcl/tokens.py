"""Splits HCL into tokens, templates and heredocs included, each with its line.

It follows the scanner of HCL's native syntax
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#lexical-elements) and refuses whatever
it does not know: what is read here must not be read differently by Terraform.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

WORD = "word"
NUMBER = "number"
TEMPLATE = "template"
SIGN = "sign"
NEWLINE = "newline"

# Nobody nests deeper by hand; Python's own stack must not be what ends the reading.
_DEEPEST = 60
_SKIPPED = re.compile(r"[ \t]+|(?:#|//)[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SIGNS = re.compile(r"\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%!<>=?:.,(){}\[\]]")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
# `$$${` and `%%%{`: an escaped brace or an escaped sign before a real one.
_AMBIGUOUS = re.compile(r"\${3,}\{|%{3,}\{")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class HclSyntaxError(ValueError):
    """HCL that does not parse; ``line`` starts at 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


@dataclass(frozen=True)
class Token:
    """One token. A template's ``parts`` are texts, and the tokens of its interpolations."""

    kind: str
    text: str
    line: int
    parts: tuple[str | tuple[Token, ...], ...] = ()

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of these signs."""
        return self.kind == SIGN and self.text in signs

    @property
    def literal(self) -> str | None:
        """The text of a template without interpolations; None for everything else."""
        if self.kind != TEMPLATE or not all(isinstance(part, str) for part in self.parts):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a file. Raises HclSyntaxError."""
    scanner = _Scanner(text.removeprefix("\ufeff"))
    tokens = scanner.tokens(closing="")
    return tuple(tokens)


def template(text: str, line: int) -> Token:
    """A whole text as a template: a string of the JSON syntax, a template file.

    Raises HclSyntaxError.
    """
    scanner = _Scanner(text)
    scanner.line = line
    return Token(TEMPLATE, "", line, scanner.parts(quoted=False))


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.depth = 0
        if found := _CONTROL.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise HclSyntaxError(line, f"holds the control character {found.group()!r}")

    def tokens(self, closing: str) -> list[Token]:
        """Tokens up to the end, or up to the brace that closes an interpolation."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise HclSyntaxError(self.line, f"templates are nested deeper than {_DEEPEST}")
        found: list[Token] = []
        braces = 0
        while self.at < len(self.text):
            if self._match(_SKIPPED):
                continue
            line, here = self.line, self.text[self.at]
            if here == "\n" or self.text.startswith("\r\n", self.at):
                self._take(1 if here == "\n" else 2)
                found.append(Token(NEWLINE, "\n", line))
            elif here == '"':
                self._take(1)
                found.append(Token(TEMPLATE, "", line, self.parts(quoted=True)))
            elif heredoc := self._match(_HEREDOC):
                marker = _HEREDOC.fullmatch(heredoc)
                assert marker is not None
                found.append(Token(TEMPLATE, "", line, self.parts(False, marker.group(2))))
            elif word := self._match(_WORD):
                found.append(Token(WORD, word, line))
            elif number := self._match(_NUMBER):
                found.append(Token(NUMBER, number, line))
            elif closing and not braces and here in "~}":
                if here == "~":
                    self._take(1)
                if not self.text.startswith("}", self.at):
                    raise HclSyntaxError(line, "a ~ that ends no interpolation")
                self._take(1)
                self.depth -= 1
                return found
            elif sign := self._match(_SIGNS):
                braces += (sign == "{") - (sign == "}")
                found.append(Token(SIGN, sign, line))
            else:
                raise HclSyntaxError(line, f"the character {here!r} is not expected here")
        if closing:
            raise HclSyntaxError(self.line, "an interpolation is not closed")
        self.depth -= 1
        return found

    def parts(self, quoted: bool, marker: str = "") -> tuple[str | tuple[Token, ...], ...]:
        """The parts of a template: up to its quote, its heredoc's marker, or the end."""
        start = self.line
        parts: list[str | tuple[Token, ...]] = []
        text: list[str] = []
        fresh = True  # at the start of a line, where a marker ends the heredoc
        while True:
            if marker and fresh:
                end = self.text.find("\n", self.at)
                ahead = self.text[self.at : end if end >= 0 else len(self.text)]
                if ahead.strip() == marker:
                    self._take(len(ahead))
                    break
                fresh = False
            if self.at >= len(self.text):
                if quoted or marker:
                    what = f"the heredoc {marker}" if marker else "a string"
                    raise HclSyntaxError(start, f"{what} is not closed")
                break
            here = self.text[self.at]
            if _AMBIGUOUS.match(self.text, self.at):
                raise HclSyntaxError(self.line, "an escape that can be read in two ways")
            if self.text.startswith(("$${", "%%{"), self.at):
                text.append(self._take(3)[1:])
            elif self.text.startswith(("${", "%{"), self.at):
                self._take(2)
                if self.text.startswith("~", self.at):
                    self._take(1)
                if text:
                    parts.append("".join(text))
                    text = []
                parts.append(tuple(self.tokens(closing="}")))
            elif quoted and here == '"':
                self._take(1)
                break
            elif quoted and here == "\n":
                raise HclSyntaxError(self.line, "a string holds a line break")
            elif quoted and here == "\\":
                text.append(self._escape())
            else:
                fresh = here == "\n"
                text.append(self._take(1))
        if text:
            parts.append("".join(text))
        return tuple(parts)

    def _escape(self) -> str:
        kind = self.text[self.at + 1 : self.at + 2]
        if kind in _ESCAPES and kind:
            self._take(2)
            return _ESCAPES[kind]
        length = {"u": 4, "U": 8}.get(kind, 0)
        digits = self.text[self.at + 2 : self.at + 2 + length]
        if not length or len(digits) < length or set(digits) - set(string.hexdigits):
            raise HclSyntaxError(self.line, f"the escape \\{kind} is not known")
        self._take(2 + length)
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError) as error:
            raise HclSyntaxError(self.line, f"the escape \\{kind}{digits} is none") from error

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        return self._take(len(found.group())) if found else ""

    def _take(self, length: int) -> str:
        taken = self.text[self.at : self.at + length]
        self.at += length
        self.line += taken.count("\n")
        return taken
