"""Puts what a recorded plan describes into an AWS API, as if it had been applied.

Zones, failover records, health checks and load balancers with their listeners' ports: all that a
drill reads. Which load balancer a record or a check leads to is what the policies' model of the
plan says, as their names are known only after an apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lockgate.targets.embedded_target import STATE_BUCKET
from lockgate_policies.model.architecture import Architecture
from lockgate_policies.model.failover_records import FailoverRecord
from lockgate_policies.model.health_checks import HealthCheck
from lockgate_policies.model.targets import Targets

Client = Callable[[str, str], Any]


def apply_plan(environment: str, architecture: Architecture, client: Client) -> None:
    """Make everything, and a state that names it."""
    state: list[tuple[str, dict[str, Any]]] = []
    names: dict[str, str] = {}
    for number, balancer in enumerate(architecture.load_balancers):
        made = _load_balancer(f"{environment}-{number}", balancer.region, client)
        state.append(("aws_lb", {"arn": made["LoadBalancerArn"]}))
        names[balancer.address] = made["DNSName"]
        for listener in balancer.listeners:
            _listen(made["LoadBalancerArn"], int(listener.value("port")), balancer.region, client)
    checks = {
        check.address: _health_check(f"{environment} {check.address}", check, names, client)
        for check in architecture.health_checks
    }
    zones: dict[str, str] = {}
    for failover_set in architecture.failover_sets:
        if failover_set.zone not in zones:
            zones[failover_set.zone] = _zone(
                f"{environment} {failover_set.zone}", failover_set.name, client
            )
        for record in failover_set.records:
            _record(zones[failover_set.zone], failover_set.name, record, names, checks, client)
            own = {
                "zone_id": zones[failover_set.zone],
                "fqdn": failover_set.name,
                "failover_routing_policy": [{}],
            }
            state.append(("aws_route53_record", own))
    resources = [
        {"mode": "managed", "type": kind, "instances": [{"attributes": values}]}
        for kind, values in state
    ]
    client("s3", "us-east-1").put_object(
        Bucket=STATE_BUCKET,
        Key=f"{environment}/terraform.tfstate",
        Body=json.dumps({"version": 4, "resources": resources}).encode(),
    )


def _load_balancer(name: str, region: str, client: Client) -> dict[str, Any]:
    ec2, elb = client("ec2", region), client("elbv2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{place}.0/24", AvailabilityZone=f"{region}{zone}"
        )["Subnet"]["SubnetId"]
        for place, zone in enumerate("ab")
    ]
    made: dict[str, Any] = elb.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"][0]
    return made


def _listen(arn: str, port: int, region: str, client: Client) -> None:
    # What it does with a request is not what a drill rehearses, and TLS would want a certificate.
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    client("elbv2", region).create_listener(
        LoadBalancerArn=arn, Protocol="HTTP", Port=port, DefaultActions=[answer]
    )


def _health_check(reference: str, check: HealthCheck, names: dict[str, str], client: Client) -> str:
    value = check.resource.value
    config: dict[str, Any] = {
        "Type": check.kind,
        "FullyQualifiedDomainName": _led_to(check.probes, names),
        "Port": int(value("port")),
        "ResourcePath": value("resource_path"),
        "RequestInterval": check.interval,
        "FailureThreshold": check.threshold,
        "Inverted": value("invert_healthcheck") is True,
        "Disabled": value("disabled") is True,
    }
    made = client("route53", "us-east-1").create_health_check(
        CallerReference=reference, HealthCheckConfig=config
    )
    return str(made["HealthCheck"]["Id"])


def _zone(reference: str, name: str, client: Client) -> str:
    made = client("route53", "us-east-1").create_hosted_zone(
        Name=name.partition(".")[2], CallerReference=reference
    )
    return str(made["HostedZone"]["Id"]).split("/")[-1]


def _record(
    zone: str,
    name: str,
    record: FailoverRecord,
    names: dict[str, str],
    checks: dict[str, str],
    client: Client,
) -> None:
    place = _led_to(record.leads_to, names)
    given: dict[str, Any] = {
        "Name": name,
        "Type": record.resource.value("type"),
        "SetIdentifier": record.resource.value("set_identifier"),
        "Failover": record.role,
    }
    if record.is_alias:
        given["AliasTarget"] = {
            "HostedZoneId": "Z35SXDOTRQ7X7K",
            "DNSName": place,
            "EvaluateTargetHealth": record.evaluates_target_health,
        }
    else:
        given |= {"TTL": record.ttl, "ResourceRecords": [{"Value": place}]}
    for check in record.health_checks.resources:
        given["HealthCheckId"] = checks[check.address]
    client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": given}]},
    )


def _led_to(found: Targets, names: dict[str, str]) -> str:
    (balancer,) = {resource.address for resource in found.resources}
    assert not found.gaps
    return names[balancer]
