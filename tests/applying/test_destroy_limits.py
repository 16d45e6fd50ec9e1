"""What may be destroyed without a word, and what an approval covers."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.applying.destroy_limits import Approval, destroyed, unapproved
from lockgate.repository.pipeline_settings import PipelineSettings

SETTINGS = PipelineSettings(maximum_destroyed=1, protected_types=("aws_s3_bucket",))


def _plan(*changes: tuple[str, list[str]]) -> dict[str, Any]:
    return {
        "resource_changes": [
            {"address": address, "type": address.split(".")[0], "change": {"actions": actions}}
            for address, actions in changes
        ]
    }


def _names(plan: dict[str, Any], *approvals: Approval) -> list[str]:
    return [each.name for each in unapproved(plan, SETTINGS, approvals)]


@pytest.mark.parametrize("actions", [["delete"], ["delete", "create"], ["create", "delete"]])
def test_a_protected_type_needs_an_approval(actions: list[str]) -> None:
    assert _names(_plan(("aws_s3_bucket.a", actions))) == ["aws_s3_bucket.a"]


def test_up_to_the_maximum_may_go_and_beyond_it_all_need_an_approval() -> None:
    one = ("aws_ssm_parameter.a", ["delete"])
    two = ("aws_ssm_parameter.b", ["delete"])
    assert _names(_plan(one)) == []
    assert _names(_plan(one, two)) == ["aws_ssm_parameter.a", "aws_ssm_parameter.b"]


def test_an_approval_covers_exactly_its_addresses() -> None:
    plan = _plan(("aws_s3_bucket.a", ["delete"]), ("aws_s3_bucket.b", ["delete"]))
    assert _names(plan, Approval("ann: moved", ("aws_s3_bucket.a",))) == ["aws_s3_bucket.b"]


def test_forgetting_and_updating_destroy_nothing() -> None:
    plan = _plan(("aws_s3_bucket.a", ["forget"]), ("aws_s3_bucket.b", ["update"]))
    assert destroyed(plan) == ()


def test_an_approval_of_an_object_does_not_cover_its_deposed_one() -> None:
    plan = _plan(("aws_s3_bucket.a", ["delete"]))
    plan["resource_changes"][0]["deposed"] = "1234"
    approval = Approval("ann: moved", ("aws_s3_bucket.a",))
    assert _names(plan, approval) == ["aws_s3_bucket.a (deposed 1234)"]
