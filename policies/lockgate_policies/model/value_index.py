"""Finds the resources of a plan by the identifiers that are known, as they are after an apply."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

from .plan_tree import PlanTree, Resource
from .plan_values import Value, as_list, as_text
from .targets import Targets

_OF_ITS_TYPE = ("id", "arn", "dns_name", "zone_id", "name")
# Types whose `name` is what other resources refer to them by.
_NAMED_BY_NAME = frozenset(
    {"aws_autoscaling_group", "aws_db_subnet_group", "aws_launch_template", "aws_iam_role"}
)
# What no two resources of an account share, whatever their types.
_OF_ANY_TYPE = (
    "arn",
    "dns_name",
    "domain_name",
    "endpoint",
    "fqdn",
    "private_dns",
    "public_dns",
    "public_ip",
    "reader_endpoint",
)
# vpc-0a1b2c3d: an `id` that is not just a name.
_MADE_BY_AWS = re.compile(r"^[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,}$")


_CALLED = re.compile(r"(?:^|_)(?:name|id|arn|identifier|bucket|cluster|prefix)$")


def is_called(resource: Resource, texts: Collection[str]) -> bool:
    """Tell whether one of some texts is what the configuration calls a resource."""
    return any(
        isinstance(value, str) and value in texts and _CALLED.search(name)
        for name, value in resource.values.items()
    )


class ValueIndex:
    """The managed resource instances of one plan by what identifies them."""

    def __init__(self, tree: PlanTree) -> None:
        self._tree = tree

    def find(self, value: Value, types: tuple[str, ...]) -> Targets | None:
        """The resources that a text, or every text of a list, identifies; None if one does not."""
        texts = [value] if isinstance(value, str) else as_list(value)
        if not texts or not all(isinstance(text, str) and text for text in texts):
            return None
        resources: dict[int, Resource] = {}
        for text in texts:
            matches = self.identified(text, types)
            if not matches:
                return None
            resources.update((id(match), match) for match in matches)
        return Targets(tuple(resources.values()))

    def identified(self, text: str, types: tuple[str, ...]) -> list[Resource]:
        """The resources (of the given types) that one text identifies."""
        if not types:
            return self._of_any_type.get(text, [])
        return [r for kind in types for r in self._of_its_type.get((kind, text), [])]

    @cached_property
    def _of_its_type(self) -> dict[tuple[str, str], list[Resource]]:
        by_value: dict[tuple[str, str], list[Resource]] = {}
        for resource in self._tree.resources:
            for name in _OF_ITS_TYPE:
                text = as_text(resource.values.get(name))
                # A name is an identity only where AWS makes it one; elsewhere two regions share it
                # freely.
                if text and (name != "name" or resource.type in _NAMED_BY_NAME):
                    by_value.setdefault((resource.type, text), []).append(resource)
        return by_value

    @cached_property
    def _of_any_type(self) -> dict[str, list[Resource]]:
        by_value: dict[str, list[Resource]] = {}
        for resource in self._tree.resources:
            # What the configuration gives, a certificate's domain, two resources may be given.
            computed = (name for name in _OF_ANY_TYPE if not resource.sets(name))
            texts = {as_text(resource.values.get(name)) for name in computed}
            identifier = as_text(resource.values.get("id"))
            if identifier and _MADE_BY_AWS.match(identifier):
                texts.add(identifier)
            for text in texts - {None, ""}:
                by_value.setdefault(str(text), []).append(resource)
        return by_value
