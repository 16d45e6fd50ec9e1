"""When clients were not served, from their requests."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lockgate.drill.outages import Request, outages

_END = 100.0


def _client(*requests: tuple[float, bool]) -> list[Request]:
    return [Request(at, "us-east-1", good) for at, good in requests]


def test_an_outage_lasts_until_the_next_good_request_or_the_end() -> None:
    lost = _client((0, True), (3, False), (6, False), (9, True), (12, False))
    assert outages([lost], _END) == ((3, 9), (12, _END))
    assert outages([_client((0, True), (3, True)), []], _END) == ()


def test_outages_of_clients_are_one_where_they_meet() -> None:
    first = _client((10, False), (20, True), (60, False), (70, True))
    second = _client((15, False), (40, True))
    third = _client((40, False), (50, True))
    assert outages([first, second, third], _END) == ((10, 50), (60, 70))


@given(st.lists(st.lists(st.tuples(st.integers(0, 99), st.booleans())), max_size=4))
def test_every_failed_request_is_in_an_outage_and_outages_are_apart(
    made: list[list[tuple[int, bool]]],
) -> None:
    clients = [_client(*sorted(each)) for each in made]
    found = outages(clients, _END)
    for client in clients:
        for each in client:
            if not each.good:
                assert any(begin <= each.at <= until for begin, until in found)
    assert all(one[1] < two[0] for one, two in pairwise(found))
