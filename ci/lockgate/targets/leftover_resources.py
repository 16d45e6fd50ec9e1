"""Asks the AWS API what a destroyed environment left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lockgate.targets.embedded_target import STATE_BUCKET


def find(endpoint: str, regions: Sequence[str]) -> list[str]:
    """What stands at an endpoint beyond what every new account has, as ``region: kind ID``.

    Asked of the API and not of the state, whose own bucket stays: a state only lists what Terraform
    remembers.
    """
    import boto3

    session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")
    resources: list[str] = []
    for region in regions:

        def client(service: str, region: str = region) -> Any:
            return session.client(service, region_name=region, endpoint_url=endpoint)

        resources += [f"{region}: {what}" for what in _regional(client)]
    rds = session.client("rds", region_name=regions[0], endpoint_url=endpoint)
    resources += [
        f"global database {global_cluster['GlobalClusterIdentifier']}"
        for global_cluster in rds.describe_global_clusters()["GlobalClusters"]
    ]
    s3 = session.client("s3", region_name=regions[0], endpoint_url=endpoint)
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    resources += [f"bucket {name}" for name in names if name != STATE_BUCKET]
    route53 = session.client("route53", region_name=regions[0], endpoint_url=endpoint)
    resources += [
        f"hosted zone {zone['Name']}" for zone in route53.list_hosted_zones()["HostedZones"]
    ]
    resources += [f"health check {c['Id']}" for c in route53.list_health_checks()["HealthChecks"]]
    return resources


def _regional(client: Any) -> Iterator[str]:
    ec2 = client("ec2")
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        if not vpc["IsDefault"]:
            yield f"VPC {vpc['VpcId']}"
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] != "default":
            yield f"security group {group['GroupId']}"
    for gateway in ec2.describe_nat_gateways()["NatGateways"]:
        if gateway["State"] != "deleted":
            yield f"NAT gateway {gateway['NatGatewayId']}"
    for address in ec2.describe_addresses()["Addresses"]:
        yield f"Elastic IP {address['AllocationId']}"
    for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        yield f"VPC endpoint {endpoint['VpcEndpointId']}"
    for flow_log in ec2.describe_flow_logs()["FlowLogs"]:
        yield f"flow log {flow_log['FlowLogId']}"
    for log_group in client("logs").describe_log_groups()["logGroups"]:
        yield f"log group {log_group['logGroupName']}"
    for template in ec2.describe_launch_templates()["LaunchTemplates"]:
        yield f"launch template {template['LaunchTemplateId']}"
    elb = client("elbv2")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        yield f"load balancer {balancer['LoadBalancerName']}"
    for target_group in elb.describe_target_groups()["TargetGroups"]:
        yield f"target group {target_group['TargetGroupName']}"
    for scaling in client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
        yield f"auto scaling group {scaling['AutoScalingGroupName']}"
    for certificate in client("acm").list_certificates()["CertificateSummaryList"]:
        yield f"certificate {certificate['DomainName']}"
    for cluster in client("rds").describe_db_clusters()["DBClusters"]:
        yield f"database cluster {cluster['DBClusterIdentifier']}"
    for topic in client("sns").list_topics()["Topics"]:
        yield f"topic {topic['TopicArn']}"
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        yield f"alarm {alarm['AlarmName']}"
