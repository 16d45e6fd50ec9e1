"""What the root modules of one environment look up of each other, answered by the one that has it.

Root modules are planned one after the other. What one of them looks up in AWS, or reads of a
state, may be what another one makes: then it gets that one's planned values, and its references
lead there.
A look-up is joined to exactly one resource: with none or several it stays looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lockgate.engine.provider_proxy.made_up import Pass
from lockgate.engine.provider_proxy.tokens import TokenTable

# What a data source calls what its resource calls otherwise, by the provider's documentation.
_RENAMED = {
    ("aws_acm_certificate", "domain"): "domain_name",
    ("aws_db_instance", "db_instance_identifier"): "identifier",
    ("aws_ecs_cluster", "cluster_name"): "name",
    ("aws_ecs_service", "service_name"): "name",
    ("aws_efs_file_system", "file_system_id"): "id",
    ("aws_kms_key", "key_id"): "key_id",
    ("aws_rds_global_cluster", "identifier"): "global_cluster_identifier",
    ("aws_vpc_peering_connection", "peer_vpc_id"): "peer_vpc_id",
}
# Data sources that list the IDs of resources of a type.
LISTS = {
    "aws_security_groups": "aws_security_group",
    "aws_subnet_ids": "aws_subnet",
    "aws_subnets": "aws_subnet",
    "aws_vpcs": "aws_vpc",
}
# Arguments that say how to look, and not what for.
_HOW = frozenset({"most_recent", "with_decryption", "timeouts", "include_shared", "region"})
# Filters of EC2 whose names are not the attribute's with dashes.
_FILTERS = {
    "availability-zone": "availability_zone",
    "cidr": "cidr_block",
    "cidr-block": "cidr_block",
    "group-id": "id",
    "group-name": "name",
    "subnet-id": "id",
    "vpc-id": "vpc_id",
}


@dataclass(frozen=True)
class PlannedResource:
    """A resource as another root module sees it; its values are by pass."""

    root: str
    type_name: str
    region: str | None
    values: Mapping[Pass, Mapping[str, Any]]


@dataclass(frozen=True)
class LookUp:
    """What a root module looked up and nobody had yet."""

    root: str
    type_name: str
    region: str
    config: Mapping[str, Any]
    several: bool = False
    """Whether it asks for all that fit, and not for one."""


@dataclass
class Joins:
    """What was planned so far for one environment, and who looked up what of it.

    ``edges`` are pairs: the root module that looks up, and the one that is looked up.
    """

    tokens: TokenTable = field(default_factory=TokenTable)
    resources: dict[str, list[PlannedResource]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[Pass, dict[str, Any]]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)
    missed: list[LookUp] = field(default_factory=list)
    missed_states: set[tuple[str, str]] = field(default_factory=set)

    def data(self, look_up: LookUp, plan_pass: Pass) -> Mapping[str, Any] | None:
        """The planned values of the one resource that a data source asks for, or None."""
        matching = self._matching(look_up)
        if len(matching) != 1:
            self.missed.append(look_up)
            return None
        (resource,) = matching
        self.edges.add((look_up.root, resource.root))
        return resource.values[plan_pass]

    def identifiers(self, look_up: LookUp, of_type: str, plan_pass: Pass) -> list[str] | None:
        """The IDs of all resources that a data source for several asks for; None without one."""
        wanted = replace(look_up, type_name=of_type, several=True)
        matching = self._matching(wanted)
        if not matching:
            self.missed.append(wanted)
            return None
        self.edges |= {(look_up.root, resource.root) for resource in matching}
        return [str(resource.values[plan_pass].get("id")) for resource in matching]

    def state(self, root: str, place: str, plan_pass: Pass) -> dict[str, Any] | None:
        """The outputs of the root module whose state lies at a place, as a state file has them."""
        owner = self.states.get(place)
        if owner is None or owner == root:
            return None
        self.edges.add((root, owner))
        if owner not in self.outputs:
            self.missed_states.add((root, owner))
            return None
        return self.outputs[owner][plan_pass]

    def joinable(self, root: str) -> bool:
        """Whether something that this root module looked up in vain was planned since."""
        states = any(asker == root and owner in self.outputs for asker, owner in self.missed_states)
        return states or any(
            look_up.root == root and self._answers(look_up) for look_up in self.missed
        )

    def forget(self, root: str) -> None:
        """Forget what this root module missed: it is planned again."""
        self.missed = [look_up for look_up in self.missed if look_up.root != root]
        self.missed_states = {pair for pair in self.missed_states if pair[0] != root}

    def add(self, root: str, type_name: str, region: str | None, known: Any, invented: Any) -> None:
        """Offer a planned resource: what is ``known`` of it, and what was ``made`` up besides."""
        values = {Pass.RESOLVED: invented, Pass.ORDINARY: self.as_other(known, invented)}
        mine = PlannedResource(root, type_name, region, values)
        self.resources.setdefault(type_name, []).append(mine)

    def drop(self, root: str) -> None:
        """Take back what a root module offered."""
        for type_name, offered in self.resources.items():
            self.resources[type_name] = [one for one in offered if one.root != root]
        self.outputs.pop(root, None)

    def as_other(self, known: Any, invented: Any) -> Any:
        """A value as the ordinary pass is told it: what is made up there is another in each pass.

        Only what both passes say counts as known, so that nothing made up does.
        """
        if isinstance(invented, dict):
            here = known if isinstance(known, dict) else {}
            return {name: self.as_other(here.get(name), value) for name, value in invented.items()}
        if isinstance(invented, list):
            there = known if isinstance(known, list) and len(known) == len(invented) else invented
            members = [None] * len(invented) if there is invented else there
            return [self.as_other(*pair) for pair in zip(members, invented, strict=True)]
        if type(known) is type(invented) and known == invented:
            return invented
        return self._other(invented)

    def _other(self, invented: Any) -> Any:
        if isinstance(invented, bool):
            return not invented
        if isinstance(invented, int | float):
            return invented + 1
        if isinstance(invented, str):
            text = self.tokens.published(invented)
            return text if text != invented else f"{invented}-"
        return invented

    def _answers(self, look_up: LookUp) -> bool:
        fitting = len(self._matching(look_up))
        return fitting > 0 if look_up.several else fitting == 1

    def _matching(self, look_up: LookUp) -> list[PlannedResource]:
        return [
            resource
            for resource in self.resources.get(look_up.type_name, [])
            if resource.root != look_up.root
            and resource.region in (None, look_up.region)
            and _is_asked_for(look_up, resource)
        ]


def _is_asked_for(look_up: LookUp, resource: PlannedResource) -> bool:
    """Whether all that a data source is asked with is true of a resource, and it asks something."""
    told = [*_told(look_up)]
    return bool(told) and all(
        any(_equal(wanted, values.get(name)) for values in resource.values.values())
        for name, wanted in told
    )


def _told(look_up: LookUp) -> Iterator[tuple[str, Any]]:
    for name, wanted in look_up.config.items():
        if wanted in (None, False, [], {}, "") or name in _HOW:
            continue  # not asked
        if name == "filter":
            for entry in wanted if isinstance(wanted, list) else []:
                yield from _filtered(entry)
        else:
            yield _RENAMED.get((look_up.type_name, name), name), wanted


def _filtered(entry: Any) -> Iterator[tuple[str, Any]]:
    values = entry.get("values") if isinstance(entry, dict) else None
    name = str(entry.get("name")) if isinstance(entry, dict) else ""
    wanted = values[0] if isinstance(values, list) and len(values) == 1 else None
    if name.startswith("tag:"):
        yield "tags", {name.removeprefix("tag:"): wanted}
    else:
        yield _FILTERS.get(name, name.replace("-", "_")), wanted


def _equal(wanted: Any, planned: Any) -> bool:
    if isinstance(wanted, dict):
        here = planned if isinstance(planned, dict) else {}
        return all(_equal(value, here.get(name)) for name, value in wanted.items())
    if isinstance(wanted, str) and isinstance(planned, str):
        # Names of zones may have a dot at their end.
        return wanted.rstrip(".") == planned.rstrip(".")
    return bool(wanted is not None and wanted == planned)
