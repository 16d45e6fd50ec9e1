"""Route 53 health checks: what they probe, how fast they notice, whether they can be believed.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
"""

from __future__ import annotations

from functools import cached_property

from .arguments import number
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .plan_view import PlanView
from .targets import Targets, merge

# The API's defaults, which hold when the configuration gives no value.
_DEFAULT_INTERVAL = 30
_DEFAULT_THRESHOLD = 3
_DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
HTTP_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH")
PROBING_TYPES = (*HTTP_TYPES, "TCP")


class HealthCheck:
    """One health check."""

    def __init__(self, plan: PlanView, resource: Resource) -> None:
        self._plan = plan
        self.resource = resource

    @property
    def address(self) -> str:
        """The health check's resource address."""
        return self.resource.address

    @property
    def kind(self) -> Value:
        """Its type, such as ``HTTPS`` or ``CALCULATED``; UNKNOWN if not known."""
        kind = self.resource.value("type")
        return kind.upper() if isinstance(kind, str) else UNKNOWN

    @property
    def interval(self) -> Value:
        """Seconds between two probes of one checker, or UNKNOWN."""
        return number(self._plan, self.resource, "request_interval", _DEFAULT_INTERVAL)

    @property
    def threshold(self) -> Value:
        """How many probes in a row must fail (or succeed) to change its mind, or UNKNOWN."""
        return number(self._plan, self.resource, "failure_threshold", _DEFAULT_THRESHOLD)

    @property
    def port(self) -> Value:
        """The port that it probes; HTTP and HTTPS have a default, TCP has none (None)."""
        kind = self.kind
        default = UNKNOWN if kind is UNKNOWN else _DEFAULT_PORTS.get(kind.split("_")[0])
        return number(self._plan, self.resource, "port", default)

    @property
    def detection(self) -> Value:
        """Seconds from a fault to an unhealthy check: interval times threshold, or UNKNOWN."""
        if UNKNOWN in (self.interval, self.threshold):
            return UNKNOWN
        return self.interval * self.threshold

    @cached_property
    def probes(self) -> Targets:
        """The resources whose name or address it probes."""
        parts = []
        for path in ("fqdn", "ip_address"):
            given = self._plan.gives(self.resource, path)
            if given or self.resource.value(path) not in (None, ""):
                parts.append(self._plan.endpoints(self.resource, path))
        return merge(parts)

    @cached_property
    def children(self) -> Targets:
        """The health checks that a calculated one sums up."""
        return self._plan.targets(self.resource, "child_healthchecks", "aws_route53_health_check")
