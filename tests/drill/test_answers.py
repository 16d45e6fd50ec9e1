"""Which record Route 53 answers with, for every combination of healths."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from lockgate.base.errors import UsageError
from lockgate.drill.answers import RecordSet, choose, record_sets, time_to_live
from lockgate.drill.records import Record, Role

PRIMARY = Record(
    "www.example.com", "A", Role.PRIMARY, None, (), "one.elb.amazonaws.com", True, "first"
)
SECONDARY = replace(
    PRIMARY, role=Role.SECONDARY, alias="two.elb.amazonaws.com", health_check="second"
)


def chosen(
    primary: Record, secondary: Record, healthy: dict[str, bool], targets: bool = True
) -> Role | None:
    """The role of the record that answers."""
    found = choose(
        RecordSet("www.example.com", "A", (primary, secondary)), healthy, lambda _: targets
    )
    assert found is not None
    return found.role


@pytest.mark.parametrize(
    ("first", "second", "role"),
    [
        (True, True, Role.PRIMARY),
        (True, False, Role.PRIMARY),
        (False, True, Role.SECONDARY),
        # All unhealthy is all healthy.
        (False, False, Role.PRIMARY),
    ],
)
def test_the_pair(first: bool, second: bool, role: Role) -> None:
    assert chosen(PRIMARY, SECONDARY, {"first": first, "second": second}) is role


@pytest.mark.parametrize("first", [True, False])
def test_a_secondary_without_a_check_is_always_healthy(first: bool) -> None:
    unchecked = replace(SECONDARY, health_check=None)
    expected = Role.PRIMARY if first else Role.SECONDARY
    assert chosen(PRIMARY, unchecked, {"first": first}) is expected


@pytest.mark.parametrize("second", [True, False])
def test_a_primary_without_a_check_never_fails_over(second: bool) -> None:
    unchecked = replace(PRIMARY, health_check=None)
    assert chosen(unchecked, SECONDARY, {"second": second}) is Role.PRIMARY


def test_an_alias_is_as_healthy_as_the_target_it_evaluates() -> None:
    for evaluates, target in itertools.product((True, False), repeat=2):
        primary = replace(PRIMARY, evaluates_target_health=evaluates, health_check=None)
        secondary = replace(SECONDARY, evaluates_target_health=False, health_check=None)
        fails_over = evaluates and not target
        expected = Role.SECONDARY if fails_over else Role.PRIMARY
        assert chosen(primary, secondary, {}, targets=target) is expected


def test_single_records_answer_whatever_their_health() -> None:
    for record in (PRIMARY, SECONDARY, replace(PRIMARY, role=None)):
        found = RecordSet(record.name, record.type, (record,))
        assert choose(found, {"first": False, "second": False}, lambda _: False) is record
    assert choose(RecordSet("www.example.com", "A", ()), {}, lambda _: True) is None


def test_a_load_balancers_alias_may_be_kept_for_60_seconds() -> None:
    assert time_to_live(PRIMARY) == 60
    assert time_to_live(replace(PRIMARY, alias=None, ttl=300, values=("192.0.2.1",))) == 300


def test_records_are_grouped_by_name_and_type() -> None:
    six = replace(PRIMARY, type="AAAA")
    groups = record_sets([PRIMARY, six, SECONDARY])
    assert [(group.type, len(group.records)) for group in groups] == [("A", 2), ("AAAA", 1)]


@pytest.mark.parametrize(
    "others", [(PRIMARY,), (replace(PRIMARY, role=None),), (SECONDARY, SECONDARY)]
)
def test_what_route_53_would_not_take_is_refused(others: tuple[Record, ...]) -> None:
    with pytest.raises(UsageError, match=r"www.example.com A: .* do not go together"):
        record_sets([PRIMARY, *others])
