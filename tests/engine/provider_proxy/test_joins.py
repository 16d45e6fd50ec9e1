"""A look-up is planned again only for what it can be joined to."""

from __future__ import annotations

import pytest

from lockgate.engine.provider_proxy.joins import Joins, LookUp
from lockgate.engine.provider_proxy.made_up import Pass


def offered(count: int) -> Joins:
    """A look-up of a VPC by its name that found nothing, and then so many of that name."""
    joins = Joins()
    look_up = LookUp("names", "aws_vpc", "us-east-1", {"tags": {"Name": "main"}})
    assert joins.data(look_up, Pass.RESOLVED) is None
    for number in range(count):
        values = {"id": f"vpc-{number}", "tags": {"Name": "main"}}
        joins.add("network", "aws_vpc", "us-east-1", values, values)
    return joins


@pytest.mark.parametrize(("count", "again"), [(0, False), (1, True), (2, False)])
def test_one_that_fits_is_worth_another_plan_and_two_are_not(count: int, again: bool) -> None:
    assert offered(count).joinable("names") is again


def test_a_list_takes_all_that_fit() -> None:
    joins = offered(0)
    asked = LookUp("names", "aws_vpcs", "us-east-1", {"tags": {"Name": "main"}})
    assert joins.identifiers(asked, "aws_vpc", Pass.RESOLVED) is None
    for number in range(2):
        values = {"id": f"vpc-{number}", "tags": {"Name": "main"}}
        joins.add("network", "aws_vpc", "us-east-1", values, values)
    assert joins.joinable("names")
    assert joins.identifiers(asked, "aws_vpc", Pass.RESOLVED) == ["vpc-0", "vpc-1"]
