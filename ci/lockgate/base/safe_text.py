"""Text from a plan, made safe to show: nothing in it can hide, reorder or end what stands around.

Names and messages come from the pull request under judgement, and so from whoever wrote it.
"""

from __future__ import annotations

import unicodedata

# Characters that only change how others are shown: controls, and the marks that reorder text
# ("Trojan Source", CVE-2021-42574) or have no width. Cs are halves of characters, which no
# encoding can write; Co and Cn have no meaning that a reader could know.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text in one line, with each character that would not be seen written as its number.

    Runs of white space become one space. The result holds only characters that XML 1.0, JSON and
    HTML can carry.
    """
    return " ".join("".join(map(_seen, text)).split())


def visible_lines(text: str) -> list[str]:
    """The lines of a longer text, such as an engine's error, each without hidden characters."""
    return ["".join(map(_seen, line)).rstrip() for line in text.rstrip().splitlines()]


def _seen(character: str) -> str:
    if character in "\t\n\r":
        return " "
    if unicodedata.category(character) in _HIDDEN:
        return f"<U+{ord(character):04X}>"
    return character
