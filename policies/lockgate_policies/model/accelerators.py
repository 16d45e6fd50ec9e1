"""Global Accelerator: the endpoints that an accelerator sends to, and whether a loss leaves any.

An accelerator is in no region, and leaves unhealthy endpoints out by itself. A traffic dial of 0
keeps requests from a group while another has healthy endpoints, and no longer: a failover ignores
it. A weight of 0 it heeds.

Sources:
https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-health-check-options.html
https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html
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
    """Each endpoint of an accelerator, with whether a failover may choose it, or UNKNOWN."""
    for listener in architecture.of_type(_LISTENER):
        of = architecture.targets(listener, "accelerator_arn", ACCELERATOR)
        if accelerator not in of.resources:
            continue
        for group in architecture.of_type(_GROUP):
            if listener not in architecture.targets(group, "listener_arn", _LISTENER).resources:
                continue
            for number, block in enumerate(group.blocks(_ENDPOINTS)):
                targets = architecture.targets(group, f"{_ENDPOINTS}.{number}.endpoint_id")
                yield _may_be_chosen(block.get("weight")), targets
            if group.value(_ENDPOINTS) is UNKNOWN:
                yield UNKNOWN, Targets(gaps=(f"{group.address}: its endpoints are not known",))


def _may_be_chosen(weight: Value) -> Value:
    """What has a weight of 0 is sent nothing."""
    return UNKNOWN if weight is UNKNOWN else weight != 0


def still_answers(
    architecture: Architecture, accelerator: Resource, after: EndpointHealth
) -> Value:
    """Whether any endpoint that a failover may choose still serves."""
    answers: list[Value] = []
    for chosen, targets in accelerated_endpoints(architecture, accelerator):
        if chosen is False:
            continue
        serving = some([*map(after.answers, targets.resources)])
        known = chosen is True and not targets.gaps and bool(targets.resources)
        answers.append(serving if known else UNKNOWN)
    return some(answers) if answers else UNKNOWN
