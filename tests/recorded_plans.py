"""Recorded plans: small root modules, each with the plan that the real engine made of it.

Beside a fixture's ``main.tf`` (and its own modules, and perhaps a ``lockgate.yaml``) stands its
``plan.json``, written by ``scripts/record_plans.py``. Tests judge that file, and need no engine.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = "environment"

_EXPECT = re.compile(r"^# expect: (\S.*)$")


@dataclass(frozen=True)
class Fixture:
    """A root module with a recorded plan."""

    directory: Path

    @property
    def name(self) -> str:
        """What its plan is called: ``LG_REGION_1-passing`` for ``LG_REGION_1/passing``."""
        return f"{self.directory.parent.name}-{self.directory.name}"

    @property
    def plan(self) -> Path:
        """The recorded plan, whether it is there or not."""
        return self.directory / "plan.json"

    @property
    def settings(self) -> Path:
        """The settings, whether it has any or not."""
        return self.directory / "lockgate.yaml"

    @cached_property
    def sources(self) -> str:
        """The sha256 of the HCL and the settings that the plan comes from."""
        digest = hashlib.sha256()
        for path in sorted([*self.directory.rglob("*.tf"), self.settings]):
            if path.is_file():
                text = path.read_bytes()
                name = path.relative_to(self.directory).as_posix()
                digest.update(f"{name}\n{len(text)}\n".encode() + text)
        return digest.hexdigest()

    @property
    def current(self) -> bool:
        """Tell whether the plan was recorded from the HCL and the settings as they are."""
        try:
            document: dict[str, Any] = json.loads(self.plan.read_bytes())
            recorded = document["lockgate"]["recorded_from"]
        except (OSError, ValueError, KeyError):
            return False
        return bool(recorded == self.sources)

    @property
    def expected(self) -> tuple[str, ...]:
        """What must be found wrong with it, by its first comments ``# expect: <address>``.

        ``""`` stands for the environment as a whole, as it does in findings.
        """
        addresses: list[str] = []
        for line in (self.directory / "main.tf").read_text("utf-8").splitlines():
            match = _EXPECT.match(line)
            if match is None:
                break
            addresses.append("" if match.group(1) == ENVIRONMENT else match.group(1))
        return tuple(addresses)


def fixtures_in(directory: Path) -> list[Fixture]:
    """The fixtures in a directory, itself included; a fixture's own modules are none."""
    found: list[Fixture] = []
    for main in sorted(directory.rglob("main.tf"), key=lambda path: path.parts):
        if not any(main.parent.is_relative_to(known.directory) for known in found):
            found.append(Fixture(main.parent))
    return found
