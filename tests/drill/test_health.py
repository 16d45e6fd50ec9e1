"""The rules by which Route 53 finds an endpoint healthy, as state machines and one by one."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.drill import health
from lockgate.drill.health import Checker, Probe
from lockgate.drill.records import CalculatedCheck, EndpointCheck, HealthCheck


def check(kind: str = "HTTP", **more: object) -> EndpointCheck:
    """A health check of a kind."""
    given: dict[str, object] = {
        "id": "check",
        "type": kind,
        "host": "a.example.com",
        "port": 80,
        "path": "/",
        "interval": 10,
        "threshold": 3,
        **more,
    }
    return EndpointCheck(**given)  # type: ignore[arg-type]


@given(st.integers(1, 10), st.lists(st.booleans(), min_size=1))
def test_a_checker_changes_its_mind_after_a_whole_run_against_it(
    threshold: int, results: list[bool]
) -> None:
    """Told apart from the implementation: by the lengths of runs of equal results."""
    checker = Checker(threshold)
    changes = [checker.note(result) for result in results]
    expected = results[0]
    for result, run in groupby(results):
        if len(list(run)) >= threshold:
            expected = result
    assert checker.healthy is expected
    assert changes[0]
    assert sum(changes[1:]) <= len(results) // threshold


@given(st.integers(1, 10))
def test_a_checker_takes_its_threshold_in_both_directions(threshold: int) -> None:
    checker = Checker(threshold)
    checker.note(True)
    for direction in (False, True):
        for _ in range(threshold - 1):
            checker.note(direction)
            assert checker.healthy is not direction
        checker.note(direction)
        assert checker.healthy is direction


@pytest.mark.parametrize(
    ("of_sixteen", "healthy"), [(0, False), (1, False), (2, False), (3, True), (16, True)]
)
def test_more_than_18_percent_of_the_checkers_decide(of_sixteen: int, healthy: bool) -> None:
    opinions = [True] * of_sixteen + [False] * (16 - of_sixteen)
    assert health.agreed(opinions) is healthy


def test_exactly_18_percent_are_too_few() -> None:
    assert not health.agreed([True] * 18 + [False] * 82)
    assert health.agreed([True] * 19 + [False] * 81)


def test_a_new_check_is_healthy() -> None:
    assert health.agreed([None] * 16)


@pytest.mark.parametrize(
    ("kind", "probe", "success"),
    [
        ("HTTP", Probe(0.1, 200, 0.1), True),
        ("HTTP", Probe(4.0, 399, 2.0), True),
        ("HTTPS", Probe(0.1, 301, 0.1), True),
        ("HTTP", Probe(None), False),
        ("HTTP", Probe(4.1, 200, 0.1), False),
        ("HTTP", Probe(0.1), False),
        ("HTTP", Probe(0.1, 200, 2.1), False),
        ("HTTP", Probe(0.1, 400, 0.1), False),
        ("HTTP", Probe(0.1, 500, 0.1), False),
        ("HTTP", Probe(0.1, 199, 0.1), False),
        ("TCP", Probe(10.0), True),
        ("TCP", Probe(10.1), False),
        ("TCP", Probe(0.1, 500, 0.1), True),
    ],
)
def test_what_counts_as_a_success(kind: str, probe: Probe, success: bool) -> None:
    assert health.probe_succeeds(check(kind), probe) is success


@pytest.mark.parametrize(
    ("body", "after", "success"),
    [
        (b"all is well", 0.1, True),
        (b"." * 5116 + b"well", 2.0, True),
        (b"." * 5117 + b"well", 0.1, False),
        (b"all is well", 2.1, False),
        (b"all is lost", 0.1, False),
    ],
)
def test_a_searched_text_must_stand_in_the_first_5120_bytes(
    body: bytes, after: float, success: bool
) -> None:
    searching = check("HTTP_STR_MATCH", search="well")
    assert health.probe_succeeds(searching, Probe(0.1, 200, 0.1, body, after)) is success


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize(
    ("disabled", "inverted"), [(False, False), (False, True), (True, False), (True, True)]
)
def test_inverting_and_disabling(endpoint: bool, disabled: bool, inverted: bool) -> None:
    checks: dict[str, HealthCheck] = {"check": check(inverted=inverted, disabled=disabled)}
    expected = not inverted if disabled else endpoint != inverted
    assert health.status("check", checks, lambda _: endpoint) is expected


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 9),
    st.booleans(),
)
def test_a_calculated_check_counts_its_healthy_children(
    children: list[tuple[bool, bool]], threshold: int, inverted: bool
) -> None:
    checks: dict[str, HealthCheck] = {
        str(n): check(id=str(n), inverted=flip) for n, (_, flip) in enumerate(children)
    }
    checks["sum"] = CalculatedCheck("sum", tuple(checks), threshold, inverted)
    endpoints = {str(n): up for n, (up, _) in enumerate(children)}
    healthy = sum(up != flip for up, flip in children)
    said = health.statuses(checks, endpoints.__getitem__)
    assert said["sum"] is ((healthy >= threshold) != inverted)
