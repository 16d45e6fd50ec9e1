"""Logic with a third value: what is not known stays unknown, unless the rest decides alone."""

from __future__ import annotations

from collections.abc import Iterable

from .plan_values import UNKNOWN, Value


def every(values: Iterable[Value]) -> Value:
    """True if all are, False if any is False, otherwise UNKNOWN; True for none at all."""
    truth_values = list(values)
    if any(value is False for value in truth_values):
        return False
    return UNKNOWN if any(value is UNKNOWN for value in truth_values) else True


def some(values: Iterable[Value]) -> Value:
    """True if any is, False if all are False, otherwise UNKNOWN; False for none at all."""
    return opposite(every(opposite(value) for value in values))


def opposite(value: Value) -> Value:
    """The contrary; of UNKNOWN it is UNKNOWN."""
    return value if value is UNKNOWN else not value


def at_least(threshold: Value, values: Iterable[Value]) -> Value:
    """Whether at least ``threshold`` of the values are True, as far as that is certain."""
    truth_values = list(values)
    if threshold is UNKNOWN:
        return UNKNOWN
    certain = sum(value is True for value in truth_values)
    possible = certain + sum(value is UNKNOWN for value in truth_values)
    if certain >= threshold:
        return True
    return UNKNOWN if possible >= threshold else False
