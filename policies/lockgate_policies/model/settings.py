"""What an environment promises: its regions, its recovery budget, the share it must keep.

The repository's ``lockgate.yaml`` gives defaults and, per environment, what differs from them.
Every key is described in docs/settings.md and in the JSON schema made from ``FIELDS``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

REGION_PATTERN = r"^(?:[a-z]{2,}-)+[a-z]+-\d$"
_REGION = re.compile(REGION_PATTERN)


class SettingsError(ValueError):
    """The settings are not usable; the message names the key, what it holds and what it may."""


@dataclass(frozen=True)
class Settings:
    """The settings of one environment.

    ``recovery_time_objective`` is in seconds: the longest time for which the service's name may
    lead to a lost region. ``secondary_capacity_share`` is the part of the primary's capacity that
    the secondary region must hold before anything happens (1.0: static stability, nothing has to
    scale when a region is lost; less: a warm standby). ``recovery_point_objective`` is in seconds
    too: how much of the newest data may be lost with a region.
    """

    primary_region: str = "us-east-1"
    secondary_region: str = "us-west-2"
    production: bool = False
    recovery_time_objective: int = 300
    recovery_point_objective: int = 900
    secondary_capacity_share: float = 1.0
    backup_retention_days: int = 7


DESCRIPTIONS = {
    "primary_region": "The AWS region that serves while all is well.",
    "secondary_region": "The AWS region that takes over.",
    "production": "Whether the rules for production environments apply.",
    "recovery_time_objective": (
        "RTO in seconds: detection (interval x threshold) plus TTL must not exceed it."
    ),
    "recovery_point_objective": (
        "RPO in seconds: what the replication of every data store must promise at most to lose."
    ),
    "secondary_capacity_share": (
        "The share (0 to 1) of the primary's capacity that the secondary must hold."
    ),
    "backup_retention_days": "How many days database backups are kept at least.",
}


def parse_settings(document: object, environment: str) -> Settings:
    """The settings of one environment from the whole (parsed) settings document.

    Raises SettingsError for an unknown key, a wrong type or a value out of bounds.
    """
    if document is None:
        document = {}
    if not isinstance(document, dict):
        raise SettingsError("the settings must be a mapping of keys")
    # What the pipeline does is of no concern to rules; the toolkit reads and checks that part.
    known = {"version", "defaults", "environments", "pipeline"}
    for key in document:
        if key not in known:
            raise SettingsError(f"unknown key '{key}': known are {', '.join(sorted(known))}")
    if document.get("version", 1) != 1:
        raise SettingsError(f"version: {document['version']!r} is not known, write 1")
    settings = _apply(Settings(), document.get("defaults"), "defaults")
    environments = document.get("environments")
    if environments is None:
        environments = {}
    if not isinstance(environments, dict):
        raise SettingsError("environments: must map environment names to their settings")
    mine = settings
    for name, own in environments.items():
        checked = _apply(settings, own, f"environments.{name}")
        if name == environment:
            mine = checked
    return mine


def _apply(base: Settings, overrides: object, where: str) -> Settings:
    if overrides is None:
        return base
    if not isinstance(overrides, dict):
        raise SettingsError(f"{where}: must be a mapping of keys")
    kinds = {field.name: type(getattr(base, field.name)) for field in fields(Settings)}
    changes: dict[str, Any] = {}
    for key, value in overrides.items():
        if key not in kinds:
            raise SettingsError(f"{where}: unknown key '{key}', known are {', '.join(kinds)}")
        kind = kinds[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not kind:
            raise SettingsError(f"{where}.{key}: must be {_WORDS[kind]}, not {value!r}")
        changes[key] = value
    changed = replace(base, **changes)
    for key in ("primary_region", "secondary_region"):
        if not _REGION.match(getattr(changed, key)):
            raise SettingsError(
                f"{where}.{key}: '{getattr(changed, key)}' is no region name such as us-east-1"
            )
    if changed.primary_region == changed.secondary_region:
        raise SettingsError(
            f"{where}: primary_region and secondary_region are both '{changed.primary_region}'"
        )
    if changed.recovery_time_objective < 1:
        raise SettingsError(f"{where}.recovery_time_objective: must be at least 1 (second)")
    if changed.recovery_point_objective < 0:
        raise SettingsError(f"{where}.recovery_point_objective: must not be negative (seconds)")
    if not 0 <= changed.secondary_capacity_share <= 1:
        raise SettingsError(f"{where}.secondary_capacity_share: must lie between 0 and 1")
    if not 1 <= changed.backup_retention_days <= 35:
        raise SettingsError(f"{where}.backup_retention_days: must lie between 1 and 35 (days)")
    return changed


_WORDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}
