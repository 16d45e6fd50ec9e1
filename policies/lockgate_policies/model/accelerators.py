"""Global Accelerator: the endpoints that an accelerator sends to, and whether a loss leaves any.

An accelerator is in no region, and leaves unhealthy endpoints out by itself.

Source: https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-health-check-options.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .certainty import some
from .endpoint_health import EndpointHealth
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .targets import Targets

if TYPE_CHECKING:
    from .architecture import Architecture

ACCELERATOR = "aws_globalaccelerator_accelerator"
_LISTENER = "aws_globalaccelerator_listener"
_GROUP = "aws_globalaccelerator_endpoint_group"
_ENDPOINTS = "endpoint_configuration"


def accelerated_endpoints(
    architecture: Architecture, accelerator: Resource
) -> Iterator[tuple[Value, Targets]]:
    """Each endpoint of an accelerator, with whether it is sent anything: True, False or UNKNOWN."""
    for listener in architecture.of_type(_LISTENER):
        of = architecture.targets(listener, "accelerator_arn", ACCELERATOR)
        if accelerator not in of.resources:
            continue
        for group in architecture.of_type(_GROUP):
            if listener not in architecture.targets(group, "listener_arn", _LISTENER).resources:
                continue
            dial = group.value("traffic_dial_percentage")
            for number, block in enumerate(group.blocks(_ENDPOINTS)):
                targets = architecture.targets(group, f"{_ENDPOINTS}.{number}.endpoint_id")
                yield _is_sent(dial, block.get("weight")), targets
            if group.value(_ENDPOINTS) is UNKNOWN:
                yield UNKNOWN, Targets(gaps=(f"{group.address}: its endpoints are not known",))


def _is_sent(dial: Value, weight: Value) -> Value:
    """What is dialled down to 0, or has a weight of 0, is sent nothing."""
    if dial == 0 or weight == 0:
        return False
    return UNKNOWN if UNKNOWN in (dial, weight) else True


def still_answers(
    architecture: Architecture, accelerator: Resource, after: EndpointHealth
) -> Value:
    """Whether any endpoint that is sent something still serves."""
    answers: list[Value] = []
    for is_sent, targets in accelerated_endpoints(architecture, accelerator):
        if is_sent is False:
            continue
        serving = some([*map(after.answers, targets.resources)])
        known = is_sent is True and not targets.gaps and bool(targets.resources)
        answers.append(serving if known or serving is False else UNKNOWN)
    return some(answers) if answers else UNKNOWN
