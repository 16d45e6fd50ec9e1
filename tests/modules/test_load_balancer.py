"""The load balancer module, applied: whom it faces, what it listens on, what may pass.

With it what it needs for HTTPS and for logs, the modules certificate and access_logs: the minute
that a load balancer takes is also theirs.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/load_balancer"
REGION = "eu-central-1"
ELSEWHERE = "eu-north-1"
REGIONS = (REGION, ELSEWHERE)
CERTIFICATES = {
    "here": (REGION, "secure.example.com"),
    "wildcard": (REGION, "*.example.com"),
    "elsewhere": (ELSEWHERE, "secure.example.com"),
}
BUCKETS = {"kept": "lockgate-test-access-logs", "thrown_away": "lockgate-test-thrown-away"}
# By which load balancers write logs in REGION, as AWS publishes it.
LOG_ACCOUNT = "054676820928"

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("load_balancer", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")


@pytest.fixture(scope="module")
def elb(client: Callable[[str, str], Any]) -> Any:
    """Elastic Load Balancing in the load balancers' region."""
    return client("elbv2", REGION)


@pytest.fixture(scope="module")
def ec2(client: Callable[[str, str], Any]) -> Any:
    """EC2 in the load balancers' region."""
    return client("ec2", REGION)


def output(applied: Any, name: str) -> Any:
    """An output of the root module."""
    return applied.outputs[name]["value"]


def listeners(elb: Any, said: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What the API says about a load balancer's listeners, by port."""
    found = elb.describe_listeners(LoadBalancerArn=said["load_balancer_arn"])["Listeners"]
    return {listener["Port"]: listener for listener in found}


def permissions(ec2: Any, said: dict[str, Any], direction: str) -> set[tuple[str, int, int, str]]:
    """What a load balancer's security group admits: protocol, first and last port, IPv4 range."""
    [group] = ec2.describe_security_groups(GroupIds=[said["security_group_id"]])["SecurityGroups"]
    key = {"in": "IpPermissions", "out": "IpPermissionsEgress"}[direction]
    assert not any(entry["UserIdGroupPairs"] or entry["Ipv6Ranges"] for entry in group[key])
    return {
        (
            entry["IpProtocol"],
            entry.get("FromPort", 0),
            entry.get("ToPort", 65535),
            ip_range["CidrIp"],
        )
        for entry in group[key]
        for ip_range in entry["IpRanges"]
    }


@pytest.mark.parametrize("which", ["plain", "secure"])
def test_faces_the_internet_from_two_zones(load_balancer: Any, elb: Any, which: str) -> None:
    said = output(load_balancer, which)
    [found] = elb.describe_load_balancers(LoadBalancerArns=[said["load_balancer_arn"]])[
        "LoadBalancers"
    ]
    # moto leaves out the scheme that nobody asked for, which is AWS's default.
    assert found.get("Scheme", "internet-facing") == "internet-facing"
    assert found["Type"] == "application"
    assert found["VpcId"] == output(load_balancer, "vpc_id")
    assert {(zone["ZoneName"], zone["SubnetId"]) for zone in found["AvailabilityZones"]} == set(
        zip(
            ("eu-central-1a", "eu-central-1b"),
            output(load_balancer, "subnet_ids"),
            strict=True,
        )
    )
    assert found["DNSName"] == said["load_balancer_dns_name"]
    assert found["CanonicalHostedZoneId"] == said["load_balancer_zone_id"]
    assert found["SecurityGroups"] == [said["security_group_id"]]


@pytest.mark.parametrize("which", ["plain", "secure"])
def test_drops_malformed_headers(load_balancer: Any, elb: Any, which: str) -> None:
    said = output(load_balancer, which)
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=said["load_balancer_arn"])
    found = {attribute["Key"]: attribute["Value"] for attribute in attributes["Attributes"]}
    assert found["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert found["deletion_protection.enabled"] == "false"


def test_plain_serves_http(load_balancer: Any, elb: Any) -> None:
    said = output(load_balancer, "plain")
    found = listeners(elb, said)
    assert set(found) == {80}
    assert found[80]["Protocol"] == "HTTP"
    [action] = found[80]["DefaultActions"]
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", said["target_group_arn"])


def test_secure_serves_https_and_sends_http_there(load_balancer: Any, elb: Any) -> None:
    said = output(load_balancer, "secure")
    found = listeners(elb, said)
    assert set(found) == {80, 443}
    [redirect] = found[80]["DefaultActions"]
    assert redirect["Type"] == "redirect"
    assert redirect["RedirectConfig"]["Protocol"] == "HTTPS"
    assert redirect["RedirectConfig"]["Port"] == "443"
    assert redirect["RedirectConfig"]["StatusCode"] == "HTTP_301"
    assert found[443]["Protocol"] == "HTTPS"
    assert found[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    certificates = [certificate["CertificateArn"] for certificate in found[443]["Certificates"]]
    assert certificates == [output(load_balancer, "certificates")["here"]["certificate_arn"]]
    [forward] = found[443]["DefaultActions"]
    assert (forward["Type"], forward["TargetGroupArn"]) == ("forward", said["target_group_arn"])


@pytest.mark.parametrize(
    ("which", "port", "path"), [("plain", 8080, "/healthz"), ("secure", 9000, "/ready")]
)
def test_targets_are_probed_where_they_serve(
    load_balancer: Any, elb: Any, which: str, port: int, path: str
) -> None:
    said = output(load_balancer, which)
    [found] = elb.describe_target_groups(TargetGroupArns=[said["target_group_arn"]])["TargetGroups"]
    assert (found["Protocol"], found["Port"]) == ("HTTP", port)
    assert said["target_port"] == port
    assert found["VpcId"] == output(load_balancer, "vpc_id")
    assert found["HealthCheckEnabled"] is True
    assert found["HealthCheckPath"] == path
    assert found["Matcher"] == {"HttpCode": "200"}
    # A target that cannot serve is out after 20 seconds, before a health checker notices.
    assert found["HealthCheckIntervalSeconds"] * found["UnhealthyThresholdCount"] == 20


def test_plain_admits_everybody_to_its_listener_only(load_balancer: Any, ec2: Any) -> None:
    said = output(load_balancer, "plain")
    assert permissions(ec2, said, "in") == {("tcp", 80, 80, "0.0.0.0/0")}
    assert permissions(ec2, said, "out") == {("tcp", 8080, 8080, "10.50.0.0/24")}


def test_secure_admits_the_given_ranges_to_its_listeners_only(load_balancer: Any, ec2: Any) -> None:
    said = output(load_balancer, "secure")
    assert permissions(ec2, said, "in") == {
        ("tcp", port, port, block)
        for port in (80, 443)
        for block in ("198.51.100.0/24", "203.0.113.0/24")
    }
    assert permissions(ec2, said, "out") == {("tcp", 9000, 9000, "10.50.0.0/24")}


def test_secure_logs_requests_to_its_bucket_and_plain_none(load_balancer: Any, elb: Any) -> None:
    logs = {}
    for which in ("plain", "secure"):
        said = elb.describe_load_balancer_attributes(
            LoadBalancerArn=output(load_balancer, which)["load_balancer_arn"]
        )
        found = {attribute["Key"]: attribute["Value"] for attribute in said["Attributes"]}
        logs[which] = [found.get(f"access_logs.s3.{key}") for key in ("enabled", "bucket")]
    assert logs["plain"][0] in (None, "false")  # moto leaves out what nobody asked for
    assert logs["secure"] == ["true", BUCKETS["kept"]]


@pytest.mark.parametrize("which", sorted(CERTIFICATES))
def test_certificate_is_issued_in_its_region(
    load_balancer: Any, client: Callable[[str, str], Any], which: str
) -> None:
    region, name = CERTIFICATES[which]
    arn = output(load_balancer, "certificates")[which]["certificate_arn"]
    assert arn.split(":")[3] == region
    acm = client("acm", region)
    found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (found["DomainName"], found["Status"], found["Type"]) == (
        name,
        "ISSUED",
        "AMAZON_ISSUED",
    )
    assert [
        validation_option["ValidationMethod"]
        for validation_option in found["DomainValidationOptions"]
    ] == ["DNS"]
    tags = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "Name": name,
        **({"Owner": "platform"} if which == "wildcard" else {}),
    }


def test_each_region_has_no_other_certificate(
    load_balancer: Any, client: Callable[[str, str], Any]
) -> None:
    said = output(load_balancer, "certificates")
    for region in REGIONS:
        found = client("acm", region).list_certificates()["CertificateSummaryList"]
        assert {each["CertificateArn"] for each in found} == {
            said[which]["certificate_arn"]
            for which, (place, _) in CERTIFICATES.items()
            if place == region
        }


def test_names_are_proved_by_records_of_the_zone(
    load_balancer: Any, client: Callable[[str, str], Any]
) -> None:
    said = output(load_balancer, "certificates")
    asked = set()
    for which in ("here", "wildcard"):  # the third leaves the record to the first
        found = client("acm", REGION).describe_certificate(
            CertificateArn=said[which]["certificate_arn"]
        )
        for option in found["Certificate"]["DomainValidationOptions"]:
            record = option["ResourceRecord"]
            asked.add(tuple(record[key].rstrip(".") for key in ("Name", "Type", "Value")))
    records = client("route53", REGION).list_resource_record_sets(
        HostedZoneId=output(load_balancer, "zone_id")
    )["ResourceRecordSets"]
    assert {
        (each["Name"].rstrip("."), each["Type"], value["Value"].rstrip("."))
        for each in records
        if each["Type"] == "CNAME"
        for value in each["ResourceRecords"]
    } == asked


@pytest.mark.parametrize("which", sorted(BUCKETS))
def test_logs_are_for_load_balancers_to_write_and_for_nobody_else(
    load_balancer: Any, client: Callable[[str, str], Any], which: str
) -> None:
    s3, said = client("s3", REGION), output(load_balancer, "access_logs")[which]
    assert (said["bucket"], said["arn"]) == (BUCKETS[which], f"arn:aws:s3:::{BUCKETS[which]}")
    blocked = s3.get_public_access_block(Bucket=said["bucket"])["PublicAccessBlockConfiguration"]
    assert list(blocked.values()) == [True] * 4
    policy = json.loads(s3.get_bucket_policy(Bucket=said["bucket"])["Policy"])
    writes, in_the_clear = policy["Statement"]
    assert (writes["Effect"], writes["Action"]) == ("Allow", "s3:PutObject")
    assert writes["Principal"] == {"AWS": f"arn:aws:iam::{LOG_ACCOUNT}:root"}
    assert writes["Resource"] == f"{said['arn']}/*"
    assert (in_the_clear["Effect"], in_the_clear["Principal"]) == ("Deny", "*")
    assert in_the_clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert in_the_clear["Resource"] == [said["arn"], f"{said['arn']}/*"]


def test_logs_lie_in_the_region_of_the_load_balancer(
    load_balancer: Any, client: Callable[[str, str], Any]
) -> None:
    s3 = client("s3", REGION)
    assert {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]} == set(BUCKETS.values())
    for name in BUCKETS.values():
        assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == REGION
    [tag] = [
        tag
        for tag in s3.get_bucket_tagging(Bucket=BUCKETS["thrown_away"])["TagSet"]
        if tag["Key"] != "Name"
    ]
    assert tag == {"Key": "Owner", "Value": "platform"}


def test_second_plan_is_empty(
    load_balancer: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(load_balancer)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    load_balancer: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    load_balancer.terraform.destroy()
    assert inventory() == untouched
