"""An autoscaling group that names no target group has none, though the provider cannot say so."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.engine.provider_proxy.left_empty import leave_empty
from lockgate.engine.provider_proxy.values import UNKNOWN

GROUP = "aws_autoscaling_group"
ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/app/1"


@pytest.mark.parametrize("given", [None, []])
def test_a_new_group_is_registered_with_what_it_names_alone(given: object) -> None:
    """Provider 5.x says "known after apply", also where a conditional comes out empty."""
    planned = {"target_group_arns": UNKNOWN, "load_balancers": UNKNOWN, "id": UNKNOWN}
    config = {"target_group_arns": given, "load_balancers": None}
    assert leave_empty(GROUP, None, config, planned)
    assert planned == {"target_group_arns": [], "load_balancers": [], "id": UNKNOWN}


@pytest.mark.parametrize(
    ("prior", "given", "planned"),
    [
        (None, UNKNOWN, UNKNOWN),
        (None, [ARN], [ARN]),
        (None, [UNKNOWN], [UNKNOWN]),
        ({"id": "app"}, None, UNKNOWN),
    ],
    ids=["not known", "named", "named by a reference", "a group that stands already"],
)
def test_what_is_named_or_stands_already_is_as_the_provider_says(
    prior: Any, given: Any, planned: Any
) -> None:
    state = {"target_group_arns": planned}
    assert not leave_empty(GROUP, prior, {"target_group_arns": given}, state)
    assert state == {"target_group_arns": planned}


def test_other_types_and_what_is_destroyed_are_as_the_provider_says() -> None:
    state = {"target_group_arns": UNKNOWN}
    assert not leave_empty("aws_vpc", None, {}, state)
    assert state == {"target_group_arns": UNKNOWN}
    assert not leave_empty(GROUP, None, {}, None)
