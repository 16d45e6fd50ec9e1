"""What an account holds, asked of the API: what a destroy must give back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import boto3

Client = Callable[[str, str], Any]

# Service, list operation, and the JMESPath expression of what it lists. moto keeps the instances
# that were terminated. Interfaces and access control lists are AWS's to remove with what they are
# of, which it does, and moto does not.
_REGIONAL = (
    ("acm", "list_certificates", "CertificateSummaryList[].CertificateArn"),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups[].AutoScalingGroupARN"),
    ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmArn"),
    (
        "ec2",
        "describe_instances",
        "Reservations[].Instances[?State.Name != 'terminated'].InstanceId[]",
    ),
    ("ec2", "describe_flow_logs", "FlowLogs[].FlowLogId"),
    ("ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"),
    ("ec2", "describe_nat_gateways", "NatGateways[?State != 'deleted'].NatGatewayId"),
    ("ec2", "describe_route_tables", "RouteTables[].RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups[].GroupId"),
    ("ec2", "describe_subnets", "Subnets[].SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints[?State != 'deleted'].VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs[].VpcId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupArn"),
    ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("rds", "describe_db_clusters", "DBClusters[].DBClusterArn"),
    ("rds", "describe_db_instances", "DBInstances[].DBInstanceArn"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupArn"),
    ("rds", "describe_global_clusters", "GlobalClusters[].GlobalClusterArn"),
    ("sns", "list_topics", "Topics[].TopicArn"),
)
_GLOBAL = (
    ("iam", "list_instance_profiles", "InstanceProfiles[].Arn"),
    ("iam", "list_roles", "Roles[].Arn"),
    ("route53", "list_health_checks", "HealthChecks[].Id"),
    ("route53", "list_hosted_zones", "HostedZones[].Id"),
    ("s3", "list_buckets", "Buckets[].Name"),
)


def client_of(endpoint: str) -> Client:
    """What makes a boto3 client of a service in a region of the embedded AWS at an endpoint."""
    connect: Callable[..., Any] = boto3.client

    def make(service: str, region: str) -> Any:
        return connect(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return make


def take(client: Client, regions: Iterable[str]) -> set[str]:
    """What the account holds in regions, and outside any."""
    regions = tuple(regions)
    asked = [(region, *listed) for region in regions for listed in _REGIONAL]
    asked += [("us-east-1", *listed) for listed in _GLOBAL]
    return {
        f"{region} {operation}: {found}"
        for region, service, operation, expression in asked
        for found in client(service, region).get_paginator(operation).paginate().search(expression)
        if found is not None
    } | {
        f"{region} describe_addresses: {address['AllocationId']}"  # which comes in no pages
        for region in regions
        for address in client("ec2", region).describe_addresses()["Addresses"]
    }
