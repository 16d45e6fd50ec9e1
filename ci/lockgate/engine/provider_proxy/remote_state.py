"""Made-up outputs of states that lie in a bucket that nobody here may read.

Terraform reads them itself, and asks no provider; so the answer is given where its S3 client asks.
Which outputs there must be is read from what the configuration asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lockgate.engine.provider_proxy.made_up import Maker
from lockgate.engine.provider_proxy.plan_session import MadeAnswer, PlanSession
from lockgate.engine.provider_proxy.provider_schema import Type
from lockgate_policies.hcl.blocks import Block
from lockgate_policies.hcl.expressions import expressions, literal
from lockgate_policies.hcl.module_files import Dialect
from lockgate_policies.hcl.modules import HclError, read_blocks
from lockgate_policies.hcl.text import text_of

TYPE = "terraform_remote_state"
_OUTPUT = re.compile(
    r"""\.outputs((?:
        \.(?:[A-Za-z_][\w-]*|\d+|\*)        # .name .0 .*
      | \[\s*"[^"\]]+"\s*\]               # ["name"]
      | \[\s*(?:\d+|\*|count|each)[^\]]*\]  # [0] [*] [count.index]
    )+)""",
    re.VERBOSE,
)
_STEP = re.compile(r'\.([A-Za-z_][\w-]*)|\[\s*"([^"\]]+)"\s*\]|\.(?:\d+|\*)|\[[^\]]*\]')
_LIST = re.compile(r"(?:toset|length|element|slice|concat)\(\s*[\w.\[\]\"-]*\.outputs\.([\w-]+)")


@dataclass
class OutputShape:
    """What a value must be for everything that is read of it: an object, a list, or a text."""

    attributes: dict[str, OutputShape] = field(default_factory=dict)
    members: OutputShape | None = None

    @property
    def type(self) -> Type:
        """The type as Terraform writes it. An object, where it is read as both."""
        if self.attributes:
            return ["object", {name: attribute.type for name, attribute in self.attributes.items()}]
        if self.members is not None:
            return ["list", self.members.type]
        return "string"

    def at(self, name: str | None) -> OutputShape:
        """The shape of an attribute, or for None of a member; it is there from now on."""
        if name is not None:
            return self.attributes.setdefault(name, OutputShape())
        self.members = self.members or OutputShape()
        return self.members


def outputs(place: str, read: OutputShape, session: PlanSession | None) -> dict[str, Any]:
    """The outputs of the state at a place, as a state file holds them.

    ``read`` is what the configuration reads of states; besides, there is whatever Terraform was
    seen to miss. Whoever plans is told what was made up.
    """
    if session is None:
        return {}
    if session.joins is not None:
        joined = session.joins.state(session.root, place, session.plan_pass)
        if joined is not None:
            return joined
    maker = Maker(
        TYPE,
        session.named(f"data {TYPE} {place}"),
        session.primary_region,
        session.plan_pass,
        session.tokens,
        session.shapes,
        looked_up=True,
        same_texts=session.same_look_ups,
    )
    missed = dict.fromkeys(sorted(session.shapes.keys), OutputShape())
    outputs = {}
    for name, shape in {**missed, **read.attributes}.items():
        outputs[name] = {"value": maker.value(shape.type, ("outputs", name)), "type": shape.type}
    session.record(maker.call, MadeAnswer(TYPE, True, None, frozenset(maker.made)))
    return outputs


def outputs_read(directories: Iterable[Path]) -> OutputShape:
    """The outputs that modules, and local ones that they call, read of states, as one object."""
    read = OutputShape()
    seen: set[Path] = set()
    left = [directory.resolve() for directory in directories]
    while left:
        directory = left.pop()
        if directory in seen or not directory.is_dir():
            continue
        seen.add(directory)
        for block in _blocks(directory):
            source = block.attribute("source") if block.kind == "module" else None
            called = literal(source.expression) if source else None
            if called and called.startswith(("./", "../")):
                left.append((directory / called).resolve())
            for expression in expressions(block):
                _add(read, text_of(expression))
    return read


def _blocks(directory: Path) -> Iterator[Block]:
    """The blocks of a module as either engine reads it; none of one that does not parse."""
    for dialect in Dialect:
        with suppress(HclError):  # Terraform says what is wrong
            yield from (source.block for source in read_blocks(directory, dialect))


def _add(read: OutputShape, text: str) -> None:
    for path in _OUTPUT.findall(text):
        shape = read
        for step in _STEP.finditer(path):
            shape = shape.at(step[1] or step[2])
    for name in _LIST.findall(text):
        read.at(name).at(None)
