"""A whole environment, applied as it stands in envs/: two regions that one name fails over."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_terraform import terraform

from lockgate.applying.verification import drill, drill_arguments
from lockgate.base import paths
from lockgate.repository.environments import Environment
from lockgate.targets.embedded_target import STATE_BUCKET
from lockgate.targets.target_selection import ENDPOINT_VARIABLE

ROOT = paths.repository_root(Path(__file__))
ROOT_MODULE = "envs/dev"
REGIONS = ("us-east-1", "us-west-2")
ROLES = {"PRIMARY": "us-east-1", "SECONDARY": "us-west-2"}
NAME = "www.dev.example.com"

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("dev", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_region = pytest.mark.parametrize("region", REGIONS)

Client = Callable[[str, str], Any]


def output(applied: Any, name: str) -> Any:
    """An output of the environment."""
    return applied.outputs[name]["value"]


def load_balancer(client: Client, region: str) -> dict[str, Any]:
    """The only load balancer of a region, as the API describes it."""
    found: list[dict[str, Any]] = client("elbv2", region).describe_load_balancers()["LoadBalancers"]
    assert len(found) == 1
    return found[0]


def failover_records(client: Client) -> dict[str, dict[str, Any]]:
    """The failover records of the environment's zone, by role."""
    route53 = client("route53", "us-east-1")
    [zone] = route53.list_hosted_zones()["HostedZones"]
    assert zone["Name"] == "dev.example.com."
    found = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return {record["Failover"]: record for record in found if "Failover" in record}


def test_says_where_the_service_answers(dev: Any, client: Client) -> None:
    assert output(dev, "service_url") == f"http://{NAME}"
    assert (
        output(dev, "primary_load_balancer_dns_name")
        == (load_balancer(client, "us-east-1")["DNSName"])
    )
    assert (
        output(dev, "secondary_load_balancer_dns_name")
        == (load_balancer(client, "us-west-2")["DNSName"])
    )
    # Three probes, 30 seconds apart, and the 60 seconds for which an alias may be cached.
    assert output(dev, "recovery_seconds") == 150
    assert len(output(dev, "name_servers")) > 0


@each_region
def test_region_has_a_network_of_its_own(dev: Any, client: Client, region: str) -> None:
    ec2 = client("ec2", region)
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert vpc["VpcId"] == output(dev, "vpc_ids")[region]
    ranges = {"us-east-1": "10.10.0.0/16", "us-west-2": "10.11.0.0/16"}
    assert vpc["CidrBlock"] == ranges[region]
    tags = {tag["Key"]: tag["Value"] for tag in vpc["Tags"]}
    assert (tags["Environment"], tags["ManagedBy"]) == ("dev", "terraform")


@each_region
def test_only_public_subnets_reach_the_gateway(dev: Any, client: Client, region: str) -> None:
    ec2 = client("ec2", region)
    in_vpc = [{"Name": "vpc-id", "Values": [output(dev, "vpc_ids")[region]]}]
    outward = {
        association["SubnetId"]
        for table in ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]
        if any(route.get("GatewayId", "").startswith("igw-") for route in table["Routes"])
        for association in table["Associations"]
    }
    tiers: dict[str, list[dict[str, Any]]] = {"public": [], "private": []}
    for subnet in ec2.describe_subnets(Filters=in_vpc)["Subnets"]:
        tags = {tag["Key"]: tag["Value"] for tag in subnet["Tags"]}
        tiers[tags["Tier"]].append(subnet)
    assert {subnet["SubnetId"] for subnet in tiers["public"]} == outward
    for subnets in tiers.values():
        zones = sorted(subnet["AvailabilityZone"] for subnet in subnets)
        assert zones == [f"{region}a", f"{region}b"]


@each_region
def test_load_balancer_stands_in_the_public_subnets(dev: Any, client: Client, region: str) -> None:
    ec2 = client("ec2", region)
    public = ec2.describe_subnets(
        Filters=[
            {"Name": "vpc-id", "Values": [output(dev, "vpc_ids")[region]]},
            {"Name": "tag:Tier", "Values": ["public"]},
        ]
    )["Subnets"]
    found = load_balancer(client, region)
    assert {(zone["SubnetId"], zone["ZoneName"]) for zone in found["AvailabilityZones"]} == {
        (subnet["SubnetId"], subnet["AvailabilityZone"]) for subnet in public
    }
    # moto leaves out the scheme that nobody asked for, which is AWS's default.
    assert found.get("Scheme", "internet-facing") == "internet-facing"
    [listener] = client("elbv2", region).describe_listeners(
        LoadBalancerArn=found["LoadBalancerArn"]
    )["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_record_leads_to_the_load_balancer_of_its_region(
    dev: Any, client: Client, role: str
) -> None:
    record = failover_records(client)[role]
    target = load_balancer(client, ROLES[role])
    assert record["Name"] == f"{NAME}."
    assert record["AliasTarget"]["DNSName"].rstrip(".") == target["DNSName"]
    assert record["AliasTarget"]["HostedZoneId"] == target["CanonicalHostedZoneId"]
    assert record["AliasTarget"]["EvaluateTargetHealth"] is True


@pytest.mark.parametrize("role", sorted(ROLES))
def test_health_check_probes_the_load_balancer_of_its_region(
    dev: Any, client: Client, role: str
) -> None:
    record = failover_records(client)[role]
    answer = client("route53", "us-east-1").get_health_check(HealthCheckId=record["HealthCheckId"])
    found = answer["HealthCheck"]["HealthCheckConfig"]
    assert found["FullyQualifiedDomainName"] == load_balancer(client, ROLES[role])["DNSName"]
    assert (found["Type"], found["Port"], found["ResourcePath"]) == ("HTTP", 80, "/healthz")
    assert (found["RequestInterval"], found["FailureThreshold"]) == (30, 3)


def test_the_database_spans_both_regions(dev: Any, client: Client) -> None:
    [found] = client("rds", "us-east-1").describe_global_clusters()["GlobalClusters"]
    assert found["GlobalClusterIdentifier"] == output(dev, "global_cluster_identifier")
    arns = output(dev, "cluster_arns")
    assert {
        cluster_member["DBClusterArn"]: cluster_member["IsWriter"]
        for cluster_member in found["GlobalClusterMembers"]
    } == {
        arns["us-east-1"]: True,
        arns["us-west-2"]: False,
    }
    for region in REGIONS:
        [cluster] = client("rds", region).describe_db_clusters()["DBClusters"]
        assert cluster["DBClusterArn"] == arns[region]
        assert cluster["Endpoint"] == output(dev, "database_endpoints")[region]
        assert len(client("rds", region).describe_db_instances()["DBInstances"]) == 1


@each_region
def test_the_database_admits_the_servers_of_its_region(
    dev: Any, client: Client, region: str
) -> None:
    ec2 = client("ec2", region)
    [cluster] = client("rds", region).describe_db_clusters()["DBClusters"]
    [attached] = cluster["VpcSecurityGroups"]
    [group] = ec2.describe_security_groups(GroupIds=[attached["VpcSecurityGroupId"]])[
        "SecurityGroups"
    ]
    assert group["VpcId"] == output(dev, "vpc_ids")[region]
    [entry] = group["IpPermissions"]
    [pair] = entry["UserIdGroupPairs"]
    [servers] = ec2.describe_security_groups(GroupIds=[pair["GroupId"]])["SecurityGroups"]
    role = {there: role.lower() for role, there in ROLES.items()}[region]
    assert servers["GroupName"] == f"web-dev-{role}-app"


def test_objects_are_copied_to_the_other_region(dev: Any, client: Client) -> None:
    buckets = output(dev, "buckets")
    found = client("s3", "us-east-1").get_bucket_replication(Bucket=buckets["us-east-1"])
    [rule] = found["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{buckets['us-west-2']}"


@each_region
def test_alarms_go_to_a_topic_of_their_region(dev: Any, client: Client, region: str) -> None:
    topic = output(dev, "alarm_topic_arns")[region]
    assert topic.split(":")[3] == region
    alarms = client("cloudwatch", region).describe_alarms()["MetricAlarms"]
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {topic}
    metrics = sorted(alarm["MetricName"] for alarm in alarms)
    hosts = ["HealthyHostCount", "UnHealthyHostCount"]
    # Route 53 keeps its metrics in us-east-1; the reader measures how far it is behind.
    beside = {
        "us-east-1": ["HealthCheckStatus", "HealthCheckStatus"],
        "us-west-2": ["AuroraGlobalDBReplicationLag"],
    }
    assert metrics == sorted(hosts + beside[region])
    balancer = load_balancer(client, region)["LoadBalancerArn"].split("loadbalancer/")[1]
    watched = {
        dimension["Value"]
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "LoadBalancer"
    }
    assert watched == {balancer}


def test_second_plan_is_empty(
    dev: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(dev)
    assert plan.returncode == 0, plan.stdout + plan.stderr


@pytest.fixture
def kept_state(dev: Any, client: Client) -> Iterator[None]:
    """The applied environment's state, where an environment's state is kept."""
    s3 = client("s3", "us-east-1")
    s3.create_bucket(Bucket=STATE_BUCKET)
    key = "dev/terraform.tfstate"
    s3.put_object(Bucket=STATE_BUCKET, Key=key, Body=Path(dev.terraform.state_path).read_bytes())
    yield
    s3.delete_object(Bucket=STATE_BUCKET, Key=key)
    s3.delete_bucket(Bucket=STATE_BUCKET)


@pytest.mark.usefixtures("kept_state")
def test_a_drill_verifies_what_was_applied(
    embedded_aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT_VARIABLE, embedded_aws)
    environment = Environment("dev", ROOT / ROOT_MODULE, ROOT)
    # Other tests run beside this one, and a machine that is late for once proves nothing.
    for scale in (60, 40, 20):
        found = drill(environment, list(drill_arguments("embedded", scale)))
        if found.passes:
            break
    assert found.problems == ()


def test_destroy_leaves_nothing(
    dev: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    dev.terraform.destroy()
    assert inventory() == untouched
