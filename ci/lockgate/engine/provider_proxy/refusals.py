"""What Terraform's refusal of a made-up value teaches, so that the plan is made again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lockgate.engine.provider_proxy.made_up import Shapes
from lockgate.engine.provider_proxy.plan_session import MadeAnswer
from lockgate.engine.provider_proxy.tokens import TokenTable

_MISSING_KEY = ("does not identify an element", "does not have an attribute named")
_KEY = re.compile(r'\["([^"\]]+)"\]|attribute named "([^"]+)"|\blookup\([^,]+, *"([^"]+)"')
_INDEX = re.compile(r"\[(\d+)\]|element\([^,]+, *(\d+)\)")
_DECODED = re.compile(r"decode\(\s*data\.(\w+)\.[\w-]+(?:\[[^\]]*\])?\.(\w+)")
_SECRETS = {("aws_secretsmanager_secret_version", "secret_string"), ("aws_ssm_parameter", "value")}
_NOT_JSON = re.compile(r"jsondecode|yamldecode")


def learn(
    message: str, shapes: Shapes, tokens: TokenTable, answers: Mapping[str, MadeAnswer]
) -> bool:
    """Take what a refusal says into ``shapes``; tells whether there was anything new in it.

    A text that is refused for its form is left unknown; a map that lacks a key gets it, a list
    that is too short gets longer, a text that must be JSON becomes it.
    """
    before = _state(shapes)
    for part in message.split("Error: "):
        origins = [occurrence.origin for occurrence in tokens.find(part)]
        if any(words in part for words in _MISSING_KEY):
            shapes.keys.update(name for match in _KEY.findall(part) for name in match if name)
            indices = [int(number) for match in _INDEX.findall(part) for number in match if number]
            shapes.members = max([shapes.members, *(index + 1 for index in indices if index < 64)])
        elif _NOT_JSON.search(part):
            # Terraform does not show a secret; then its line of the configuration names it, or
            # one of the usual ones is meant.
            named = {
                (answers[origin.call].type_name, origin.attribute.split(".")[-1])
                for origin in origins
                if origin.call in answers
            }
            shapes.as_json |= named or set(_DECODED.findall(part)) or _SECRETS
            shapes.keys.update(name for match in _KEY.findall(part) for name in match if name)
        else:
            shapes.left_unknown |= {
                (
                    answers[origin.call].type_name,
                    ".".join(name for name in origin.attribute.split(".") if not name.isdigit()),
                )
                for origin in origins
                if origin.call in answers and not answers[origin.call].looked_up
            }
    return _state(shapes) != before


def _state(shapes: Shapes) -> tuple[int, ...]:
    return len(shapes.keys), shapes.members, len(shapes.as_json), len(shapes.left_unknown)
