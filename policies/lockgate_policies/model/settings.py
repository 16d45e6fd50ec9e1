"""What an environment promises: its regions, its recovery budget, the share it must keep.

The repository's ``lockgate.yaml`` gives defaults and, per environment, what differs from them.
Every key is described in docs/settings.md and in the JSON schema made from ``Settings``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from .setting_fields import keys, problem, setting
from .strategy import Strategy

REGION_PATTERN = r"^(?:[a-z]{2,}-)+[a-z]+-\d$"
_REGION_EXAMPLE = "region name such as us-east-1"
STRATEGIES = tuple(strategy.value for strategy in Strategy)

# Where an environment stands and what it is planned with; the toolkit reads and checks these.
PLACE_KEYS = (
    *("directory", "roots", "var_files", "variables", "workspace", "backend_config"),
    *("terraform", "unknown_variables"),
)


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

    primary_region: str = setting(
        "us-east-1",
        "The AWS region that serves while all is well.",
        pattern=REGION_PATTERN,
        example=_REGION_EXAMPLE,
    )
    secondary_region: str = setting(
        "us-west-2",
        "The AWS region that takes over.",
        pattern=REGION_PATTERN,
        example=_REGION_EXAMPLE,
    )
    strategy: str = setting(
        "",
        "What the environment is for; nothing: it is read from the plan, and never lowers the bar.",
        pattern=rf"^(|{'|'.join(STRATEGIES)})$",
        example=f"strategy, write one of {', '.join(STRATEGIES)}",
    )
    production: bool = setting(False, "Whether the rules for production environments apply.")
    recovery_time_objective: int = setting(
        300,
        "RTO in seconds: detection (interval x threshold) plus TTL must not exceed it.",
        minimum=1,
        unit="second",
    )
    recovery_point_objective: int = setting(
        900,
        "RPO in seconds: what the replication of every data store must promise at most to lose.",
        minimum=0,
        unit="seconds",
    )
    secondary_capacity_share: float = setting(
        1.0,
        "The share (0 to 1) of the primary's capacity that the secondary must hold.",
        minimum=0,
        maximum=1,
    )
    recorded_look_ups_maximum_days: int = setting(
        90,
        "After how many days look-ups that `lockgate record` wrote are too old to judge by.",
        minimum=1,
        unit="day",
    )
    backup_retention_days: int = setting(
        7,
        "How many days database backups are kept at least.",
        minimum=1,
        maximum=35,
        unit="days",
    )
    provider: str = setting(
        "",
        "The AWS provider to plan with: a version, `bundled`, or nothing: as the HCL asks.",
        pattern=r"^(|bundled|\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)$",
        example="version such as 5.100.0, nor bundled",
    )

    @property
    def promised_share(self) -> float | None:
        """The share that the secondary must hold; None for a warm standby of any size but zero.

        A warm standby runs less than all, and how much less is only promised where it is said.
        """
        warm = self.strategy == Strategy.WARM_STANDBY.value
        return (
            None if warm and self.secondary_capacity_share == 1 else self.secondary_capacity_share
        )


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
    # One of an environment's root modules promises what the environment does.
    environment = environment.partition("/")[0]
    # What is said of one environment counts more than what is said of many.
    for name, own in sorted(environments.items(), key=lambda entry: "*" not in str(entry[0])):
        judging, where = _judged_by(own), f"environments.{name}"
        _apply(settings, judging, where)
        if fnmatchcase(environment, str(name)):
            mine = _apply(mine, judging, where)
    return mine


def _judged_by(own: object) -> object:
    if not isinstance(own, dict):
        return own
    return {key: value for key, value in own.items() if key not in PLACE_KEYS}


def _apply(base: Settings, overrides: object, where: str) -> Settings:
    if overrides is None:
        return base
    if not isinstance(overrides, dict):
        raise SettingsError(f"{where}: must be a mapping of keys")
    known = {name: (default, key) for name, default, key in keys(Settings)}
    changes: dict[str, Any] = {}
    for name, given in overrides.items():
        if name not in known:
            raise SettingsError(f"{where}: unknown key '{name}', known are {', '.join(known)}")
        default, key = known[name]
        whole_number = isinstance(given, int) and not isinstance(given, bool)
        value = float(given) if isinstance(default, float) and whole_number else given
        if wrong := problem(key, default, value):
            raise SettingsError(f"{where}.{name}: {wrong}")
        changes[name] = value
    changed = _with_two_regions(replace(base, **changes), overrides)
    if changed.primary_region == changed.secondary_region:
        raise SettingsError(
            f"{where}: primary_region and secondary_region are both '{changed.primary_region}'"
        )
    return changed


def _with_two_regions(settings: Settings, given: dict[str, Any]) -> Settings:
    """Let a default give way to the other region, where only that one is said."""
    default = Settings()
    if settings.primary_region != settings.secondary_region:
        return settings
    if "secondary_region" not in given and settings.secondary_region == default.secondary_region:
        return replace(settings, secondary_region=default.primary_region)
    if "primary_region" not in given and settings.primary_region == default.primary_region:
        return replace(settings, primary_region=default.secondary_region)
    return settings
