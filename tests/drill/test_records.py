"""What is read from the AWS API, and what is refused because it is not modelled."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.base.errors import UsageError
from lockgate.drill.records import (
    CalculatedCheck,
    EndpointCheck,
    Role,
    checks_behind,
    parse_health_check,
    parse_load_balancer,
    parse_record,
)

ALIAS: dict[str, Any] = {
    "Name": "WWW.example.com.",
    "Type": "A",
    "SetIdentifier": "primary",
    "Failover": "PRIMARY",
    "AliasTarget": {
        "HostedZoneId": "Z35SXDOTRQ7X7K",
        "DNSName": "One.us-east-1.elb.amazonaws.com.",
        "EvaluateTargetHealth": True,
    },
    "HealthCheckId": "first",
}
PLAIN = {
    "Name": "www.example.com.",
    "Type": "CNAME",
    "TTL": 300,
    "ResourceRecords": [{"Value": "one.us-east-1.elb.amazonaws.com"}],
}
HTTPS = {
    "Id": "first",
    "HealthCheckConfig": {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "one.us-east-1.elb.amazonaws.com",
        "Port": 8443,
        "ResourcePath": "/healthz",
        "RequestInterval": 10,
        "FailureThreshold": 2,
        "Inverted": False,
    },
}


def test_a_failover_alias_is_read() -> None:
    record = parse_record(ALIAS)
    assert (record.name, record.type, record.role) == ("www.example.com", "A", Role.PRIMARY)
    assert record.alias == "one.us-east-1.elb.amazonaws.com"
    assert (record.ttl, record.values) == (None, ())
    assert (record.health_check, record.evaluates_target_health) == ("first", True)
    assert record.title == "www.example.com A PRIMARY"


def test_a_plain_record_is_read() -> None:
    record = parse_record(PLAIN)
    assert (record.ttl, record.values, record.alias, record.role) == (
        300,
        ("one.us-east-1.elb.amazonaws.com",),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Weight": 0}, "weighted routing is not modelled"),
        ({"Region": "us-east-1"}, "latency-based routing is not modelled"),
        ({"GeoLocation": {"CountryCode": "DE"}}, "geolocation routing is not modelled"),
        ({"GeoProximityLocation": {"Bias": 1}}, "geoproximity routing is not modelled"),
        ({"MultiValueAnswer": True}, "multivalue answer routing is not modelled"),
        ({"CidrRoutingConfig": {"CollectionId": "c"}}, "IP-based routing is not modelled"),
        ({"TrafficPolicyInstanceId": "t"}, "traffic policies are not modelled"),
        ({"Type": "MX"}, "records of type MX are not modelled"),
        ({"ResourceRecords": []}, "neither an alias nor values"),
    ],
)
def test_what_is_not_modelled_is_refused_by_name(change: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refusal:
        parse_record({**PLAIN, **change})
    assert "www.example.com" in str(refusal.value)


def test_an_endpoint_check_is_read() -> None:
    check = parse_health_check(HTTPS)
    assert isinstance(check, EndpointCheck)
    assert (check.host, check.port, check.path) == (
        "one.us-east-1.elb.amazonaws.com",
        8443,
        "/healthz",
    )
    assert check.detection == 20


@pytest.mark.parametrize(("kind", "port"), [("HTTP", 80), ("HTTPS", 443), ("HTTP_STR_MATCH", 80)])
def test_the_apis_defaults_hold(kind: str, port: int) -> None:
    config = {"Type": kind, "FullyQualifiedDomainName": "a.example.com.", "SearchString": "ok"}
    check = parse_health_check({"Id": "x", "HealthCheckConfig": config})
    assert isinstance(check, EndpointCheck)
    assert (check.port, check.path, check.interval, check.threshold) == (port, "/", 30, 3)
    assert check.search == ("ok" if kind == "HTTP_STR_MATCH" else None)


def test_a_check_of_an_address_probes_the_address() -> None:
    config = {"Type": "TCP", "IPAddress": "192.0.2.1", "FullyQualifiedDomainName": "a.b", "Port": 9}
    check = parse_health_check({"Id": "x", "HealthCheckConfig": config})
    assert isinstance(check, EndpointCheck)
    assert check.host == "192.0.2.1"


@pytest.mark.parametrize("kind", ["CLOUDWATCH_METRIC", "RECOVERY_CONTROL", "SOMETHING_NEW"])
def test_checks_that_are_not_modelled_are_refused_by_name(kind: str) -> None:
    with pytest.raises(UsageError, match=f"Health check x: the type {kind} is not modelled"):
        parse_health_check({"Id": "x", "HealthCheckConfig": {"Type": kind}})


def test_a_check_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="Health check x: it has neither a domain name"):
        parse_health_check({"Id": "x", "HealthCheckConfig": {"Type": "HTTP"}})


def test_the_children_of_a_calculated_check_come_with_it() -> None:
    config = {"Type": "CALCULATED", "ChildHealthChecks": ["first"], "HealthThreshold": 1}
    known = {
        "first": parse_health_check(HTTPS),
        "sum": parse_health_check({"Id": "sum", "HealthCheckConfig": config}),
    }
    assert isinstance(known["sum"], CalculatedCheck)
    assert [check.id for check in checks_behind(["sum", "sum"], known)] == ["sum", "first"]
    with pytest.raises(UsageError, match="first, used by health check sum, does not exist"):
        checks_behind(["sum"], {"sum": known["sum"]})
    with pytest.raises(UsageError, match="gone, used by a record, does not exist"):
        checks_behind(["gone"], known)


def test_a_load_balancer_has_its_listeners_ports() -> None:
    found = parse_load_balancer(
        {"DNSName": "One.us-east-1.elb.amazonaws.com"}, "us-east-1", [{"Port": 443}, {}]
    )
    assert (found.dns_name, found.region, found.ports) == (
        "one.us-east-1.elb.amazonaws.com",
        "us-east-1",
        frozenset({443}),
    )
