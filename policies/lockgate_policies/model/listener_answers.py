"""What a load balancer's listener does with one request: by which rule, and with which action.

Rules are tried by priority; the first whose conditions all match decides, or else the default
action. Path patterns are matched without the query and with regard to case, hosts without.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .address_ranges import address_range, lies_within
from .certainty import every, some
from .health_checkers import CHECKER_RANGES
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_list
from .plan_view import PlanView

LISTENER_RULE_TYPES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-monitor-view-status.html
_CHECKER_AGENT = "Amazon-Route53-Health-Check-Service (ref 0a1b2c3d; report http://amzn.to/1vsZADi)"


@dataclass(frozen=True)
class Request:
    """A GET request of a health checker: ``host`` and ``path`` may be UNKNOWN."""

    host: Value
    path: Value


@dataclass(frozen=True)
class Answer:
    """What may answer a request: the listener or the rule (``owner``) and its first action.

    ``kind`` is the action's type or UNKNOWN, ``status`` the code of a fixed response.
    """

    owner: Resource
    kind: Value
    status: Value

    @property
    def by_itself(self) -> bool:
        """Tell whether the load balancer answers, and asks no target."""
        return isinstance(self.kind, str) and self.kind != "forward"

    @property
    def words(self) -> str:
        """The action in words."""
        code = f" {self.status}" if self.status not in (None, "", UNKNOWN) else ""
        return f"{self.kind}{code}"


def answers(plan: PlanView, listener: Resource, request: Request) -> list[Answer]:
    """The actions that may answer a request; with more than one, it is not known which does."""
    possible: list[Answer] = []
    for rule in sorted(_rules_of(plan, listener), key=_priority):
        matches = _matches(rule, request)
        if matches is not False:
            possible.append(_answer(rule, "action"))
        if matches is True and isinstance(rule.value("priority"), int | float):
            return possible
    return [*possible, _answer(listener, "default_action")]


def _rules_of(plan: PlanView, listener: Resource) -> Iterator[Resource]:
    for rule in plan.of_type(*LISTENER_RULE_TYPES):
        if listener in plan.targets(rule, "listener_arn").resources:
            yield rule


def _priority(rule: Resource) -> float:
    priority = rule.value("priority")
    return float(priority) if isinstance(priority, int | float) else -1.0


def _answer(owner: Resource, block: str) -> Answer:
    actions = owner.blocks(block)
    if not actions:
        return Answer(owner, UNKNOWN, None)
    # Authentication comes first, and redirects whoever is not known.
    ordered = sorted(actions, key=lambda action: not _authenticates(action.get("type")))
    first = ordered[0]
    fixed = as_list(first.get("fixed_response"))
    redirect = as_list(first.get("redirect"))
    status = None
    for details in (*fixed, *redirect):
        status = details.get("status_code") if isinstance(details, dict) else None
    return Answer(owner, first.get("type"), status)


def _authenticates(kind: Value) -> bool:
    return isinstance(kind, str) and kind.startswith("authenticate")


def _matches(rule: Resource, request: Request) -> Value:
    """Whether all conditions of a rule hold for a request: True, False or UNKNOWN."""
    if rule.value("condition") is UNKNOWN:
        return UNKNOWN
    return every(_holds(condition, request) for condition in rule.blocks("condition"))


def _holds(condition: dict[str, Value], request: Request) -> Value:
    """Whether one condition holds; it has one kind of test."""
    tests: dict[str, Callable[[Value], Value]] = {
        "path_pattern": lambda pattern: _like(pattern, request.path),
        "host_header": lambda pattern: _like(pattern, request.host, re.IGNORECASE),
        "http_request_method": lambda method: method == "GET",
        "source_ip": _from_checkers,
    }
    for name, test in tests.items():
        for block in as_list(condition.get(name)):
            if isinstance(block, dict):
                return _any(block.get("values"), test)
    for block in as_list(condition.get("http_header")):
        if isinstance(block, dict):
            return _header(block)
    # A health check's path may have a query, which is not looked into.
    return UNKNOWN


def _header(block: dict[str, Value]) -> Value:
    name = block.get("http_header_name")
    if name is UNKNOWN:
        return UNKNOWN
    if str(name).lower() != "user-agent":
        return False  # checkers send no other that a rule would ask for
    return _any(block.get("values"), lambda p: _like(p, _CHECKER_AGENT, re.IGNORECASE))


def _from_checkers(value: Value) -> Value:
    network = address_range(value)
    if network is None or network.version != 4:
        return False
    inside = sum(lies_within(one, network) for one in CHECKER_RANGES)
    if inside == len(CHECKER_RANGES):
        return True
    return UNKNOWN if inside else False


def _any(values: Value, test: Callable[[Value], Value]) -> Value:
    if values is UNKNOWN:
        return UNKNOWN
    return some(UNKNOWN if value is UNKNOWN else test(value) for value in as_list(values))


def _like(pattern: Value, text: Value, flags: int = 0) -> Value:
    """Whether a text is like a pattern, in which * stands for any text and ? for a character."""
    if pattern in ("*", "/*") and text is UNKNOWN:
        return True
    if UNKNOWN in (pattern, text):
        return UNKNOWN
    parts = ("." if c == "?" else ".*" if c == "*" else re.escape(c) for c in str(pattern))
    return re.fullmatch("".join(parts), str(text), flags | re.DOTALL) is not None
