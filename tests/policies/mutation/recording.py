"""Copies the reference, puts a fault in, and keeps the plans of the copies small.

A copy is ``envs/prod``, ``modules`` and ``lockgate.yaml`` of this repository and the HCL in
``reference/``. The plans of all copies are kept in two archives, one for each kind of plan, each
with the sha256 of the files that it was made from, so that a plan of yesterday's HCL is noticed.
One archive for many, because they are nearly alike: together they take little more room than one.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lockgate.base import paths
from tests.policies.mutation.mutants import SUPPORT, Mutant
from tests.policies.mutation.variants import Variant
from tests.policies.recorded_plans import PLAN, RESOLVED

HERE = Path(__file__).resolve().parent
ROOT = paths.repository_root(HERE)
ARCHIVES = {PLAN: HERE / "plans.json.xz", RESOLVED: HERE / "resolved_plans.json.xz"}
ENVIRONMENT = "prod"
REFERENCE = "reference"
_LOCAL_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"]+)"', re.MULTILINE)


class FaultError(ValueError):
    """A fault that cannot be put in: its text does not stand in the file exactly once."""


@dataclass(frozen=True)
class Subject:
    """The reference, the reference with one fault, or another way to write the reference."""

    mutant: Mutant | None = None
    variant: Variant | None = None
    kind: str = PLAN

    @property
    def slug(self) -> str:
        """The name of its plan, which says how it was planned."""
        return self.name if self.kind == PLAN else f"{self.kind}--{self.name}"

    @property
    def name(self) -> str:
        """What it is, however it was planned."""
        if self.mutant is not None:
            return f"{self.mutant.rule.lower()}--{_words(self.mutant.name)}"
        return REFERENCE if self.variant is None else f"variant--{_words(self.variant.name)}"

    @cached_property
    def files(self) -> dict[str, str]:
        """The texts of its files by path. Raises FaultError."""
        files = dict(_reference_files())
        if self.variant is not None:
            for file, old, new in self.variant.edits:
                _put(files, file, old, new, self.variant.name)
        if self.mutant is None:
            return files
        _put(files, self.mutant.file, self.mutant.old, self.mutant.new, self.mutant.name)
        if self.mutant.name in SUPPORT:
            file, text = SUPPORT[self.mutant.name]
            _put(files, file, "", text, self.mutant.name)
        return files

    @cached_property
    def sources(self) -> str:
        """The sha256 of its files."""
        digest = hashlib.sha256()
        for name, text in sorted(self.files.items()):
            digest.update(f"{name}\n{len(text)}\n{text}".encode())
        return digest.hexdigest()

    def write(self, place: Path) -> Path:
        """Write its files below a directory; return its root module."""
        for name, text in self.files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return place / "envs" / ENVIRONMENT

    def load(self) -> dict[str, Any]:
        """The plan that was kept. Raises KeyError if there is none."""
        return kept_plans(self.kind)[self.name]

    @property
    def current(self) -> bool:
        """Tell whether a plan is kept that was made of the files as they are."""
        kept = kept_plans(self.kind).get(self.name)
        return kept is not None and bool(kept["lockgate"]["recorded_from"] == self.sources)


@cache
def kept_plans(kind: str = PLAN) -> dict[str, dict[str, Any]]:
    """The plans in the archive of a kind, by the name of their subject."""
    archive = ARCHIVES[kind]
    if not archive.is_file():
        return {}
    plans: dict[str, dict[str, Any]] = json.loads(lzma.decompress(archive.read_bytes()))
    return plans


def keep_plans(kind: str, plans: dict[str, dict[str, Any]]) -> None:
    """Write the archive of a kind anew; the same plans always give the same bytes."""
    text = json.dumps(plans, sort_keys=True, separators=(",", ":"))
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 64 * 2**20}]
    ARCHIVES[kind].write_bytes(lzma.compress(text.encode(), filters=filters))
    kept_plans.cache_clear()


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _reference_files() -> dict[str, str]:
    files: dict[str, str] = {}
    # A module that prod does not use changes nothing here.
    waiting, seen = [ROOT / "envs" / ENVIRONMENT], set[Path]()
    while waiting:
        directory = waiting.pop()
        if directory in seen:
            continue
        seen.add(directory)
        for path in directory.glob("*.tf"):
            text = path.read_text(encoding="utf-8")
            files[path.relative_to(ROOT).as_posix()] = text
            waiting += [(directory / each).resolve() for each in _LOCAL_SOURCE.findall(text)]
    for path in (HERE / REFERENCE).glob("*.tf"):
        files[f"envs/{ENVIRONMENT}/{path.name}"] = path.read_text(encoding="utf-8")
    files["lockgate.yaml"] = (ROOT / "lockgate.yaml").read_text(encoding="utf-8")
    return files


def _put(files: dict[str, str], file: str, old: str, new: str, name: str) -> None:
    text = files.get(file, "")
    if not old:
        files[file] = text + new
        return
    if old.startswith("all:"):
        files[file] = text.replace(old[4:], new)
        return
    if text.count(old) != 1:
        raise FaultError(f"{name}: its text stands {text.count(old)} times in {file}")
    files[file] = text.replace(old, new)
