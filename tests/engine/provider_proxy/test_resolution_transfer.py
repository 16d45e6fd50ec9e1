"""A plan against an account takes from a resolved one what holds there."""

from __future__ import annotations

from typing import Any

from lockgate.engine.provider_proxy.resolution_transfer import transfer

RECORD = "aws_route53_record.www"
LEADS = {"address": "aws_lb.east", "attribute": "dns_name", "whole": True}
RESOLUTION: dict[str, Any] = {
    "version": 1,
    "provider": "hashicorp/aws 5.100.0",
    "regions": {"aws_lb.east": "us-east-1", RECORD: "us-east-1", "aws_lb.gone": "us-west-2"},
    "references": {RECORD: {"alias.0.name": [LEADS]}, "aws_lb.gone": {"subnets.0": [LEADS]}},
    "outputs": {"name": [LEADS]},
    "looked_up": {"data.aws_vpc.main": {"id": True}},
}


def _plan(record: dict[str, Any], balancer: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource_changes": [
            {"address": RECORD, "change": {"after": record}},
            {"address": "aws_lb.east", "change": {"after": balancer}},
        ]
    }


def test_what_the_plan_does_not_know_either_keeps_its_references() -> None:
    moved = transfer(RESOLUTION, _plan({"alias": [{}]}, {}))
    assert moved["references"] == {RECORD: {"alias.0.name": [LEADS]}}
    assert moved["outputs"] == {"name": [LEADS]}
    assert moved["regions"] == {"aws_lb.east": "us-east-1", RECORD: "us-east-1"}
    assert moved["looked_up"] == {}


def test_a_known_value_must_be_that_of_what_it_leads_to() -> None:
    own = {"alias": [{"name": "east-1.elb.amazonaws.com"}]}
    same = transfer(RESOLUTION, _plan(own, {"dns_name": "east-1.elb.amazonaws.com"}))
    assert same["references"] == {RECORD: {"alias.0.name": [LEADS]}}
    other = transfer(RESOLUTION, _plan(own, {"dns_name": "east-2.elb.amazonaws.com"}))
    assert other["references"] == {}


def test_a_key_may_have_dots_in_it() -> None:
    tagged = {**RESOLUTION, "references": {RECORD: {"tags.a.b": [LEADS]}}}
    plan = _plan({"tags": {"a.b": "x"}}, {"dns_name": "y"})
    assert transfer(tagged, plan)["references"] == {}
