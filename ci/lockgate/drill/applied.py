"""Reads what an environment has applied: its state says what is its own, the AWS API what stands.

The state is asked only for IDs. Records, health checks, load balancers and listeners are those
that the API tells of, so that a drill rehearses what is there and not what was meant to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lockgate.base import documents
from lockgate.base.errors import EngineError, UsageError
from lockgate.drill.answers import record_sets
from lockgate.drill.records import (
    ANSWER_TYPES,
    CalculatedCheck,
    HealthCheck,
    LoadBalancer,
    Record,
    Zone,
    parse_health_check,
    parse_load_balancer,
    parse_record,
    plain_name,
)
from lockgate.drill.zone_model import ZoneModel, zone_model
from lockgate.targets.state_backend import StateObject

Client = Callable[[str, str], Any]
_DUAL_STACK = "dualstack."


@dataclass(frozen=True)
class Managed:
    """What the state of an environment names: zones with their failover names, balancers' ARNs."""

    names: dict[str, frozenset[str]]
    balancers: tuple[str, ...]


def models(environment: str, client: Client, state: StateObject) -> list[ZoneModel]:
    """A model for every failover name of an applied environment.

    ``state`` is where its state lies. Raises UsageError if nothing is applied, or something is not
    modelled; EngineError if the API fails.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        managed = _managed(environment, client, state)
        balancers = [_load_balancer(arn, client) for arn in managed.balancers]
        return [
            model
            for zone, names in managed.names.items()
            for model in _models_of(_zone(zone, client), names, balancers, client)
        ]
    except (ClientError, BotoCoreError) as error:
        raise EngineError(f"{environment}: what is applied cannot be read: {error}") from error


def nothing_applied(environment: str) -> UsageError:
    """What is said where there is nothing to rehearse."""
    return UsageError(
        f"Nothing is applied in '{environment}', so there is nothing to drill. Apply it first: "
        f"`lockgate apply {environment}`, or see it all with `lockgate demo`."
    )


def _managed(environment: str, client: Client, state: StateObject) -> Managed:
    resources = _state(environment, client, state).get("resources") or []
    own = [
        (resource["type"], instance.get("attributes") or {})
        for resource in resources
        if resource.get("mode") == "managed"
        for instance in resource.get("instances") or []
    ]
    if not own:
        raise nothing_applied(environment)
    names: dict[str, set[str]] = {}
    for kind, values in own:
        if kind == "aws_route53_record" and values.get("failover_routing_policy"):
            name = plain_name(str(values.get("fqdn") or values.get("name")))
            names.setdefault(str(values["zone_id"]), set()).add(name)
    if not names:
        raise UsageError(
            f"'{environment}' has no failover record, so no name of it moves when a region is "
            "lost. Add a PRIMARY and a SECONDARY record (modules/failover_dns makes both)."
        )
    arns = [str(values["arn"]) for kind, values in own if kind in ("aws_lb", "aws_alb")]
    return Managed(
        {zone: frozenset(failover_names) for zone, failover_names in names.items()}, tuple(arns)
    )


def _state(environment: str, client: Client, state: StateObject) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        answer = client("s3", state.region).get_object(Bucket=state.bucket, Key=state.key)
        document = documents.parse(answer["Body"].read())
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "NoSuchBucket", "404"):
            raise nothing_applied(environment) from error
        raise
    except ValueError as error:
        raise EngineError(f"The state of '{environment}' is no JSON: {error}") from error
    return document if isinstance(document, dict) else {}


def _zone(identifier: str, client: Client) -> Zone:
    route53 = client("route53", "us-east-1")
    answer = route53.get_hosted_zone(Id=identifier)
    hosted_zone = answer["HostedZone"]
    if (hosted_zone.get("Config") or {}).get("PrivateZone"):
        raise UsageError(
            f"{plain_name(hosted_zone['Name'])}: private hosted zones are not modelled"
        )
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=identifier)
    sets = tuple(record_set for page in pages for record_set in page["ResourceRecordSets"])
    servers = (answer.get("DelegationSet") or {}).get("NameServers") or ()
    return Zone(identifier, plain_name(hosted_zone["Name"]), sets, tuple(map(plain_name, servers)))


def _models_of(
    zone: Zone, names: frozenset[str], balancers: list[LoadBalancer], client: Client
) -> Iterator[ZoneModel]:
    for name in sorted(names):
        sets = zone.sets_of(name)
        if not sets:
            raise UsageError(
                f"{name}: the zone {zone.name} holds no record of this name, though the state "
                "does. Somebody removed it: `lockgate drift` shows it."
            )
        if name not in zone.failover_names():
            raise UsageError(
                f"{name}: its records have no failover policy any more, though the state says so. "
                "`lockgate drift` shows it."
            )
        # A TXT or MX record of the same name sends no client anywhere, unless it fails over too.
        records = [
            _without_dual_stack(parse_record(resource_record_set))
            for resource_record_set in sets
            if resource_record_set["Type"] in ANSWER_TYPES or "Failover" in resource_record_set
        ]
        checks = _health_checks([r.health_check for r in records if r.health_check], client)
        for record_set in record_sets(records):
            if any(record.role for record in record_set.records):
                yield replace(
                    zone_model(record_set, checks, balancers), name_servers=zone.name_servers
                )


def _without_dual_stack(record: Record) -> Record:
    """The console writes aliases with a prefix by which a load balancer has IPv6 answers too."""
    if record.alias and record.alias.startswith(_DUAL_STACK):
        return replace(record, alias=record.alias.removeprefix(_DUAL_STACK))
    return record


def _health_checks(wanted: list[str], client: Client) -> dict[str, HealthCheck]:
    """The checks of these IDs and their children; one that is not there is left out."""
    route53 = client("route53", "us-east-1")
    health_checks: dict[str, HealthCheck] = {}
    waiting, seen = list(wanted), set[str]()
    while waiting:
        identifier = waiting.pop()
        if identifier in seen:
            continue
        seen.add(identifier)
        try:
            answer = route53.get_health_check(HealthCheckId=identifier)["HealthCheck"]
        except route53.exceptions.NoSuchHealthCheck:
            continue
        check = health_checks[identifier] = parse_health_check(answer)
        if isinstance(check, CalculatedCheck):
            waiting += check.children
    return health_checks


def _load_balancer(arn: str, client: Client) -> LoadBalancer:
    # arn:partition:elasticloadbalancing:REGION:account:loadbalancer/...
    region = arn.split(":")[3]
    api = client("elbv2", region)
    load_balancers = api.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    listeners = api.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    return parse_load_balancer(load_balancers[0], region, listeners)
