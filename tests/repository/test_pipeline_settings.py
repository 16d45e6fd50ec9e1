"""Somebody writes down what the pipeline may do, and makes slips on the way."""

from __future__ import annotations

import pytest

from lockgate.base.errors import UsageError
from lockgate.repository.pipeline_settings import PipelineSettings, read_pipeline_settings


def test_every_key_has_a_default() -> None:
    documents: list[object] = [None, {}, {"pipeline": None}, {"pipeline": {}}]
    for nothing in documents:
        assert read_pipeline_settings(nothing) == PipelineSettings()


def test_a_stage_of_one_environment_needs_no_list() -> None:
    document = {"pipeline": {"promotion": ["dev", ["blue", "green"], ["prod"]]}}
    assert read_pipeline_settings(document).promotion == (("dev",), ("blue", "green"), ("prod",))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "pipeline: must be a mapping of keys"),
        ({"promote": []}, "unknown key 'promote', known are promotion, providers"),
        ({"promotion": "dev"}, "pipeline.promotion: must be a list of stages"),
        ({"promotion": [[]]}, "pipeline.promotion: holds a stage without an environment"),
        ({"promotion": [["dev", 3]]}, r"pipeline.promotion\[0\]: must be a list of texts"),
        ({"promotion": ["dev", "dev"]}, "names the environment 'dev' more than once"),
        ({"providers": "hashicorp/aws"}, "pipeline.providers: must be a list of texts"),
        ({"hosts": [""]}, "pipeline.hosts: must be a list of texts"),
        ({"maximum_destroyed": -1}, "pipeline.maximum_destroyed: must not be negative"),
        ({"maximum_destroyed": True}, "must be a whole number, not True"),
        ({"plan_lifetime_hours": 0}, "pipeline.plan_lifetime_hours: must lie between 1 and 720"),
        ({"drill_time_scale": 61}, "pipeline.drill_time_scale: must lie between 1 and 60"),
        ({"protected_paths_label": 7}, "must be a text, not 7"),
        ({"protected_paths_label": ""}, "pipeline.protected_paths_label: must not be empty"),
    ],
)
def test_a_slip_is_named(given: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_pipeline_settings({"pipeline": given})
