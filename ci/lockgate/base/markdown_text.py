"""Text from a plan as Markdown that GitHub and GitLab show as that text, and as nothing else.

Such text could otherwise close a table, add a link or an image, notify people, refer to issues, or
run GitLab's quick actions with the rights of the pipeline's token.
"""

from __future__ import annotations

import re

from lockgate.base.safe_text import visible, visible_lines

# Both hosts read mentions and references (@user, #1, !1, ~label, %milestone, $snippet) and bare
# links from what Markdown has made, so escaping them is not enough. It stops them that the name
# does not follow the sign: a zero-width space stands between.
_BREAK = "\N{ZERO WIDTH SPACE}"
_ACTIVE = re.compile(r"[@#!~%&$](?=\w)|(?<=:)/(?=/)|(?<=[wW]{3})\.|\b[gG][hH]-(?=\d)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
# An underscore inside a word, as in most addresses, marks nothing.
_ESCAPED = re.compile(r"[\\`*{}\[\]~$]|(?<![^\W_])_|_(?![^\W_])")


def prose(text: str) -> str:
    """The text in one line of prose; it can also stand in a table cell or in bold."""
    broken = _ACTIVE.sub(lambda match: match.group() + _BREAK, visible(text))
    escaped = _ESCAPED.sub(lambda match: f"\\{match.group()}", broken)
    return "".join(_ENTITIES.get(character, character) for character in escaped)


def code(text: str) -> str:
    """The text in one line as code: exact, to be copied. Not for table cells (``|`` ends them)."""
    shown = visible(text)
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    # One space on each side is not shown, and keeps the text's own backticks off the fence.
    space = " " if "`" in shown else ""
    return f"{fence}{space}{shown}{space}{fence}"


def block(text: str) -> str:
    """Longer text as a block of code, line by line as it is."""
    lines = [_no_quick_action(line) for line in visible_lines(text)]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _no_quick_action(line: str) -> str:
    """GitLab looks for quick actions by patterns, whose idea of a block is not Markdown's."""
    return f" {line}" if line.startswith("/") else line


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
