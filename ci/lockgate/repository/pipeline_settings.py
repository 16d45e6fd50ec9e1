"""What the pipeline may do, and in which order: the key ``pipeline`` of ``lockgate.yaml``.

Every key is described in docs/settings.md and in the JSON schema made from ``DESCRIPTIONS``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from lockgate.base.errors import UsageError

SETTINGS_FILE = "lockgate.yaml"
# A plan that waits longer than this was reviewed against a world that has moved on.
MAXIMUM_LIFETIME_HOURS = 24 * 30
# What `lockgate drill --time-scale` takes.
MAXIMUM_TIME_SCALE = 60


@dataclass(frozen=True)
class PipelineSettings:
    """The settings of the pipeline; every one has a default.

    ``promotion`` holds stages in their order; the environments of one stage are applied in
    parallel. ``plan_lifetime_hours`` is in hours.
    """

    promotion: tuple[tuple[str, ...], ...] = ()
    providers: tuple[str, ...] = ("hashicorp/aws",)
    modules: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ("registry.terraform.io",)
    protected_paths: tuple[str, ...] = (
        ".github/",
        ".gitlab-ci.yml",
        "ci/",
        "policies/",
        "scripts/",
        "requirements/",
        "lockgate.yaml",
        "waivers.yaml",
        "Makefile",
        "pyproject.toml",
    )
    protected_paths_label: str = "lockgate-pipeline-change"
    maximum_destroyed: int = 3
    protected_types: tuple[str, ...] = (
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_dynamodb_table",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_kms_key",
        "aws_neptune_cluster",
        "aws_rds_cluster",
        "aws_rds_global_cluster",
        "aws_route53_zone",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
    )
    plan_lifetime_hours: int = 24
    verify_with_drill: tuple[str, ...] = ()
    drill_time_scale: int = 1


DESCRIPTIONS = {
    "promotion": (
        "Stages in their order, each a list of environments that are applied in parallel."
    ),
    "providers": "Sources of the providers that a pull request may use.",
    "modules": "Beginnings of the module sources that are allowed besides local paths.",
    "hosts": "Hosts that the sources of providers and modules may name.",
    "protected_paths": (
        "Files, and directories with a final slash, that need the label to be changed."
    ),
    "protected_paths_label": "The label that lets a pull request change protected paths.",
    "maximum_destroyed": "How many resources an apply may destroy or replace without an approval.",
    "protected_types": "Resource types that are never destroyed or replaced without an approval.",
    "plan_lifetime_hours": "Hours after which a sealed plan is refused.",
    "verify_with_drill": "Environments whose promotion ends with a failover drill.",
    "drill_time_scale": "Seconds that pass in a real one in these drills on the embedded AWS.",
}


def read_pipeline_settings(document: object) -> PipelineSettings:
    """The pipeline's settings from the whole (parsed) settings document.

    Raises UsageError for an unknown key, a wrong type or a value out of bounds.
    """
    given = document.get("pipeline") if isinstance(document, dict) else None
    if given is None:
        return PipelineSettings()
    if not isinstance(given, dict):
        raise _wrong("pipeline", "must be a mapping of keys")
    defaults = {field.name: field.default for field in fields(PipelineSettings)}
    for key in given:
        if key not in defaults:
            raise _wrong("pipeline", f"unknown key '{key}', known are {', '.join(defaults)}")
    values: dict[str, Any] = {
        key: _read(f"pipeline.{key}", value, defaults[key]) for key, value in given.items()
    }
    if "promotion" in given:
        values["promotion"] = _stages(given["promotion"])
    settings = PipelineSettings(**values)
    if settings.maximum_destroyed < 0:
        raise _wrong("pipeline.maximum_destroyed", "must not be negative")
    if not 1 <= settings.plan_lifetime_hours <= MAXIMUM_LIFETIME_HOURS:
        raise _wrong(
            "pipeline.plan_lifetime_hours", f"must lie between 1 and {MAXIMUM_LIFETIME_HOURS}"
        )
    if not 1 <= settings.drill_time_scale <= MAXIMUM_TIME_SCALE:
        raise _wrong("pipeline.drill_time_scale", f"must lie between 1 and {MAXIMUM_TIME_SCALE}")
    if not settings.protected_paths_label:
        raise _wrong("pipeline.protected_paths_label", "must not be empty")
    return settings


def _read(where: str, value: object, default: object) -> object:
    if where == "pipeline.promotion":
        return value
    if isinstance(default, tuple):
        return _texts(where, value)
    if type(value) is not type(default):
        word = "a whole number" if isinstance(default, int) else "a text"
        raise _wrong(where, f"must be {word}, not {value!r}")
    return value


def _texts(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise _wrong(where, f"must be a list of texts, not {value!r}")
    return tuple(value)


def _stages(value: object) -> tuple[tuple[str, ...], ...]:
    where = "pipeline.promotion"
    if not isinstance(value, list):
        raise _wrong(where, "must be a list of stages, such as [[dev], [staging], [prod]]")
    stages = tuple(
        (stage,) if isinstance(stage, str) and stage else _texts(f"{where}[{number}]", stage)
        for number, stage in enumerate(value)
    )
    if not all(stages):
        raise _wrong(where, "holds a stage without an environment")
    named = [name for stage in stages for name in stage]
    for name in named:
        if named.count(name) > 1:
            raise _wrong(where, f"names the environment '{name}' more than once")
    return stages


def _wrong(where: str, what: str) -> UsageError:
    return UsageError(f"{SETTINGS_FILE}: {where}: {what}. Every key: docs/settings.md")
