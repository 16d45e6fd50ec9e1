"""Root modules applied by pytest-terraform, each on an embedded AWS of its own.

A test module here names the directory it applies in ``ROOT_MODULE``. It has one account to itself,
so whatever a destroy leaves in that account was left by it; and its tests keep to one worker, so
that the waits that are written into the provider pass side by side.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from pytest_terraform import tf

from lockgate import local_aws
from lockgate.environments import Environment
from lockgate.target import EmbeddedTarget

ROOT = Path(__file__).resolve().parent.parent.parent

Client = Callable[[str, str], Any]
Inventory = Callable[[], set[str]]

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


@pytest.fixture(scope="module")
def embedded_aws(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The endpoint of the test module's own AWS, with pytest-terraform turned towards it.

    The root module is applied in a scratch copy: pytest-terraform writes into its directory.
    """
    directory = ROOT / request.module.ROOT_MODULE
    environment = Environment(directory.name, directory, ROOT)
    roots = tmp_path_factory.mktemp("roots")
    with (
        local_aws.throw_away() as endpoint,
        EmbeddedTarget(endpoint, keep_state=False).workspace(environment) as workspace,
        pytest.MonkeyPatch.context() as patch,
    ):
        (roots / directory.name).symlink_to(workspace.directory)
        patch.setattr(tf.LazyModuleDir, "value", str(roots))
        for name, value in workspace.env.items():
            if value:
                patch.setenv(name, value)
            else:  # boto3 takes an empty AWS_PROFILE for a profile's name
                patch.delenv(name, raising=False)
        yield endpoint


@pytest.fixture(scope="module")
def client(embedded_aws: str) -> Client:
    """A boto3 client of a service in a region of the module's AWS."""

    connect: Callable[..., Any] = boto3.client

    def make(service: str, region: str) -> Any:
        return connect(
            service,
            region_name=region,
            endpoint_url=embedded_aws,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return make


@pytest.fixture(scope="module")
def inventory(request: pytest.FixtureRequest, client: Client) -> Inventory:
    """What the account holds, asked of the API: in the module's ``REGIONS``, and outside any."""

    def take() -> set[str]:
        asked = [(region, *listed) for region in request.module.REGIONS for listed in _REGIONAL]
        asked += [("us-east-1", *listed) for listed in _GLOBAL]
        return {
            f"{region} {operation}: {found}"
            for region, service, operation, expression in asked
            for found in client(service, region)
            .get_paginator(operation)
            .paginate()
            .search(expression)
            if found is not None
        } | {
            f"{region} describe_addresses: {address['AllocationId']}"  # which comes in no pages
            for region in request.module.REGIONS
            for address in client("ec2", region).describe_addresses()["Addresses"]
        }

    return take


@pytest.fixture(scope="module")
def untouched(inventory: Inventory) -> set[str]:
    """What the account holds before the root module is applied."""
    return inventory()


@pytest.fixture(scope="module")
def plan_again() -> Callable[[Any], subprocess.CompletedProcess[str]]:
    """Plans an applied root module once more; the exit code is 0 if there is nothing to change."""

    def plan(applied: Any) -> subprocess.CompletedProcess[str]:
        runner = applied.terraform
        return subprocess.run(
            [
                *(runner.tf_bin, "plan", "-input=false", "-no-color", "-detailed-exitcode"),
                f"-state={runner.state_path}",
            ],
            cwd=runner.module_dir,
            env={**os.environ, "TF_DATA_DIR": runner.work_dir},
            capture_output=True,
            text=True,
            check=False,
        )

    return plan
