"""The AWS region each resource instance will live in.

A plan says which provider configuration a resource uses, and only sometimes what region that is.
In order: the resource's own ``region`` (provider 6 and later), the zone of a sibling that uses the
same provider where its configuration names no region (a resolved plan only assumes one there), what
a resolved plan says of the resource's provider instance, the provider configuration's ``region``
(a constant, a root variable, or a data source that was read), ``data.aws_region`` read with the
same provider, the zones and ARNs of siblings that use the same provider, its own zone or ARN.
Otherwise it is unknown, and no rule passes on an unknown region.

Terraform before 1.1 names the provider of a module's resources after the module call, and never
says which configuration stands behind it: that is known only where the plan has just one. A plan
without ``configuration`` names no provider at all.
"""

from __future__ import annotations

import re
from functools import cached_property

from .hcl_facts import HclFacts
from .plan_references import split_reference
from .plan_tree import PlanTree, Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list, as_text

# us-east-1a, us-gov-west-1b, and local or wavelength zones such as us-west-2-lax-1a.
_ZONE = re.compile(r"^((?:[a-z]{2,}-)+[a-z]+-\d)(?:[a-z]|-[a-z0-9-]+)$")
_REGION = re.compile(r"^(?:[a-z]{2,}-)+[a-z]+-\d$")


def region_of_zone(zone: str) -> str | None:
    """The region that a zone name belongs to; None when the name is not one of AWS's form.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
    """
    match = _ZONE.match(zone)
    return match.group(1) if match else None


class ProviderRegions:
    """Resolves regions in one plan."""

    def __init__(
        self, tree: PlanTree, facts: HclFacts, resolved: dict[str, str] | None = None
    ) -> None:
        self._tree = tree
        self._resolved = resolved or {}
        self._facts = facts
        self._by_provider: dict[str, Value] = {}
        self._zones: dict[str, set[str]] = {}

    def of(self, resource: Resource) -> Value:
        """The region's name, or UNKNOWN."""
        own = resource.value("region")
        if resource.type not in _REGION_MEANS_SOMETHING_ELSE:
            if isinstance(own, str) and own:
                return own
            if own is UNKNOWN and resource.sets("region"):
                return UNKNOWN
        told = self._resolved.get(resource.address)
        if told and self._names_no_region(resource.provider):
            return self._of_zones(resource.provider) or told
        if told:
            return told
        region_of_provider = self.of_provider(resource.provider)
        if region_of_provider is UNKNOWN:
            return _shown_by(resource) or UNKNOWN
        return region_of_provider

    def of_provider(self, key: str) -> Value:
        """The region of a provider configuration key such as ``aws.secondary``, or UNKNOWN."""
        if key not in self._by_provider:
            self._by_provider[key] = self._resolve(key)
        return self._by_provider[key]

    @property
    def keys_in_use(self) -> list[str]:
        """The keys by which AWS resources name their providers, configured or not."""
        of_aws = (r for r in (*self._tree.resources, *self._tree.data) if r.type.startswith("aws_"))
        return list(dict.fromkeys(resource.provider for resource in of_aws if resource.provider))

    @property
    def provider_keys(self) -> list[str]:
        """The keys of the plan's AWS provider configurations."""
        return [
            key
            for key, config in self._tree.provider_config.items()
            if as_dict(config).get("name") == "aws"
        ]

    def _resolve(self, key: str) -> Value:
        told = self._told.get(key, set())
        if self._names_no_region(key) and (region := self._of_zones(key)):
            return region
        return next(iter(told)) if len(told) == 1 else self._configured(key)

    def _names_no_region(self, key: str) -> bool:
        """Tell whether a provider configuration has no region: a resolved plan assumes one."""
        config = self._tree.provider_config.get(key)
        return config is not None and "region" not in as_dict(as_dict(config).get("expressions"))

    def _of_zones(self, key: str) -> str | None:
        """The one region whose zones the subnets of a provider configuration name."""
        if key not in self._zones:
            self._zones[key] = {
                region
                for resource in self._tree.resources
                if resource.provider == key and resource.type == "aws_subnet"
                for zone in [resource.value("availability_zone")]
                if isinstance(zone, str) and (region := region_of_zone(zone))
            }
        regions = self._zones[key]
        return next(iter(regions)) if len(regions) == 1 else None

    @cached_property
    def _told(self) -> dict[str, set[str]]:
        """The regions that a resolved plan gives for the resources of each provider key."""
        regions: dict[str, set[str]] = {}
        for resource in (*self._tree.resources, *self._tree.data):
            if region := self._resolved.get(resource.address):
                regions.setdefault(resource.provider, set()).add(region)
        return regions

    def _configured(self, key: str) -> Value:
        expression = as_dict(
            as_dict(as_dict(self._tree.provider_config.get(key)).get("expressions")).get("region")
        )
        constant = as_text(expression.get("constant_value"))
        if constant:
            return constant
        # A module's own provider configuration sees the module's variables, not the root's.
        references = [] if ":" in key else as_list(expression.get("references"))
        for reference in references:
            region = self._referenced(str(reference))
            # The reference may be a part of the expression only, as in "${var.area}-west-2".
            if region and _REGION.match(region):
                return region
        for resource in self._tree.data:
            if resource.type == "aws_region" and resource.provider == key:
                region = as_text(resource.value("name")) or as_text(resource.value("region"))
                if region:
                    return region
        return self._only_configuration(key) or self._shown_by_siblings(key) or UNKNOWN

    def _only_configuration(self, key: str) -> Value:
        """The region of the default configuration, if a module can have inherited no other."""
        own = as_dict(self._tree.provider_config.get(key)).get("expressions")
        if ":" not in key or own or "aws" not in self.provider_keys:
            return None
        for other in self.provider_keys:
            expressions = as_dict(self._tree.provider_config.get(other)).get("expressions")
            # A module that only declares that it needs the provider has an entry without any.
            if other != "aws" and (":" not in other or expressions):
                return None
        region = self.of_provider("aws")
        return None if region is UNKNOWN else region

    def _shown_by_siblings(self, key: str) -> str | None:
        siblings = [
            resource for resource in self._tree.resources if resource.provider == key and key
        ]
        modules = {resource.module.path for resource in siblings}
        if ":" in key and key not in self._tree.provider_config and len(modules) > 1:
            return None  # it holds the last call's name only, which other modules' calls may share
        shown = {region for resource in siblings if (region := _shown_by(resource))}
        return next(iter(shown)) if len(shown) == 1 else None

    def _referenced(self, reference: str) -> str | None:
        steps = split_reference(reference)
        head = steps[0] if steps else ""
        if head == "var" and len(steps) > 1:
            return _at(self._tree.variables.get(str(steps[1])), steps[2:])
        if head == "local" and len(steps) > 1:
            text = self._facts.local((), str(steps[1]))
            literal = text.strip().strip('"') if text else ""
            if _REGION.match(literal):
                return literal
            for inner in self._facts.references_in(text or ""):
                if not inner.startswith("local."):
                    return self._referenced(inner)
        if head == "data" and len(steps) > 3:
            data = self._tree.by_address.get(".".join(str(step) for step in steps[:3]))
            return as_text(data.value(str(steps[3]))) if data else None
        return None


def _shown_by(resource: Resource) -> str | None:
    """The region that a resource's own zone or ARN names, where the plan knows one."""
    if resource.mode != "managed":
        return None  # a data source may look up another region's ARN
    zone, arn = resource.value("availability_zone"), resource.value("arn")
    if isinstance(zone, str) and (region := region_of_zone(zone)):
        return region
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[3] if len(parts) > 5 and _REGION.match(parts[3]) else None


def _at(value: Value, steps: list[str | int]) -> str | None:
    for step in steps:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = as_dict(value).get(str(step))
    return as_text(value)


# Types that have had a `region` argument of their own since before provider 6, with another
# meaning than "where this resource lives".
_REGION_MEANS_SOMETHING_ELSE = frozenset({"aws_config_aggregate_authorization"})
