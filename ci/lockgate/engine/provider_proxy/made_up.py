"""Makes values up where nobody knows them: unique, of the right shape, and recorded.

Texts lead back to what they were made for. Numbers, booleans and address ranges cannot; they
differ between the two passes of a plan, and what is derived from them differs as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from typing import Any

from lockgate.engine.provider_proxy import forms
from lockgate.engine.provider_proxy.provider_schema import Attribute, Block, Type
from lockgate.engine.provider_proxy.tokens import Origin, TokenTable
from lockgate.engine.provider_proxy.values import UNKNOWN, is_unknown

MEMBERS = 3
"""How many members a list of texts gets: `slice(x, 0, 3)` and `x[2]` are common."""


class Pass(Enum):
    """Which of the two plans of an environment is being made."""

    ORDINARY = "ordinary"
    RESOLVED = "resolved"


# Far apart, so that few comparisons come out alike; both may be a port, or a count.
_NUMBERS = {Pass.ORDINARY: 0, Pass.RESOLVED: 443}
_BOOLEANS = {Pass.ORDINARY: False, Pass.RESOLVED: True}


@dataclass
class Shapes:
    """What Terraform's refusals taught about values that the schema says too little of."""

    keys: set[str] = field(default_factory=set)
    """Keys that made-up maps, and objects in JSON, must have."""
    members: int = MEMBERS
    as_json: set[tuple[str, str]] = field(default_factory=set)
    """Texts (type, attribute) that are read as JSON."""
    left_unknown: set[tuple[str, str]] = field(default_factory=set)
    """Attributes (type, path without indices) for which every made-up value was refused."""


@dataclass
class Maker:
    """Makes the values of one answer: one call of one type, in the region of its provider."""

    type_name: str
    call: str
    region: str
    plan_pass: Pass
    tokens: TokenTable
    shapes: Shapes
    looked_up: bool
    same_texts: bool = False
    """Whether the resolved pass looks the same texts up as the ordinary one, as a last resort."""
    made: set[tuple[str, ...]] = field(default_factory=set)
    """Where something was made up."""

    def value(self, kind: Type, path: tuple[str, ...]) -> Any:
        """A made-up value of this type for the attribute at ``path``."""
        self.made.add(path)
        if (self.type_name, without_indices(path)) in self.shapes.left_unknown:
            return None if self.looked_up else UNKNOWN
        if kind == "string":
            return self._text(path)
        if kind == "number":
            return _NUMBERS[self.plan_pass]
        if kind == "bool":
            return _BOOLEANS[self.plan_pass]
        if isinstance(kind, list):
            return self._collection(kind, path)
        return None

    def number_in_text(self, path: tuple[str, ...]) -> str:
        """A made-up text that must be a number; like a number it differs between the passes."""
        self.made.add(path)
        return str(_NUMBERS[self.plan_pass] or 1)

    def _collection(self, kind: list[Any], path: tuple[str, ...]) -> Any:
        word, inner = kind
        if word in ("list", "set"):
            # One object: `one(x)` and `x[0]` are how a block that is there once is read.
            members = self.shapes.members if inner == "string" else 1
            return [self.value(inner, (*path, str(index))) for index in range(members)]
        if word == "map":
            return {key: self.value(inner, (*path, key)) for key in sorted(self.shapes.keys)}
        if word == "object":
            return {name: self.value(member, (*path, name)) for name, member in inner.items()}
        return [self.value(member, (*path, str(index))) for index, member in enumerate(inner)]

    def _text(self, path: tuple[str, ...]) -> str:
        origin = Origin(self.call, ".".join(path))
        attribute = next(name for name in reversed(path) if not name.isdigit())
        word = forms.fixed(attribute)
        if word is not None:
            return word
        if forms.is_account(attribute):
            return self._record_itself(origin, self._account)
        if forms.is_cidr(attribute):
            return self._record_itself(origin, lambda salt: _range(self._number(origin, salt)))
        if forms.is_address(attribute):
            return self._record_itself(origin, lambda salt: _address(self._number(origin, salt)))
        core = self.tokens.core(origin, public=self._public)
        owner = self._record_itself(Origin(self.call, "arn"), self._account, again=False)
        text = forms.text(self.type_name, attribute, core, self.region, owner)
        if (self.type_name, attribute) in self.shapes.as_json:
            text = json.dumps(dict.fromkeys(sorted(self.shapes.keys), text) or text)
        self.tokens.add(core, text, origin, public=self._public)
        return text

    @property
    def _public(self) -> bool:
        return self.looked_up and (self.plan_pass is Pass.ORDINARY or self.same_texts)

    def _account(self, salt: int) -> str:
        return f"{self._hash('account', salt) % 10**12:012}"

    def _number(self, origin: Origin, salt: int) -> int:
        # A range is as good as a number, and differs between the passes whatever else does not.
        return self._hash(f"{origin.attribute}\n{self.plan_pass.value}", salt)

    def _hash(self, what: str, salt: int) -> int:
        secret = "" if self._public else self.tokens.secret.hex()
        seed = f"{self.call}\n{what}\n{salt}\n{secret}"
        return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])

    def _record_itself(
        self, origin: Origin, make: Callable[[int], str], *, again: bool = True
    ) -> str:
        """A text that is too short for a core is its own: another is taken if it is in use."""
        text = next(
            text for salt in count() if self.tokens.free_for(text := make(salt), origin.call)
        )
        if again or not self.tokens.find(text):
            self.tokens.add(text, text, origin, public=self._public)
        return text


def _range(number: int) -> str:
    # 240.0.0.0/4 is reserved: nobody's own ranges are there, and functions compute with it.
    return f"{240 + number % 15}.{number // 15 % 256}.0.0/16"


def _address(number: int) -> str:
    rest = number // 15
    return f"{240 + number % 15}.{rest % 256}.{rest // 256 % 256}.{rest // 65536 % 256}"


def without_indices(path: tuple[str, ...]) -> str:
    """A path as it stands in a schema."""
    return ".".join(name for name in path if not name.isdigit())


def fill(block: Block, value: Any, maker: Maker, path: tuple[str, ...] = ()) -> Any:
    """The value of a block with everything that is unknown in it made up."""
    if not isinstance(value, dict):
        return value
    filled = dict(value)
    for name, attribute in block.attributes.items():
        if name in filled:
            filled[name] = _fill_type(filled[name], attribute.type, maker, (*path, name))
    for name, nested in block.blocks.items():
        inside = filled.get(name)
        if isinstance(inside, list):
            filled[name] = [
                fill(nested.block, nested_value, maker, (*path, name, str(index)))
                for index, nested_value in enumerate(inside)
            ]
        elif isinstance(inside, dict):
            filled[name] = fill(nested.block, inside, maker, (*path, name))
    return filled


def _fill_type(value: Any, kind: Type, maker: Maker, path: tuple[str, ...]) -> Any:
    if is_unknown(value):
        return maker.value(kind, path)
    if not isinstance(kind, list) or not isinstance(value, list | dict):
        return value
    word, inner = kind
    if isinstance(value, list):
        kinds = inner if word == "tuple" else [inner] * len(value)
        return [
            _fill_type(member, one, maker, (*path, str(index)))
            for index, (member, one) in enumerate(zip(value, kinds, strict=True))
        ]
    return {
        key: _fill_type(member, inner if word == "map" else inner.get(key), maker, (*path, key))
        for key, member in value.items()
    }


def asked_for(
    attributes: Mapping[str, Attribute], config: dict[str, Any], keys: set[str]
) -> dict[str, Any]:
    """A configuration's value with what the provider would find out marked as unknown.

    A map has ``keys`` beside those that it is asked by: the tags of what is found by one of them.
    """
    asked = dict(config)
    for name, attribute in attributes.items():
        given = config.get(name)
        if attribute.computed and given is None:
            asked[name] = UNKNOWN
        elif attribute.computed and isinstance(given, dict) and attribute.type[0] == "map":
            asked[name] = {**dict.fromkeys(keys, UNKNOWN), **given}
    return asked
