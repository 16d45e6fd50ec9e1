"""The failover module, applied: two records of one name, each with a health check of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/failover_dns"
REGION = "us-east-1"
REGIONS = (REGION,)
# What the root module passes: the load balancers' names and the zones that AWS keeps those in.
TARGETS = {
    "own_zone": {
        "primary": ("primary-1.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K"),
        "secondary": ("secondary-1.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5"),
    },
    "existing_zone": {
        "primary": ("primary-2.us-east-1.elb.amazonaws.com", "Z35SXDOTRQ7X7K"),
        "secondary": ("secondary-2.us-west-2.elb.amazonaws.com", "Z1H1FL5HABSF5"),
    },
}
NAMES = {"own_zone": "www.own.example.com", "existing_zone": "api.existing.example.com"}

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("failover_dns", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_zone = pytest.mark.parametrize("which", sorted(TARGETS))


@pytest.fixture(scope="module")
def route53(client: Callable[[str, str], Any]) -> Any:
    """Route 53."""
    return client("route53", REGION)


def output(applied: Any, name: str) -> Any:
    """An output of the root module."""
    return applied.outputs[name]["value"]


def records(route53: Any, zone_id: str) -> dict[str, dict[str, Any]]:
    """The zone's alias records by what each is called within its set."""
    found = route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {record["SetIdentifier"]: record for record in found if "AliasTarget" in record}


def health_check(route53: Any, identifier: str) -> dict[str, Any]:
    """What the API says a health check does."""
    found: dict[str, Any] = route53.get_health_check(HealthCheckId=identifier)["HealthCheck"]
    config: dict[str, Any] = found["HealthCheckConfig"]
    return config


@each_zone
def test_one_name_has_a_primary_and_a_secondary(
    failover_dns: Any, route53: Any, which: str
) -> None:
    said = output(failover_dns, which)
    found = records(route53, said["zone_id"])
    assert {name: record["Failover"] for name, record in found.items()} == {
        "primary": "PRIMARY",
        "secondary": "SECONDARY",
    }
    assert {record["Name"] for record in found.values()} == {f"{NAMES[which]}."}
    assert {record["Type"] for record in found.values()} == {"A"}
    assert said["record_fqdn"] == NAMES[which]


@each_zone
@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_record_follows_its_load_balancer_and_its_health(
    failover_dns: Any, route53: Any, which: str, role: str
) -> None:
    said = output(failover_dns, which)
    record = records(route53, said["zone_id"])[role]
    name, zone = TARGETS[which][role]
    assert record["AliasTarget"]["DNSName"].rstrip(".") == name
    assert record["AliasTarget"]["HostedZoneId"] == zone
    assert record["AliasTarget"]["EvaluateTargetHealth"] is True
    assert record["HealthCheckId"] == said[f"{role}_health_check_id"]


@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_health_check_probes_its_own_load_balancer_every_30_seconds(
    failover_dns: Any, route53: Any, role: str
) -> None:
    said = output(failover_dns, "own_zone")
    found = health_check(route53, said[f"{role}_health_check_id"])
    assert found["FullyQualifiedDomainName"] == TARGETS["own_zone"][role][0]
    assert (found["Type"], found["Port"], found["ResourcePath"]) == ("HTTP", 80, "/healthz")
    assert (found["RequestInterval"], found["FailureThreshold"]) == (30, 3)
    assert said["detection_seconds"] == 90


@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_health_check_probes_as_it_is_told(failover_dns: Any, route53: Any, role: str) -> None:
    said = output(failover_dns, "existing_zone")
    found = health_check(route53, said[f"{role}_health_check_id"])
    assert found["FullyQualifiedDomainName"] == TARGETS["existing_zone"][role][0]
    assert (found["Type"], found["Port"], found["ResourcePath"]) == ("HTTPS", 443, "/ready")
    assert (found["RequestInterval"], found["FailureThreshold"]) == (10, 2)
    assert said["detection_seconds"] == 20


def test_own_zone_is_public_and_can_be_delegated_to(failover_dns: Any, route53: Any) -> None:
    said = output(failover_dns, "own_zone")
    found = route53.get_hosted_zone(Id=said["zone_id"])
    assert found["HostedZone"]["Name"] == "own.example.com."
    assert found["HostedZone"]["Config"]["PrivateZone"] is False
    assert sorted(found["DelegationSet"]["NameServers"]) == sorted(said["name_servers"])
    assert said["name_servers"] != []


def test_existing_zone_is_used_and_no_other_made(failover_dns: Any, route53: Any) -> None:
    said = output(failover_dns, "existing_zone")
    assert said["zone_id"] == output(failover_dns, "existing_zone_id")
    assert said["name_servers"] == []
    zones = {zone["Name"] for zone in route53.list_hosted_zones()["HostedZones"]}
    assert zones == {"own.example.com.", "existing.example.com."}


def test_second_plan_is_empty(
    failover_dns: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(failover_dns)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    failover_dns: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    failover_dns.terraform.destroy()
    assert inventory() == untouched
