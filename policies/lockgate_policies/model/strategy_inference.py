"""What an environment is for, read from its plan where no setting says it.

An inference asks for the most that the plan can be meant to keep: whatever routes a name to two
regions promises that it answers without either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from .backup_copies import backup_regions
from .capacity import CAPACITY_TYPES, read_capacity
from .cross_region_routing import FAILOVER, ORIGIN_GROUP, read_routing
from .data_stores import read_databases
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value
from .strategy import Strategy, StrategyDecision

if TYPE_CHECKING:
    from .architecture import Architecture

# What takes requests or runs. A network alone serves nobody.
SERVING_TYPES = (
    *CAPACITY_TYPES,
    "aws_alb",
    "aws_api_gateway_rest_api",
    "aws_apigatewayv2_api",
    "aws_apprunner_service",
    "aws_eks_cluster",
    "aws_elastic_beanstalk_environment",
    "aws_elb",
    "aws_lambda_function",
    "aws_lb",
    "aws_lightsail_instance",
    "aws_spot_instance_request",
)
_NETWORK = "aws_vpc"


@dataclass
class _Places:
    """The regions of what serves, of what stores, of live copies and of backups."""

    serving: set[Value] = field(default_factory=set)
    data: set[Value] = field(default_factory=set)
    copies: set[Value] = field(default_factory=set)
    backups: set[Value] = field(default_factory=set)
    networks: set[Value] = field(default_factory=set)


# Every rule asks, and a plan's answer does not change.
_decided: WeakKeyDictionary[Architecture, StrategyDecision] = WeakKeyDictionary()


def decide_strategy(architecture: Architecture) -> StrategyDecision:
    """The strategy that the settings declare, or else the one that the plan shows."""
    if architecture not in _decided:
        declared = architecture.settings.strategy
        _decided[architecture] = (
            StrategyDecision(Strategy(declared), True, ())
            if declared
            else infer_strategy(architecture)
        )
    return _decided[architecture]


def infer_strategy(architecture: Architecture) -> StrategyDecision:
    """The strategy that the plan shows: by its routing, its regions, and what runs in them."""
    routing = read_routing(architecture)
    if routing:
        words = tuple(dict.fromkeys(route.words for route in routing))
        active_passive = any(route.kind in (FAILOVER, ORIGIN_GROUP) for route in routing)
        strategy = Strategy.ACTIVE_PASSIVE if active_passive else Strategy.ACTIVE_ACTIVE
        if active_passive and _scaled_down(architecture):
            strategy = Strategy.WARM_STANDBY
        return StrategyDecision(strategy, False, words)
    places = _places(architecture)
    everywhere = places.serving | places.data
    if UNKNOWN in everywhere:
        return _inferred(Strategy.ACTIVE_PASSIVE, "where some of it stands is not known")
    if not everywhere:
        return _inferred(Strategy.NONE, "nothing in it serves or stores anything")
    no_routing = "nothing routes a name to two regions"
    if len(places.serving) > 1:
        named = _named(places.serving)
        return _inferred(Strategy.ACTIVE_PASSIVE, f"it runs in {named}", no_routing)
    here = f"it runs in {_named(places.serving)} alone"
    if not places.serving:
        here = f"it stores in {_named(places.data)} and runs nothing"
    if elsewhere := places.copies - (places.serving or places.data):
        live = f"{_named(elsewhere)} holds live copies of data"
        return _inferred(Strategy.PILOT_LIGHT, here, live, no_routing)
    if backups := places.backups - everywhere:
        return _inferred(
            Strategy.BACKUP_RESTORE, here, f"{_named(backups)} holds backups", no_routing
        )
    if places.serving and (networks := places.networks - places.serving):
        return _inferred(
            Strategy.PILOT_LIGHT, here, f"{_named(networks)} holds a network", no_routing
        )
    return _inferred(Strategy.SINGLE_REGION, here, no_routing)


def regions_in_use(architecture: Architecture) -> list[str]:
    """The regions in which something serves or stores, in the order of their names."""
    places = _places(architecture)
    return sorted(str(region) for region in places.serving | places.data if region is not UNKNOWN)


def serving_and_storing(architecture: Architecture, region: str) -> list[Resource]:
    """What serves and what stores in a region: what ends with it."""
    stores = [database.resource for database in read_databases(architecture)]
    serving = architecture.of_type(*SERVING_TYPES)
    return [resource for resource in (*serving, *stores) if architecture.region(resource) == region]


def _inferred(strategy: Strategy, *seen: str) -> StrategyDecision:
    return StrategyDecision(strategy, False, seen)


def _places(architecture: Architecture) -> _Places:
    places = _Places()
    places.serving = {
        architecture.region(resource)
        for resource in architecture.of_type(*SERVING_TYPES)
        if not _runs_nothing(architecture, resource)
    }
    for database in read_databases(architecture):
        if database.is_copy:
            places.copies.add(database.region)
        else:
            places.data.add(database.region)
            places.copies |= set(database.copies.regions)
            places.backups |= set(backup_regions(architecture, database.resource).regions)
    places.networks = {architecture.region(vpc.resource) for vpc in architecture.vpcs}
    return places


def _runs_nothing(architecture: Architecture, resource: Resource) -> bool:
    """Whether a resource is defined, and at zero: it serves nobody until it is scaled."""
    amounts = [entry.amount for entry in read_capacity(architecture) if entry.resource is resource]
    return bool(amounts) and all(amount == 0 for amount in amounts)


def _scaled_down(architecture: Architecture) -> bool:
    """Whether less than all is promised of the secondary, and less than all runs there."""
    if architecture.settings.secondary_capacity_share >= 1:
        return False
    primary, secondary = architecture.expected_regions
    entries = read_capacity(architecture)
    if any(entry.amount is UNKNOWN for entry in entries):
        return False
    running = {
        region: sum(e.amount for e in entries if architecture.region(e.resource) == region)
        for region in (primary, secondary)
    }
    return bool(0 < running[secondary] < running[primary])


def _named(regions: set[Value]) -> str:
    return " and ".join(sorted(str(region) for region in regions)) or "no region"
