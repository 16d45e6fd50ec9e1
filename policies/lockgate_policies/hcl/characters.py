"""Which characters make names and blanks: HCL's identifiers and Go's ``unicode.IsSpace``."""

from __future__ import annotations

import unicodedata

# What Go trims: Python's own `strip` takes U+001C to U+001F away, too.
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_START = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_CONTINUE = _START | {"Mn", "Mc", "Nd", "Pc"}
# Other_ID_Start and Other_ID_Continue of Unicode's PropList; U+2E2F is Pattern_Syntax.
_ALSO_START = frozenset("\u1885\u1886\u2118\u212e\u309b\u309c")
_ALSO_CONTINUE = _ALSO_START | frozenset(
    "\u00b7\u0387\u1369\u136a\u136b\u136c\u136d\u136e\u136f\u1370\u1371\u19da"
)
_NEVER = "\u2e2f"


def name_length(text: str) -> int:
    """How many characters at the beginning of a text are one identifier; 0 if none is."""
    for number, character in enumerate(text):
        if not (_starts(character) if number == 0 else _continues(character)):
            return number
    return len(text)


def _starts(character: str) -> bool:
    if character.isascii():
        return character.isalpha() or character == "_"
    kind = unicodedata.category(character)
    return (kind in _START or character in _ALSO_START) and character != _NEVER


def _continues(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in "_-"
    kind = unicodedata.category(character)
    return (kind in _CONTINUE or character in _ALSO_CONTINUE) and character != _NEVER
