"""Which health checks a drill on a real account would invert, and which it would not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lockgate.base.errors import PolicyError, UsageError
from lockgate.drill.answers import RecordSet
from lockgate.drill.live_plan import live_plan, request_to
from lockgate.drill.records import (
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    LoadBalancer,
    Record,
    Role,
)
from lockgate.drill.zone_model import ZoneModel, zone_model

EAST, WEST = "east.elb.example", "west.elb.example"
BALANCERS = [
    LoadBalancer(EAST, "us-east-1", frozenset({80})),
    LoadBalancer(WEST, "us-west-2", frozenset({80})),
]
CHECK = EndpointCheck("one", "HTTP", EAST, 80, "/healthz", 10, 3)
OTHER = EndpointCheck("two", "HTTPS", WEST, 443, "/", 10, 3)


def named(
    name: str, kind: str = "A", first: str = EAST, second: str = WEST, own: str | None = None
) -> ZoneModel:
    """A pair of records, with the check CHECK on its primary."""
    primary = Record(name, kind, Role.PRIMARY, None, (), first, True, "one", "a")
    secondary = replace(primary, role=Role.SECONDARY, alias=second, health_check=own)
    known: dict[str, HealthCheck] = {
        "one": CHECK,
        "two": OTHER,
        "sum": CalculatedCheck("sum", ("one", "two"), 1),
    }
    return zone_model(RecordSet(name, kind, (primary, secondary)), known, BALANCERS)


def test_a_check_that_several_records_share_is_inverted_once() -> None:
    plan = live_plan([named("app.test"), named("app.test", "AAAA")], None)

    assert (plan.region, plan.checks) == ("us-east-1", ("one",))
    assert plan.describe().splitlines() == [
        "  invert health check one",
        "  app.test A: answered with us-west-2 instead of us-east-1, and clients follow "
        "within 60 s",
        "  app.test AAAA: answered with us-west-2 instead of us-east-1, and clients follow "
        "within 60 s",
    ]


def test_of_two_regions_with_primaries_one_must_be_chosen() -> None:
    both = [named("app.test"), named("api.test", first=WEST, second=EAST)]

    with pytest.raises(UsageError, match=r"us-east-1, us-west-2: choose .* with --lose"):
        live_plan(both, None)
    assert [name.title for name in live_plan(both, "us-west-2").names] == ["api.test A"]
    with pytest.raises(UsageError, match="--lose eu-west-1: no name has its primary record there"):
        live_plan(both, "eu-west-1")


def test_a_secondary_that_counts_on_the_primarys_check_is_refused() -> None:
    with pytest.raises(PolicyError, match="the secondary record depends on health check one too"):
        live_plan([named("app.test", own="sum")], None)
    assert live_plan([named("app.test", own="two")], None).checks == ("one",)


def test_the_secondarys_own_check_says_how_it_is_asked() -> None:
    assert str(request_to(named("app.test"))) == "HTTP port 80 /healthz"
    assert str(request_to(named("*.test", own="two"))) == "HTTPS port 443 /"
    assert request_to(named("*.test")).host == "lockgate-drill.test"
