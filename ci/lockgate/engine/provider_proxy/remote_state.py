"""Made-up outputs of states that lie in a bucket that nobody here may read.

Terraform reads them itself, and asks no provider; so the answer is given where its S3 client asks.
Which outputs there must be is read from what the configuration asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lockgate.engine.provider_proxy.made_up import MEMBERS
from lockgate.engine.provider_proxy.plan_session import MadeAnswer, PlanSession
from lockgate.engine.provider_proxy.tokens import Origin, TokenTable

TYPE = "terraform_remote_state"
_OUTPUT = re.compile(
    r"\.outputs\.([A-Za-z_][A-Za-z0-9_-]*)(\s*\[\s*(?:\d|\*|count|each)|\.\d|\.\*)?"
)
_LIST = re.compile(r"(?:toset|length|element|slice|concat)\(\s*[\w.\[\]\"-]*\.outputs\.([\w-]+)")
_LOCAL_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"(\.{1,2}/[^"]+)"')


class RemoteStates:
    """The outputs by their names (whether each is a list), and the states that were asked for."""

    def __init__(self, outputs: Mapping[str, bool]):
        self._outputs = outputs
        self._places: set[str] = set()

    def outputs(self, place: str) -> dict[str, Any]:
        """The outputs of the state at a place, as a state file holds them."""
        self._places.add(place)
        return {
            name: {"value": value, "type": ["list", "string"] if listed else "string"}
            for name, listed in self._outputs.items()
            for value in [self._value(place, name, listed)]
        }

    def record(self, session: PlanSession) -> None:
        """Tell a session what was made up, for Terraform asked nobody who would know it."""
        for place in sorted(self._places):
            made = set()
            for name, listed in self._outputs.items():
                made.add(("outputs", name))
                for path in _paths(name, listed):
                    origin = Origin(_call(place), ".".join(path))
                    core = session.tokens.core(origin, keyed=False)
                    session.tokens.add(core, f"x{core}", origin)
            session.record(_call(place), MadeAnswer(TYPE, True, None, frozenset(made)))

    def _value(self, place: str, name: str, listed: bool) -> Any:
        texts = [
            f"x{TokenTable().core(Origin(_call(place), '.'.join(path)), keyed=False)}"
            for path in _paths(name, listed)
        ]
        return texts if listed else texts[0]


def _call(place: str) -> str:
    return f"data {TYPE} {place}"


def _paths(name: str, listed: bool) -> list[tuple[str, ...]]:
    if not listed:
        return [("outputs", name)]
    return [("outputs", name, str(index)) for index in range(MEMBERS)]


def outputs_read(directories: Iterable[Path]) -> dict[str, bool]:
    """The outputs that modules, and local ones that they call, read of states; whether as lists."""
    read: dict[str, bool] = {}
    seen: set[Path] = set()
    left = [directory.resolve() for directory in directories]
    while left:
        directory = left.pop()
        if directory in seen or not directory.is_dir():
            continue
        seen.add(directory)
        for file in sorted([*directory.glob("*.tf"), *directory.glob("*.tf.json")]):
            if not file.is_file():
                continue
            text = file.read_text("utf-8", "replace")
            left += [(directory / source).resolve() for source in _LOCAL_SOURCE.findall(text)]
            listed = set(_LIST.findall(text))
            for name, index in _OUTPUT.findall(text):
                read[name] = read.get(name, False) or bool(index) or name in listed
    return read
