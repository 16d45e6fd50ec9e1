"""AWS's own policies that allow changing DNS records are known by name, all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from lockgate_policies.rules.failover.lg_failover_11 import MANAGED_THAT_CHANGE

_ACTION = "route53:changeresourcerecordsets"


def test_every_managed_policy_that_allows_it_is_known() -> None:
    policies: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    assert {
        name
        for name, policy in policies.items()
        if policy["Path"] != "/aws-service-role/" and any(_allowing(policy["Document"]))
    } == MANAGED_THAT_CHANGE


def _allowing(document: dict[str, Any]) -> Iterator[bool]:
    for statement in _listed(document["Statement"]):
        if statement["Effect"] == "Allow" and "Condition" not in statement:
            yield _names(statement.get("Action")) or (
                "NotAction" in statement and not _names(statement["NotAction"])
            )


def _names(actions: Any) -> bool:
    return any(fnmatchcase(_ACTION, action.lower()) for action in _listed(actions))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
