"""What `--plan` names: a file, the files of a directory, or standard input; each of an environment.

Wrappers write a plan for each root module into a directory of its own, as
``live/prod/us-east-1/tfplan.json``: such a file is named after its directory.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lockgate.base.errors import UsageError

STANDARD_INPUT = "-"
_NAMED = re.compile(r"^(?P<environment>[A-Za-z0-9][A-Za-z0-9._-]*)=(?P<place>.+)$")
# What a plan is called when its directory says whose it is.
_NAMELESS = ("plan", "tfplan", "terraform-plan", "plan.out", "tfplan.out")


@dataclass(frozen=True)
class PlanSource:
    """A plan that was handed over.

    ``environment`` is the name that was given with it, or ""; ``name`` is what it is called where
    neither that nor the plan itself says. ``path`` is None for standard input.
    """

    path: Path | None
    name: str
    environment: str = ""

    @property
    def shown(self) -> str:
        """What messages call it."""
        return str(self.path) if self.path else "standard input"

    def read(self) -> bytes:
        """Its content. Raises UsageError if it cannot be read."""
        try:
            return self.path.read_bytes() if self.path else sys.stdin.buffer.read()
        except OSError as error:
            raise UsageError(f"{self.shown} cannot be read: {error.strerror}") from error


def plan_sources(places: Sequence[str]) -> list[PlanSource]:
    """The plans that `--plan` names, in order; a directory stands for every ``*.json`` below it.

    Raises UsageError for a directory without any, and for standard input given twice.
    """
    sources = [source for place in places for source in _sources(place)]
    if sum(source.path is None for source in sources) > 1:
        raise UsageError("--plan - reads standard input, which holds one plan: give it once")
    return _distinct(sources)


def _sources(place: str) -> list[PlanSource]:
    match = None if Path(place).exists() else _NAMED.match(place)
    environment = match.group("environment") if match else ""
    place = match.group("place") if match else place
    if place == STANDARD_INPUT:
        return [PlanSource(None, "plan", environment)]
    path = Path(place)
    if not path.is_dir():
        return [PlanSource(path, _stem(path), environment)]
    files = sorted(file for file in path.rglob("*.json") if file.is_file())
    if not files:
        raise UsageError(
            f"{path} holds no *.json: write each plan there with `terraform show -json PLANFILE`"
        )
    return [PlanSource(file, _below(file, path), environment) for file in files]


def _stem(path: Path) -> str:
    return path.name.removesuffix(".json") or path.name


def _below(file: Path, directory: Path) -> str:
    inside = file.relative_to(directory)
    stem = _stem(inside)
    if stem not in _NAMELESS:
        return (inside.parent / stem).as_posix()
    return stem if inside.parent == Path() else inside.parent.as_posix()


def _distinct(sources: Sequence[PlanSource]) -> list[PlanSource]:
    """The sources with names of their own: where two are called alike, by their paths."""
    counts = Counter(source.name for source in sources)
    return [
        replace(source, name=source.path.as_posix().removesuffix(".json"))
        if counts[source.name] > 1 and source.path
        else source
        for source in sources
    ]
