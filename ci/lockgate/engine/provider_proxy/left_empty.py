"""What AWS leaves empty if nobody fills it, although the provider calls it unknown until apply.

Newer versions of the provider read these attributes back from AWS, so that a plan does not know
them where the configuration says nothing or an empty list. A group that is made so is registered
with nothing: `CreateAutoScalingGroup` attaches what the request names, and later attachments are
resources of their own.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from __future__ import annotations

from typing import Any

from lockgate.engine.provider_proxy.values import is_unknown

_LEFT_EMPTY = {"aws_autoscaling_group": ("load_balancers", "target_group_arns")}


def may_be_left_empty(type_name: str) -> bool:
    """Tell whether a type has such attributes."""
    return type_name in _LEFT_EMPTY


def leave_empty(type_name: str, prior: Any, config: Any, planned: Any) -> bool:
    """Write into a planned new resource what stays empty; tells whether that is anything."""
    if prior is not None or not isinstance(planned, dict):
        return False
    empty = [
        name
        for name in _LEFT_EMPTY.get(type_name, ())
        if is_unknown(planned.get(name)) and config.get(name) in (None, [])
    ]
    planned.update({name: [] for name in empty})
    return bool(empty)
