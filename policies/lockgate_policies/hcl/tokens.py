"""A token of HCL, with its line; a template's token holds the tokens of its interpolations."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple, TypeAlias

WORD = "word"
NUMBER = "number"
TEMPLATE = "template"
SIGN = "sign"
NEWLINE = "newline"


class HclSyntaxError(ValueError):
    """HCL that does not parse; ``line`` starts at 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class Token(NamedTuple):
    """One token. A template's ``parts`` are texts, and the tokens of its sequences."""

    kind: str
    text: str
    line: int
    parts: tuple[Part, ...] = ()

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of these signs."""
        return self.kind == SIGN and self.text in signs

    @property
    def literal(self) -> str | None:
        """The value of a template without sequences, as Terraform normalises it, or None."""
        text = self.label
        return text if text is None or text.isascii() else unicodedata.normalize("NFC", text)

    @property
    def label(self) -> str | None:
        """The text of a template without sequences, as it is written, which names a block."""
        if self.kind != TEMPLATE or not all(isinstance(part, str) for part in self.parts):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))


class Directive(tuple[Token, ...]):
    """The tokens between ``%{`` and ``}``; those of ``${ }`` are a plain tuple."""

    __slots__ = ()


Part: TypeAlias = "str | tuple[Token, ...]"
