"""The network module, applied: which subnets reach the internet, where they are, what is closed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from ipaddress import ip_network
from itertools import combinations
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/network"
REGION = "eu-west-1"
REGIONS = (REGION,)
ZONES = {
    "three_zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    "smallest": ["eu-west-1b", "eu-west-1a"],
}

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("network", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_network = pytest.mark.parametrize("which", sorted(ZONES))


@pytest.fixture(scope="module")
def ec2(client: Callable[[str, str], Any]) -> Any:
    """EC2 in the network's region."""
    return client("ec2", REGION)


def outputs(network: Any, which: str) -> dict[str, Any]:
    """The outputs of one of the two networks."""
    value: dict[str, Any] = network.outputs[which]["value"]
    return value


def subnets(ec2: Any, ids: list[str]) -> list[dict[str, Any]]:
    """What the API says about subnets, in the order of their IDs."""
    found = {
        subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets(SubnetIds=ids)["Subnets"]
    }
    return [found[identifier] for identifier in ids]


def route_tables(ec2: Any, subnet_ids: list[str]) -> list[dict[str, Any]]:
    """The route tables that are explicitly associated with the subnets."""
    tables: list[dict[str, Any]] = ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": subnet_ids}]
    )["RouteTables"]
    return tables


def associated(tables: list[dict[str, Any]]) -> set[str]:
    """The subnets that route tables are associated with."""
    return {
        association["SubnetId"]
        for table in tables
        for association in table["Associations"]
        if "SubnetId" in association
    }


@each_network
def test_vpc_has_its_range_and_answers_names(network: Any, ec2: Any, which: str) -> None:
    said = outputs(network, which)
    [vpc] = ec2.describe_vpcs(VpcIds=[said["vpc_id"]])["Vpcs"]
    assert vpc["CidrBlock"] == said["vpc_cidr_block"]
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=said["vpc_id"], Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]]["Value"] is True


@each_network
@pytest.mark.parametrize("tier", ["public", "private"])
def test_subnets_stand_one_per_zone_in_the_order_given(
    network: Any, ec2: Any, which: str, tier: str
) -> None:
    said = outputs(network, which)
    found = subnets(ec2, said[f"{tier}_subnet_ids"])
    assert [subnet["AvailabilityZone"] for subnet in found] == ZONES[which]
    assert {subnet["VpcId"] for subnet in found} == {said["vpc_id"]}
    # Addresses are given by what needs one, never by a subnet.
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in found)


@each_network
def test_subnets_share_no_address(network: Any, ec2: Any, which: str) -> None:
    said = outputs(network, which)
    ids = said["public_subnet_ids"] + said["private_subnet_ids"]
    ranges = [ip_network(subnet["CidrBlock"]) for subnet in subnets(ec2, ids)]
    assert len(ranges) == 2 * len(ZONES[which])
    assert not any(first.overlaps(second) for first, second in combinations(ranges, 2))
    whole = ip_network(said["vpc_cidr_block"])
    assert all(whole.supernet_of(part) for part in ranges)  # type: ignore[arg-type]


@each_network
def test_public_subnets_reach_the_gateway_of_their_own_vpc(
    network: Any, ec2: Any, which: str
) -> None:
    said = outputs(network, which)
    tables = route_tables(ec2, said["public_subnet_ids"])
    assert {table["RouteTableId"] for table in tables} == {said["public_route_table_id"]}
    assert associated(tables) == set(said["public_subnet_ids"])
    [outward] = [
        route
        for route in tables[0]["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route["State"] == "active"
    ]
    assert outward["GatewayId"] == said["internet_gateway_id"]
    [gateway] = ec2.describe_internet_gateways(InternetGatewayIds=[said["internet_gateway_id"]])[
        "InternetGateways"
    ]
    assert [attachment["VpcId"] for attachment in gateway["Attachments"]] == [said["vpc_id"]]


@each_network
def test_private_subnets_have_route_tables_of_their_own(network: Any, ec2: Any, which: str) -> None:
    said = outputs(network, which)
    tables = route_tables(ec2, said["private_subnet_ids"])
    assert {table["RouteTableId"] for table in tables} == set(said["private_route_table_ids"])
    # A table of each zone's own, so that one zone's way out can change alone.
    assert len(tables) == len(ZONES[which])
    assert associated(tables) == set(said["private_subnet_ids"])


def test_private_subnets_reach_only_the_vpc(network: Any, ec2: Any) -> None:
    said = outputs(network, "smallest")
    ways = {
        (route["GatewayId"], route["DestinationCidrBlock"])
        for table in route_tables(ec2, said["private_subnet_ids"])
        for route in table["Routes"]
        if "DestinationPrefixListId" not in route  # an endpoint's, which leads to no other network
    }
    assert ways == {("local", said["vpc_cidr_block"])}
    assert said["nat_public_ips"] == []


def test_private_subnets_go_out_by_the_nat_gateway_of_their_zone(network: Any, ec2: Any) -> None:
    said = outputs(network, "three_zones")
    public = dict(zip(said["public_subnet_ids"], ZONES["three_zones"], strict=True))
    found = ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])
    gateways = {nat_gateway["NatGatewayId"]: nat_gateway for nat_gateway in found["NatGateways"]}
    assert {gateway["NatGatewayAddresses"][0]["PublicIp"] for gateway in gateways.values()} == set(
        said["nat_public_ips"]
    )
    private = dict(zip(said["private_subnet_ids"], ZONES["three_zones"], strict=True))
    for table in route_tables(ec2, said["private_subnet_ids"]):
        [subnet] = associated([table])
        [outward] = [
            route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"
        ]
        assert "GatewayId" not in outward
        assert public[gateways[outward["NatGatewayId"]]["SubnetId"]] == private[subnet]


@pytest.mark.parametrize(
    ("which", "services"), [("three_zones", {"dynamodb", "s3"}), ("smallest", {"s3"})]
)
def test_every_private_subnet_reaches_the_services_by_endpoints(
    network: Any, ec2: Any, which: str, services: set[str]
) -> None:
    said = outputs(network, which)
    assert set(said["vpc_endpoint_ids"]) == services
    in_vpc = [{"Name": "vpc-id", "Values": [said["vpc_id"]]}]
    found = ec2.describe_vpc_endpoints(Filters=in_vpc)["VpcEndpoints"]
    assert {endpoint["VpcEndpointId"]: endpoint["ServiceName"] for endpoint in found} == {
        said["vpc_endpoint_ids"][service]: f"com.amazonaws.{REGION}.{service}"
        for service in services
    }
    for endpoint in found:
        assert endpoint["VpcEndpointType"] == "Gateway"
        assert set(endpoint["RouteTableIds"]) == set(said["private_route_table_ids"])


def test_traffic_is_logged_where_it_is_asked_for(
    network: Any, ec2: Any, client: Callable[[str, str], Any]
) -> None:
    said = outputs(network, "three_zones")
    [found] = ec2.describe_flow_logs()["FlowLogs"]  # the other network has none
    assert (found["FlowLogId"], found["ResourceId"]) == (said["flow_log_id"], said["vpc_id"])
    assert (found["TrafficType"], found["LogDestinationType"]) == ("REJECT", "cloud-watch-logs")
    [group] = client("logs", REGION).describe_log_groups()["logGroups"]
    assert group["logGroupName"] == said["flow_log_group_name"]
    assert group["arn"].removesuffix(":*") == found["LogDestination"]
    assert group["retentionInDays"] == 7
    unlogged = outputs(network, "smallest")
    assert (unlogged["flow_log_id"], unlogged["flow_log_group_name"]) == (None, None)


def test_the_log_is_written_by_a_role_for_it_alone(
    network: Any, ec2: Any, client: Callable[[str, str], Any]
) -> None:
    [log] = ec2.describe_flow_logs()["FlowLogs"]
    iam, name = client("iam", REGION), log["DeliverLogsPermissionArn"].rpartition("/")[2]
    [trust] = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    [vpc] = ec2.describe_vpcs(VpcIds=[log["ResourceId"]])["Vpcs"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": vpc["OwnerId"]}}
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    [statement] = document["Statement"]
    assert statement["Resource"] == f"{log['LogDestination']}:*"
    assert all(re.fullmatch(r"logs:[A-Za-z]+", action) for action in statement["Action"])
    assert "logs:CreateLogGroup" not in statement["Action"]


@each_network
def test_default_security_group_is_closed(network: Any, ec2: Any, which: str) -> None:
    vpc = outputs(network, which)["vpc_id"]
    [group] = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    assert group["IpPermissions"] == []
    assert group["IpPermissionsEgress"] == []


def test_tags_are_passed_on_and_tell_the_tier(network: Any, ec2: Any) -> None:
    said = outputs(network, "three_zones")
    for tier in ("public", "private"):
        for subnet in subnets(ec2, said[f"{tier}_subnet_ids"]):
            assert {tag["Key"]: tag["Value"] for tag in subnet["Tags"]} == {
                "Name": f"three-{tier}-{subnet['AvailabilityZone']}",
                "Owner": "platform",
                "Tier": tier,
            }


def test_second_plan_is_empty(
    network: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(network)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    network: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    network.terraform.destroy()
    assert inventory() == untouched
