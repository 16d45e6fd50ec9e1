"""What the clients of a drill lived through: their requests, and when one of them was not served.

All times are seconds since the begin of the drill.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Outage = tuple[float, float]


@dataclass(frozen=True)
class Request:
    """When a request began, the region that it went to, and whether the answer was good."""

    at: float
    region: str | None
    good: bool


def outages(clients: Iterable[Sequence[Request]], end: float) -> tuple[Outage, ...]:
    """When at least one client was not served, in order; none touches another.

    A client is not served from the begin of a request that fails until that of the next good one,
    or until ``end``.
    """
    merged: list[Outage] = []
    for begin, until in sorted(span for client in clients for span in _unserved(client, end)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((begin, until))
    return tuple(merged)


def _unserved(requests: Sequence[Request], end: float) -> Iterable[Outage]:
    since: float | None = None
    for request in requests:
        if not request.good and since is None:
            since = request.at
        elif request.good and since is not None:
            yield since, request.at
            since = None
    if since is not None:
        yield since, max(since, end)
