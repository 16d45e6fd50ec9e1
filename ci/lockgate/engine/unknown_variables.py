"""Values for variables that only the pipeline knows: different in each pass, and so never a fact.

What both passes of a resolved plan say alike is known (docs/resolved-plan.md). A variable that is
declared as not needed for the verdict has another value in each, and whatever is derived from it
differs as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.engine.provider_proxy.made_up import Pass
from lockgate_policies.hcl.blocks import Expression
from lockgate_policies.hcl.tokens import NEWLINE, Token

_TEXTS = {Pass.ORDINARY: "lockgate-unknown-a", Pass.RESOLVED: "lockgate-unknown-b"}
_NUMBERS = {Pass.ORDINARY: 1, Pass.RESOLVED: 2}
_REFUSED = re.compile(r"lockgate-unknown-[ab]|Invalid value for variable")
_FLAGS = {Pass.ORDINARY: False, Pass.RESOLVED: True}


def unknown_values(
    types: Mapping[str, Expression | None],
    plan_pass: Pass,
    examples: Mapping[str, tuple[Any, Any]],
) -> dict[str, Any]:
    """A value for each variable: its example, or one by its type constraint, a text without one.

    https://developer.hashicorp.com/terraform/language/expressions/type-constraints
    """
    values = {name: _value(_plain(kind or ()), plan_pass) for name, kind in types.items()}
    number = 0 if plan_pass is Pass.ORDINARY else 1
    return values | {name: pair[number] for name, pair in examples.items()}


def another_example(message: str, unknown: Iterable[str], environment: str) -> str:
    """The next step where a validation refuses what is made up; "" where none does."""
    refused = [name for name in unknown if _names(message, name)]
    if not refused or not _REFUSED.search(message):
        return ""
    first = refused[0]
    return (
        f"\n{first} is listed under unknown_variables, and is planned with made-up values. Give "
        "two that it may have, and that differ, in lockgate.yaml: "
        f"environments.{environment}.unknown_variables: {{{first}: [ONE, OTHER]}}."
    )


def _names(message: str, variable: str) -> bool:
    return re.search(rf"\bvar\.{re.escape(variable)}\b", message) is not None


def _plain(expression: Iterable[Token]) -> list[Token]:
    return [token for token in expression if token.kind != NEWLINE]


def _value(kind: list[Token], plan_pass: Pass) -> Any:
    word = kind[0].text if kind else "any"
    inside = kind[2:-1]
    if word == "number":
        return _NUMBERS[plan_pass]
    if word == "bool":
        return _FLAGS[plan_pass]
    if word in ("list", "set"):
        return [_value(inside, plan_pass)]
    if word == "map":
        return {_TEXTS[plan_pass]: _value(inside, plan_pass)}
    if word == "tuple":
        return [_value(member, plan_pass) for member in _split(inside[1:-1]) if member]
    if word == "optional":
        return _value(_split(inside)[0], plan_pass)
    if word == "object":
        members = (member for member in _split(inside[1:-1]) if len(member) > 2)
        return {member[0].text: _value(member[2:], plan_pass) for member in members}
    return _TEXTS[plan_pass]


def _split(tokens: list[Token]) -> list[list[Token]]:
    """The members of a list or of an object, which stand on lines of their own or after commas."""
    members: list[list[Token]] = [[]]
    depth = 0
    for number, token in enumerate(tokens):
        depth += token.is_sign("(", "[", "{") - token.is_sign(")", "]", "}")
        begins = depth == 0 and number + 1 < len(tokens) and tokens[number + 1].is_sign("=")
        if depth == 0 and token.is_sign(","):
            members.append([])
        elif begins and members[-1]:
            members.append([token])
        else:
            members[-1].append(token)
    return members
