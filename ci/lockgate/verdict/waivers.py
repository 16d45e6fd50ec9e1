"""Waivers: findings that somebody answers for, until a day.

``waivers.yaml`` at the repository's root lists them. A waiver that is malformed, expired, or for a
rule that cannot be waived waives nothing, and is reported. Time only ever takes waivers away: the
same tree that passes today can fail tomorrow, and the report says so days before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from lockgate.base.paths import WAIVERS_FILE
from lockgate.verdict.verdict import EnvironmentVerdict, Waived
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule_files import RuleFile

ENVIRONMENT = "environment"
"""The address that stands for a finding on the environment as a whole."""

_KEYS = ("rule", "address", "environment", "reason", "owner", "expires")


@dataclass(frozen=True)
class Waiver:
    """One waiver. ``address`` and ``environment`` may hold ``*``; ``expires`` is the last day."""

    line: int
    rule: str
    address: str
    environment: str
    reason: str
    owner: str
    expires: date

    def covers(self, environment: str, rule: str, address: str) -> bool:
        """Tell whether it is meant for a finding (expired or not)."""
        return (
            self.rule == rule
            and _matches(self.environment, environment)
            and _matches(self.address, address or ENVIRONMENT)
        )

    def days_left(self, today: date) -> int:
        """Days until it ends, 0 on the last one; negative when it has expired."""
        return (self.expires - today).days


@dataclass(frozen=True)
class Waivers:
    """The usable waivers of a repository, and why others are not."""

    usable: tuple[Waiver, ...] = ()
    notes: tuple[str, ...] = ()

    def apply(self, verdict: EnvironmentVerdict, today: date) -> EnvironmentVerdict:
        """The verdict with its waived findings marked."""
        findings = []
        for finding in verdict.findings:
            waiver = next(
                (
                    waiver
                    for waiver in self.usable
                    if finding.verdict.blocks
                    and waiver.covers(finding.environment, finding.rule, finding.address)
                ),
                None,
            )
            if waiver is not None:
                waived = Waived(
                    waiver.reason, waiver.owner, waiver.expires, waiver.days_left(today)
                )
                finding = replace(finding, waived=waived)
            findings.append(finding)
        return replace(verdict, findings=tuple(findings))

    def unused(self, verdicts: Sequence[EnvironmentVerdict]) -> list[str]:
        """What to say of waivers that covered nothing in the environments that were judged."""
        judged = {verdict.environment for verdict in verdicts if verdict.findings}
        blocked = [finding for verdict in verdicts for finding in verdict.findings]
        return [
            f"{WAIVERS_FILE}:{waiver.line}: the waiver of {waiver.rule} for {waiver.address} in "
            f"{waiver.environment} covers nothing: remove it"
            for waiver in self.usable
            if any(_matches(waiver.environment, name) for name in judged)
            and not any(
                finding.verdict.blocks
                and waiver.covers(finding.environment, finding.rule, finding.address)
                for finding in blocked
            )
        ]


def of_repository(repository: Path, rules: Iterable[RuleFile], today: date) -> Waivers:
    """The waivers of a repository whose rules are Lockgate's and the checks that run beside."""
    loaded = list(rules)
    known = {*(file.id for file in loaded), *builtin_checks.ON}
    unwaivable = {file.id for file in loaded if file.rule is None or not file.rule.waivable}
    return read_waivers(repository, known, unwaivable, today)


def read_waivers(
    repository: Path, known: Collection[str], unwaivable: Collection[str], today: date
) -> Waivers:
    """Read the waivers of a repository; a file that cannot be read waives nothing and says so.

    ``known`` are the IDs of all rules, ``unwaivable`` those that cannot be waived.
    """
    try:
        text = (repository / WAIVERS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Waivers()
    except (OSError, UnicodeDecodeError) as error:
        return Waivers(notes=(f"{WAIVERS_FILE}: cannot be read, so nothing is waived: {error}",))
    return parse_waivers(text, known, unwaivable, today)


def parse_waivers(
    text: str, known: Collection[str], unwaivable: Collection[str], today: date
) -> Waivers:
    """Parse a waivers file; see ``read_waivers``."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        # Every scalar as text: a date that is none must spoil its own waiver and no other.
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 # it makes only texts
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        note = f"{WAIVERS_FILE}:{line}: not valid YAML, so nothing is waived: {problem}"
        return Waivers(notes=(note,))
    if document in (None, ""):
        return Waivers()
    entries = document.get("waivers") if isinstance(document, dict) else None
    if not isinstance(entries, list) or set(document) - {"version", "waivers"}:
        note = (
            f"{WAIVERS_FILE}:1: must hold the keys version and waivers, a list; nothing is waived"
        )
        return Waivers(notes=(note,))
    lines = _lines(root, len(entries))
    usable: list[Waiver] = []
    notes: list[str] = []
    for line, entry in zip(lines, entries, strict=True):
        waiver = _waiver(line, entry, known, unwaivable)
        if isinstance(waiver, str):
            notes.append(f"{WAIVERS_FILE}:{line}: {waiver}; it waives nothing")
        elif waiver.days_left(today) < 0:
            notes.append(
                f"{WAIVERS_FILE}:{line}: the waiver of {waiver.rule} for {waiver.address} "
                f"({waiver.owner}) expired on {waiver.expires}; it waives nothing"
            )
        else:
            usable.append(waiver)
    return Waivers(tuple(usable), tuple(notes))


def _waiver(
    line: int, entry: object, known: Collection[str], unwaivable: Collection[str]
) -> Waiver | str:
    if not isinstance(entry, dict):
        return "a waiver is a mapping of keys"
    if strange := [str(key) for key in entry if key not in _KEYS]:
        return f"unknown key '{strange[0]}', known are {', '.join(_KEYS)}"
    given = entry.get("expires")
    try:
        expires = date.fromisoformat(str(given or ""))
    except ValueError:
        return f"expires must be a date such as 2026-12-31, not '{given or ''}'"
    texts: dict[str, str] = {}
    for key in _KEYS[:-1]:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            return f"{key} is missing or no text"
        texts[key] = value.strip()
    if texts["rule"] not in known:
        return f"there is no rule '{texts['rule']}'"
    if texts["rule"] in unwaivable:
        return f"{texts['rule']} cannot be waived: without it the other rules mean nothing"
    return Waiver(line=line, expires=expires, **texts)


def _lines(root: yaml.Node | None, count: int) -> list[int]:
    """The line of each entry of ``waivers``."""
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "waivers" and isinstance(value, yaml.SequenceNode):
                return [node.start_mark.line + 1 for node in value.value]
    return [1] * count


def _matches(pattern: str, text: str) -> bool:
    """A glob with ``*`` alone: addresses hold brackets, which other globs take for sets."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text) is not None
