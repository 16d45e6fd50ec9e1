"""What the pipeline may do, and in which order: the key ``pipeline`` of ``lockgate.yaml``.

Every key is described in docs/settings.md and in the JSON schema made from ``PipelineSettings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lockgate.base.errors import UsageError
from lockgate.base.paths import LOOK_UPS
from lockgate_policies.model.setting_fields import Key, keys, problem, setting

SETTINGS_FILE = "lockgate.yaml"
# A plan that waits longer than this was reviewed against a world that has moved on.
MAXIMUM_LIFETIME_HOURS = 24 * 30
# What `lockgate drill --time-scale` takes.
MAXIMUM_TIME_SCALE = 60


USED_BY_SOME_PIPELINES = (
    "ci/",
    "policies/",
    "scripts/",
    "requirements/",
    "Makefile",
    "pyproject.toml",
)
"""Of the protected paths, those that are only protected by default where the pipeline uses them."""


@dataclass(frozen=True)
class PipelineSettings:
    """The settings of the pipeline; every one has a default.

    ``promotion`` holds stages in their order; the environments of one stage are applied in
    parallel. ``plan_lifetime_hours`` is in hours.
    """

    promotion: tuple[tuple[str, ...], ...] = setting(
        (), "Stages in their order, each a list of environments that are applied in parallel."
    )
    providers: tuple[str, ...] = setting(
        ("hashicorp/aws",), "Sources of the providers that a pull request may use."
    )
    modules: tuple[str, ...] = setting(
        (), "Beginnings of the module sources that are allowed besides local paths."
    )
    hosts: tuple[str, ...] = setting(
        ("registry.terraform.io",), "Hosts that the sources of providers and modules may name."
    )
    protected_paths: tuple[str, ...] = setting(
        (
            ".github/",
            ".gitlab-ci.yml",
            "lockgate.yaml",
            f"{LOOK_UPS}/",
            "waivers.yaml",
            *USED_BY_SOME_PIPELINES,
        ),
        "Files, and directories with a final slash, that need the label to be changed.",
    )
    protected_paths_label: str = setting(
        "lockgate-pipeline-change",
        "The label that lets a pull request change protected paths.",
        required_text=True,
    )
    maximum_destroyed: int = setting(
        3, "How many resources an apply may destroy or replace without an approval.", minimum=0
    )
    protected_types: tuple[str, ...] = setting(
        (
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
        ),
        "Resource types that are never destroyed or replaced without an approval.",
    )
    plan_lifetime_hours: int = setting(
        24, "Hours after which a sealed plan is refused.", minimum=1, maximum=MAXIMUM_LIFETIME_HOURS
    )
    verify_with_drill: tuple[str, ...] = setting(
        (), "Environments whose promotion ends with a failover drill."
    )
    drill_time_scale: int = setting(
        1,
        "Seconds that pass in a real one in these drills on the embedded AWS.",
        minimum=1,
        maximum=MAXIMUM_TIME_SCALE,
    )


def read_pipeline_settings(document: object) -> PipelineSettings:
    """The pipeline's settings from the whole (parsed) settings document.

    Raises UsageError for an unknown key, a wrong type or a value out of bounds.
    """
    given = document.get("pipeline") if isinstance(document, dict) else None
    if given is None:
        return PipelineSettings()
    if not isinstance(given, dict):
        raise _wrong("pipeline", "must be a mapping of keys")
    known = {name: (default, key) for name, default, key in keys(PipelineSettings)}
    for name in given:
        if name not in known:
            raise _wrong("pipeline", f"unknown key '{name}', known are {', '.join(known)}")
    values: dict[str, Any] = {
        name: _read(f"pipeline.{name}", value, *known[name]) for name, value in given.items()
    }
    return PipelineSettings(**values)


def _read(where: str, value: object, default: object, key: Key) -> object:
    if where == "pipeline.promotion":
        return _stages(value)
    if isinstance(default, tuple):
        return _texts(where, value)
    if wrong := problem(key, default, value):
        raise _wrong(where, wrong)
    return value


def _texts(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
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
