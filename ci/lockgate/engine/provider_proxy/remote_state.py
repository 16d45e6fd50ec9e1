"""Made-up outputs of states that lie in a bucket that nobody here may read.

Terraform reads them itself, and asks no provider; so the answer is given where its S3 client asks.
Which outputs there must be is read from what the configuration asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lockgate.engine.provider_proxy.made_up import Maker
from lockgate.engine.provider_proxy.plan_session import MadeAnswer, PlanSession

TYPE = "terraform_remote_state"
_OUTPUT = re.compile(
    r"\.outputs\.([A-Za-z_][A-Za-z0-9_-]*)(\s*\[\s*(?:\d|\*|count|each)|\.\d|\.\*)?"
)
_LIST = re.compile(r"(?:toset|length|element|slice|concat)\(\s*[\w.\[\]\"-]*\.outputs\.([\w-]+)")
_LOCAL_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"(\.{1,2}/[^"]+)"')


def outputs(place: str, names: Mapping[str, bool], session: PlanSession | None) -> dict[str, Any]:
    """The outputs of the state at a place, as a state file holds them.

    ``names`` tells for each whether it is a list. Whoever plans is told what was made up.
    """
    if session is None:
        return {}
    maker = Maker(
        TYPE,
        f"data {TYPE} {place}",
        session.primary_region,
        session.plan_pass,
        session.tokens,
        session.shapes,
        looked_up=True,
        same_texts=session.same_look_ups,
    )
    outputs = {}
    for name, listed in names.items():
        kind = ["list", "string"] if listed else "string"
        outputs[name] = {"value": maker.value(kind, ("outputs", name)), "type": kind}
    session.record(maker.call, MadeAnswer(TYPE, True, None, frozenset(maker.made)))
    return outputs


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
