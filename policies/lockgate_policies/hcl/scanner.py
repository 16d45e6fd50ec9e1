"""Splits HCL into tokens, templates and heredocs included, each with its line.

It follows the scanner of HCL's native syntax
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#lexical-elements) and refuses what the
scanner refuses: what is read here must not be read differently by Terraform. Every character is
looked at a bounded number of times, so that no text takes longer than its length.
"""

from __future__ import annotations

import re
import string

from .characters import BLANKS, name_length
from .grammar import check_directives, check_sequence
from .tokens import NEWLINE, NUMBER, SIGN, TEMPLATE, WORD, Directive, HclSyntaxError, Part, Token

# Nobody nests deeper by hand; Python's own stack must not be what ends the reading.
_DEEPEST = 100
_TOKEN = re.compile(
    r"""(?P<blank>[ \t]+)
    |(?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\-\x80-\U0010ffff]*)
    |(?P<newline>\r?\n)
    |(?P<quote>")
    |(?P<number>[0-9](?:(?:[0-9.]|[eE][+-]?[0-9])*(?:[0-9]|[eE][+-]?[0-9]))?)
    |(?P<comment>(?:\#|//)[^\n]*)
    |(?P<block>/\*)
    |(?P<heredoc><<-?(?=[A-Za-z_\x80-\U0010ffff]))
    |(?P<end>~\})
    |(?P<sign>\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%!<>=?:.,(){}\[\]])""",
    re.VERBOSE,
)
_QUOTED_TEXT = re.compile(r'[^"\\$%\r\n\udc80-\udcff]+')
_TEXT = re.compile(r"[^$%\r\n\udc80-\udcff]+")
_SIGNS_BEFORE_BRACE = {"$": re.compile(r"\$+"), "%": re.compile(r"%+")}
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_NOT_UTF_8 = "is not UTF-8 text"


def tokenize(text: str) -> list[Token]:
    """The tokens of a file. Raises HclSyntaxError."""
    return _Scanner(text.removeprefix("\ufeff"), 1).tokens(inside=False)


def template(text: str, line: int) -> Token:
    """A whole text as a template: a string of the JSON syntax, a template file.

    Raises HclSyntaxError.
    """
    return Token(TEMPLATE, "", line, _Scanner(text, line).parts())


class _Literal:
    """The text between a template's sequences, and what ``~`` takes off its ends.

    Only the chunk beside a sequence is stripped: in a heredoc, that is the rest of its line.
    """

    def __init__(self) -> None:
        self._done: list[str] = []
        self._chunk: list[str] = []
        self.strip_next = False

    def add(self, text: str) -> None:
        self._chunk.append(text)

    def end_chunk(self) -> None:
        if self._chunk:
            text = "".join(self._chunk)
            self._done.append(text.lstrip(BLANKS) if self.strip_next else text)
            self._chunk = []
            self.strip_next = False

    def take(self, strip: bool) -> str:
        """The whole text, for a sequence that follows or the template's end."""
        self.end_chunk()
        self.strip_next = False
        if strip and self._done:
            self._done[-1] = self._done[-1].rstrip(BLANKS)
        text, self._done = "".join(self._done), []
        return text


class _Scanner:
    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self.at = 0
        self.line = line
        self.depth = 0

    def tokens(self, inside: bool) -> list[Token]:
        """Tokens up to the end of the text, or of the sequence that they are inside of."""
        tokens: list[Token] = []
        braces = 0
        match = _TOKEN.match
        while self.at < len(self.text):
            seen = match(self.text, self.at)
            if seen is None:
                raise self._unexpected()
            kind, text, line = seen.lastgroup, seen.group(), self.line
            if kind == "word":
                text = self._word(text)
                tokens.append(Token(WORD, text, line))
            elif kind == "sign":
                if text == "{":
                    braces += 1
                elif text == "}":
                    if inside and not braces:
                        self.at += 1
                        return tokens
                    braces -= 1
                self.at += len(text)
                tokens.append(Token(SIGN, text, line))
            elif kind == "newline":
                self.at = seen.end()
                self.line += 1
                tokens.append(Token(NEWLINE, "\n", line))
            elif kind == "quote":
                self.at += 1
                tokens.append(Token(TEMPLATE, "", line, self.parts(quoted=True)))
            elif kind in ("blank", "comment"):
                self.at = seen.end()
            elif kind == "number":
                self.at = seen.end()
                tokens.append(Token(NUMBER, text, line))
            elif kind == "block":
                self._block_comment()
            elif kind == "heredoc":
                self.at = seen.end()
                tokens.append(Token(TEMPLATE, "", line, self.parts(marker=self._marker())))
            elif inside and not braces:  # ~}
                return tokens
            else:
                raise HclSyntaxError(line, "a ~ that ends no interpolation")
        if inside:
            raise HclSyntaxError(self.line, "an interpolation is not closed")
        return tokens

    def _word(self, text: str) -> str:
        if not text.isascii():
            text = text[: name_length(text)]
            if not text:
                raise self._unexpected()
        self.at += len(text)
        return text

    def _unexpected(self) -> HclSyntaxError:
        here = self.text[self.at]
        if _UNDECODABLE.match(here):
            return HclSyntaxError(self.line, _NOT_UTF_8)
        return HclSyntaxError(self.line, f"the character {here!r} is not expected here")

    def _block_comment(self) -> None:
        end = self.text.find("*/", self.at + 2)
        if end < 0:
            raise HclSyntaxError(self.line, "a comment is not closed")
        self.line += self.text.count("\n", self.at, end)
        self.at = end + 2

    def _marker(self) -> str:
        end = self.text.find("\n", self.at)
        marker = self.text[self.at : end if end >= 0 else len(self.text)].removesuffix("\r")
        if end < 0 or name_length(marker) != len(marker):
            raise HclSyntaxError(self.line, "a heredoc begins with << and a name, alone")
        self.at = end + 1
        self.line += 1
        return marker

    def parts(self, quoted: bool = False, marker: str = "") -> tuple[Part, ...]:
        """The parts of a template: up to its quote, its heredoc's marker, or the end."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise HclSyntaxError(self.line, f"templates are nested deeper than {_DEEPEST}")
        start = self.line
        parts: list[Part] = []
        literal = _Literal()
        plain = _QUOTED_TEXT if quoted else _TEXT
        fresh = True  # at the start of a line, where a marker ends the heredoc
        while True:
            if marker and fresh and self._ends_with(marker):
                break
            fresh = False
            if self.at >= len(self.text):
                if quoted or marker:
                    what = f"the heredoc {marker}" if marker else "a string"
                    raise HclSyntaxError(start, f"{what} is not closed")
                break
            here = self.text[self.at]
            if here in "$%":
                literal.end_chunk()
                sequence = self._signs(here, literal)
                if sequence is not None:
                    stripped = self.text.startswith("~", self.at)
                    self.at += stripped
                    if text := literal.take(stripped):
                        parts.append(text)
                    parts.append(self._sequence(sequence))
                    literal.strip_next = self._closed_by_strip()
            elif quoted and here == '"':
                self.at += 1
                break
            elif quoted and here == "\\":
                literal.add(self._escape())
            elif here in "\r\n":
                if quoted:
                    raise HclSyntaxError(self.line, "a string holds a line break")
                literal.add(self._line_break(bool(marker)))
                literal.end_chunk()
                fresh = True
            elif seen := plain.match(self.text, self.at):
                self.at = seen.end()
                literal.add(seen.group())
            else:
                raise HclSyntaxError(self.line, _NOT_UTF_8)
        if text := literal.take(strip=False):
            parts.append(text)
        check_directives(parts, start)
        self.depth -= 1
        return tuple(parts)

    def _ends_with(self, marker: str) -> bool:
        """Take a line that is the heredoc's end, but for its line break."""
        end = self.text.find("\n", self.at)
        # A longer line cannot be it, and is not copied to see that.
        if end < 0 or self.text[self.at : end].strip(BLANKS) != marker:
            return False
        self.at = end - (self.text[end - 1] == "\r")
        return True

    def _signs(self, sign: str, literal: _Literal) -> type[tuple[Token, ...]] | None:
        """Take dollar or percent signs: the kind of the sequence that they open, if they do.

        One sign before a brace opens a sequence. Of several, the last two escape the brace.
        """
        seen = _SIGNS_BEFORE_BRACE[sign].match(self.text, self.at)
        assert seen is not None
        self.at = seen.end()
        if not self.text.startswith("{", self.at):
            literal.add(seen.group())
        elif len(seen.group()) == 1:
            self.at += 1
            return Directive if sign == "%" else tuple
        else:
            self.at += 1
            literal.add(seen.group()[1:] + "{")
        literal.end_chunk()
        return None

    def _sequence(self, kind: type[tuple[Token, ...]]) -> tuple[Token, ...]:
        line = self.line
        sequence = kind(self.tokens(inside=True))
        check_sequence(sequence, line)
        return sequence

    def _closed_by_strip(self) -> bool:
        """Tell whether the sequence that was read ends with ``~}``, which is then taken."""
        if not self.text.startswith("~}", self.at):
            return False
        self.at += 2
        return True

    def _line_break(self, heredoc: bool) -> str:
        if self.text.startswith("\r", self.at) and not self.text.startswith("\r\n", self.at):
            if heredoc:
                raise HclSyntaxError(self.line, "a carriage return without a line feed")
            self.at += 1
            return "\r"
        length = 2 if self.text[self.at] == "\r" else 1
        self.at += length
        self.line += 1
        return "\r\n"[-length:]

    def _escape(self) -> str:
        kind = self.text[self.at + 1 : self.at + 2]
        if kind and kind in _ESCAPES:
            self.at += 2
            return _ESCAPES[kind]
        length = {"u": 4, "U": 8}.get(kind, 0)
        digits = self.text[self.at + 2 : self.at + 2 + length]
        if not length or len(digits) < length or set(digits) - set(string.hexdigits):
            raise HclSyntaxError(self.line, f"the escape \\{kind} is not known")
        number = int(digits, 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise HclSyntaxError(self.line, f"the escape \\{kind}{digits} is no character")
        self.at += 2 + length
        return chr(number)
