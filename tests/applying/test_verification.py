"""Verification asks the AWS API, and what it does not find there is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lockgate.applying.verification import drill_arguments, outputs_without_value, unhealthy
from lockgate.base.errors import EngineError
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from lockgate.targets.embedded_target import EmbeddedTarget


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with local_aws.throw_away() as address:
        yield address


def _at(endpoint: str) -> EmbeddedTarget:
    return EmbeddedTarget(endpoint, keep_state=True)


def _plan(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    resource = {"address": f"{kind}.this", "mode": "managed", "type": kind, "values": values}
    return {"prior_state": {"values": {"root_module": {"resources": [resource]}}}}


def _load_balancer(endpoint: str) -> str:
    ec2 = client("ec2", "us-west-2", endpoint)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-west-2{zone}"
        )["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    made = client("elbv2", "us-west-2", endpoint).create_load_balancer(Name="web", Subnets=subnets)
    arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    return arn


def test_a_load_balancer_must_be_there_and_active(endpoint: str) -> None:
    arn = _load_balancer(endpoint)
    first = list(unhealthy(_plan("aws_lb", {"arn": arn}), _at(endpoint)))
    # moto says "provisioning" to the first who asks, and "active" from then on, as AWS does later.
    assert first in ([], ["aws_lb.this is provisioning, not active"])
    assert list(unhealthy(_plan("aws_lb", {"arn": arn}), _at(endpoint))) == []
    (gone,) = unhealthy(_plan("aws_lb", {"arn": f"{arn}x"}), _at(endpoint))
    assert gone.startswith("aws_lb.this: ")
    assert "LoadBalancerNotFound" in gone
    assert list(unhealthy(_plan("aws_lb", {}), _at(endpoint))) == [
        "aws_lb.this: its state holds no ARN"
    ]


def test_a_record_must_be_in_its_zone(endpoint: str) -> None:
    route53 = client("route53", "us-east-1", endpoint)
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="a")["HostedZone"]["Id"]
    for name, identifier in (("www.example.com", "primary"), ("*.example.com", None)):
        record: dict[str, Any] = {
            "Name": name,
            "Type": "A",
            "TTL": 60,
            "ResourceRecords": [{"Value": "192.0.2.1"}],
        }
        if identifier:
            record |= {"SetIdentifier": identifier, "Failover": "PRIMARY"}
        route53.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
        )
    found = {"zone_id": zone, "fqdn": "www.example.com", "type": "A", "set_identifier": "primary"}
    assert list(unhealthy(_plan("aws_route53_record", found), _at(endpoint))) == []
    anything = {"zone_id": zone, "fqdn": "*.example.com", "type": "A"}
    assert list(unhealthy(_plan("aws_route53_record", anything), _at(endpoint))) == []
    other = {**found, "set_identifier": "secondary"}
    assert list(unhealthy(_plan("aws_route53_record", other), _at(endpoint))) == [
        "aws_route53_record.this: Route 53 holds no record set www.example.com A secondary"
    ]


def test_an_api_that_does_not_answer_is_an_engine_error() -> None:
    plan = _plan("aws_lb", {"arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/b"})
    with pytest.raises(EngineError, match=r"aws_lb\.this cannot be asked for"):
        list(unhealthy(plan, _at("http://127.0.0.1:9")))


def test_every_declared_output_has_a_value() -> None:
    plan = {
        "configuration": {"root_module": {"outputs": {"here": {}, "gone": {}, "empty": {}}}},
        "prior_state": {"values": {"outputs": {"here": {"value": 0}, "empty": {"value": None}}}},
    }
    assert list(outputs_without_value(plan)) == [
        "the output 'empty' is declared and has no value",
        "the output 'gone' is declared and has no value",
    ]


def test_only_drills_on_the_embedded_aws_are_scaled() -> None:
    assert drill_arguments("embedded", 20) == ("--target", "embedded", "--time-scale", "20")
    assert drill_arguments("aws", 20) == ("--target", "aws")
