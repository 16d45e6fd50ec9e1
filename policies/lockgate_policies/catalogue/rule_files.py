"""Finds the rules: every ``rules/<family>/lg_<family>_<n>.py`` defines one, as ``RULE``."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .rule import Rule

_RULES = Path(__file__).resolve().parent.parent / "rules"
_FILE = re.compile(r"^lg_[a-z]+_\d+$")


@dataclass(frozen=True)
class RuleFile:
    """A rule's file: the ID it promises, and the rule or the reason why there is none."""

    id: str
    path: Path
    rule: Rule | None
    error: str = ""


def rule_paths(directory: Path = _RULES) -> list[Path]:
    """The rule files of a policies directory, ordered by family and number."""
    rule_paths = [path for path in directory.glob("*/lg_*.py") if _FILE.match(path.stem)]
    return sorted(rule_paths, key=lambda path: (path.parent.name, int(path.stem.rsplit("_", 1)[1])))


def rule_id(path: Path) -> str:
    """The ID that a rule file must define: ``LG_REGION_1`` for ``lg_region_1.py``."""
    return path.stem.upper()


def load_rules() -> list[RuleFile]:
    """Import every rule; a file that cannot be imported keeps its place, with the reason."""
    return list(_load())


def _load() -> Iterator[RuleFile]:
    package = __name__.rsplit(".", 2)[0]
    for path in rule_paths():
        name = f"{package}.rules.{path.parent.name}.{path.stem}"
        try:
            rule = importlib.import_module(name).RULE
            if not isinstance(rule, Rule) or rule.id != rule_id(path):
                raise TypeError(f"RULE must be a Rule with the ID {rule_id(path)}")
        except Exception as error:  # whatever a rule file does wrong, the gate must say it
            yield RuleFile(rule_id(path), path, None, f"{type(error).__name__}: {error}")
        else:
            yield RuleFile(rule.id, path, rule)
