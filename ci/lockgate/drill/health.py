"""How Route 53 decides that an endpoint is healthy.

The rules, and every number here, are Route 53's documented ones:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html

- A checker changes its mind after a number of results in a row (the failure threshold), in both
  directions.
- An endpoint is healthy when more than 18% of the checkers say so.
- Inverted and disabled checks:
  https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from lockgate.drill.records import CalculatedCheck, EndpointCheck, HealthCheck

AGREEMENT = 0.18
CONNECT_SECONDS = 4.0
TCP_CONNECT_SECONDS = 10.0
STATUS_SECONDS = 2.0
BODY_SECONDS = 2.0
SEARCHED_BYTES = 5120


@dataclass(frozen=True)
class Probe:
    """What one request of a checker brought; times in seconds, None where it did not come."""

    connected_after: float | None
    status: int | None = None
    status_after: float | None = None
    body: bytes = b""
    body_after: float | None = None


def probe_succeeds(check: EndpointCheck, probe: Probe) -> bool:
    """Tell whether a probe counts as a success for this type of check.

    ``status_after`` counts from the connection, ``body_after`` from the status.
    """
    if check.type == "TCP":
        return _within(probe.connected_after, TCP_CONNECT_SECONDS)
    if not _within(probe.connected_after, CONNECT_SECONDS):
        return False
    if probe.status is None or not 200 <= probe.status < 400:
        return False
    if not _within(probe.status_after, STATUS_SECONDS):
        return False
    if check.search is None:
        return True
    holds_it = check.search.encode() in probe.body[:SEARCHED_BYTES]
    return holds_it and _within(probe.body_after, BODY_SECONDS)


def _within(took: float | None, allowed: float) -> bool:
    return took is not None and took <= allowed


class Checker:
    """One of the places that Route 53 probes from, with what it has seen in a row.

    The first result decides: a drill begins with an environment that has stood for a while, not
    with a health check that was made just now.
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._against = 0
        self.healthy: bool | None = None

    def note(self, success: bool) -> bool:
        """Take in one result; tell whether the checker changed its mind."""
        if self.healthy is None:
            self.healthy = success
            return True
        if success == self.healthy:
            self._against = 0
            return False
        self._against += 1
        if self._against < self._threshold:
            return False
        self.healthy, self._against = success, 0
        return True


def agreed(opinions: Iterable[bool | None]) -> bool:
    """Whether the checkers together find an endpoint healthy; those who never saw it say yes.

    "Route 53 considers a new health check to be healthy until there's enough data."
    """
    counted = [opinion is not False for opinion in opinions]
    return sum(counted) > AGREEMENT * len(counted)


class Reads(Protocol):
    """Tells whether the checkers find the endpoint of a check healthy, by the check's ID."""

    def __call__(self, identifier: str, /) -> bool:
        """Whether they find it healthy."""
        ...


def status(identifier: str, checks: Mapping[str, HealthCheck], endpoint_healthy: Reads) -> bool:
    """Whether a health check counts as healthy, with inverting, disabling and calculating.

    Raises RecursionError if calculated checks contain one another, which the API does not allow.
    """
    check = checks[identifier]
    if check.disabled:
        # "After you disable a health check, Route 53 considers the status of the health check to
        # always be healthy"; inverting applies to that too.
        healthy = True
    elif isinstance(check, CalculatedCheck):
        children = sum(status(child, checks, endpoint_healthy) for child in check.children)
        healthy = children >= check.threshold
    else:
        healthy = endpoint_healthy(identifier)
    return healthy != check.inverted


def statuses(
    checks: Mapping[str, HealthCheck], endpoint_healthy: Callable[[str], bool]
) -> dict[str, bool]:
    """The status of every health check."""
    return {identifier: status(identifier, checks, endpoint_healthy) for identifier in checks}
