"""What an account answered to the look-ups of an environment, when it was asked once.

``lockgate record`` writes it into a file for the repository; a plan without an account is then made
with these answers in place of made-up ones. A question that was not asked has no answer here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec


class RecordedAnswer(msgspec.Struct, frozen=True):
    """The answer to one data source: what of its values may stand in a file.

    ``asked`` are the arguments of the data source, by which the same question is known again.
    """

    type: str
    region: str | None
    asked: dict[str, Any]
    values: dict[str, Any]


class RecordedAnswers(msgspec.Struct, frozen=True):
    """The file of one environment; ``recorded`` is the moment, in UTC."""

    version: Literal[1]
    environment: str
    account: str
    recorded: Annotated[datetime, msgspec.Meta(tz=True)]
    answers: tuple[RecordedAnswer, ...]

    def find(self, type_name: str, region: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """What the account answered to this question; nothing if it was not asked."""
        asked = asked_of(config)
        told = [
            answer.values
            for answer in self.answers
            if answer.type == type_name
            and answer.region in (None, region)
            and answer.asked == asked
        ]
        return dict(told[0]) if told and all(values == told[0] for values in told) else {}


def asked_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a data source is asked with, sets in one order, without empty ones."""
    asked = {name: _ordered(value) for name, value in config.items()}
    return {name: value for name, value in asked.items() if value not in (None, [], {}, "")}


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        members = [_ordered(member) for member in value]
        return sorted(members, key=lambda member: msgspec.json.encode(member, order="sorted"))
    if isinstance(value, dict):
        return {name: _ordered(member) for name, member in value.items() if member is not None}
    return value
