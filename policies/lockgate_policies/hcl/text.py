"""Expressions as texts, in one form for both syntaxes, and as the values that they write out."""

from __future__ import annotations

from typing import Any

from .blocks import Attribute, Block, Expression
from .expressions import items, literal, members
from .tokens import NEWLINE, NUMBER, SIGN, TEMPLATE, WORD, Directive, Token

_CONSTANTS = {"true": True, "false": False, "null": None}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_TIGHT_BEFORE = frozenset((")", "]", "}", ",", ".", "...", "::"))
_TIGHT_AFTER = frozenset(("(", "[", "{", ".", "::", "!"))
# Words that a value follows: a bracket after them is a list, and no index.
_KEYWORDS = frozenset(("in", "if", "for", "else"))


def text_of(expression: Expression) -> str:
    """The texts in an expression, joined: what references stand in.

    A text is itself, an object or a list the texts of its members; anything else is as it is
    written, on one line and without comments.
    """
    values = members(expression)
    if values is not None:
        return " ".join(text for member in values if (text := text_of(member)))
    tokens = [hcl_token for hcl_token in expression if hcl_token.kind != NEWLINE]
    if len(tokens) == 1 and tokens[0].kind == TEMPLATE:
        return _only_text(tokens[0])
    return "" if [token.text for token in tokens] == ["null"] else render(expression)


def block_text(block: Block) -> str:
    """The texts in a block and the blocks in it, joined."""
    texts = [text_of(attribute.expression) for attribute in block.attributes]
    texts += [block_text(nested_block) for nested_block in nested_blocks(block)]
    return " ".join(text for text in texts if text)


def argument_texts(block: Block) -> dict[str, str]:
    """The text of each argument and nested block; a ``dynamic`` block under what it makes."""
    argument_texts = {
        attribute.name: text_of(attribute.expression) for attribute in block.attributes
    }
    for nested_block in nested_blocks(block):
        dynamic = nested_block.kind == "dynamic" and bool(nested_block.labels)
        name = nested_block.labels[0] if dynamic else nested_block.kind
        text = block_text(nested_block)
        if dynamic:
            argument_texts.setdefault(name, text)
        else:
            argument_texts[name] = (
                f"{argument_texts[name]} {text}".strip() if name in argument_texts else text
            )
    if any(inner_block.kind == "dynamic" for inner_block in block.blocks):
        argument_texts.pop("dynamic", None)  # JSON syntax has it as an argument, too
    return argument_texts


def nested_blocks(block: Block) -> list[Block]:
    """The blocks in a block that are not given as its arguments, too, as JSON syntax does."""
    named = {attribute.name for attribute in block.attributes} - {"dynamic"}
    return [nested_block for nested_block in block.blocks if nested_block.kind not in named]


def value_of(attribute: Attribute) -> Any:
    """What an argument writes out; what is computed is a text ``${…}``."""
    return _value(attribute.expression)


def _value(expression: Expression) -> Any:
    text = literal(expression)
    if text is not None:
        return text
    tokens = [token for token in expression if token.kind != NEWLINE]
    if len(tokens) == 1 and tokens[0].kind == WORD and tokens[0].text in _CONSTANTS:
        return _CONSTANTS[tokens[0].text]
    if len(tokens) == 1 and tokens[0].kind == NUMBER:
        return _number(tokens[0].text)
    pairs = items(expression)
    if pairs is not None and all(name is not None for name, _, _ in pairs):
        return {name: _value(value) for name, _, value in pairs}
    values = members(expression)
    if values is not None and pairs is None:
        return [_value(member) for member in values]
    return f"${{{render(expression)}}}"


def _number(text: str) -> int | float | str:
    try:
        return int(text) if text.isdigit() else float(text)
    except (ValueError, OverflowError):  # of more digits than Python reads
        return text


def render(expression: Expression) -> str:
    """An expression as it could be written on one line."""
    rendered_pieces: list[str] = []
    before: Token | None = None
    opened: list[str] = []
    waiting = False  # for a line break that ends an object's item
    for token in expression:
        if token.kind == NEWLINE:
            waiting = bool(opened) and opened[-1] == "{"
            continue
        closes = token.is_sign(")", "]", "}")
        if closes and before is not None and before.is_sign(","):
            rendered_pieces.pop()
        if waiting and before is not None and not closes and not before.is_sign("{", ","):
            rendered_pieces.append(",")
            before = Token(SIGN, ",", token.line)
        waiting = False
        if before is not None and _apart(before, token):
            rendered_pieces.append(" ")
        if token.is_sign("(", "[", "{"):
            opened.append(token.text)
        elif closes and opened:
            opened.pop()
        elif token.text == "for" and before is not None and before.is_sign("{"):
            opened[-1] = "for"  # where a line break ends nothing
        rendered_pieces.append(f'"{_escaped(token)}"' if token.kind == TEMPLATE else token.text)
        before = token
    return "".join(rendered_pieces)


def _apart(before: Token, token: Token) -> bool:
    if token.kind == SIGN:
        if token.text in _TIGHT_BEFORE:
            return False
        if token.text in "([" and (
            before.is_sign(")", "]", "}")
            or (before.kind == WORD and before.text not in _KEYWORDS)
            or (before.kind == TEMPLATE and token.text == "[")
        ):
            return False
    return not (before.kind == SIGN and before.text in _TIGHT_AFTER)


def _only_text(token: Token) -> str:
    """A template that is all of an expression: its text, or what its only sequence holds."""
    if token.literal is not None:
        return token.literal
    (first, *others) = token.parts
    if not others and not isinstance(first, str | Directive):
        return text_of(first)
    return _escaped(token)


def _escaped(token: Token) -> str:
    """A template as it stands between its quotes."""
    escaped_parts: list[str] = []
    for part in token.parts:
        if isinstance(part, str):
            text = part.translate(_ESCAPES)
            escaped_parts.append(text.replace("${", "$${").replace("%{", "%%{"))
        else:
            escaped_parts.append(f"{'%' if isinstance(part, Directive) else '$'}{{{render(part)}}}")
    return "".join(escaped_parts)
