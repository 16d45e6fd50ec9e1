"""Calls of the modules with right and wrong values, and what Terraform has against them.

Every case is a call of a module, and one plan refuses many of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import EmbeddedTarget

ROOT = Path(__file__).resolve().parent.parent.parent
PROVIDERS = """
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}
"""

NETWORK = {
    "name": "web",
    "cidr_block": "10.0.0.0/16",
    "availability_zones": ["us-east-1a", "us-east-1b"],
}
BALANCER = {
    "name": "web",
    "vpc_id": "vpc-1",
    "vpc_cidr_block": "10.0.0.0/16",
    "public_subnet_ids": ["subnet-1", "subnet-2"],
}
DNS = {
    "record_name": "www.example.com",
    "zone_name": "example.com",
    "primary_load_balancer_dns_name": "one.us-east-1.elb.amazonaws.com",
    "primary_load_balancer_zone_id": "Z35SXDOTRQ7X7K",
    "secondary_load_balancer_dns_name": "two.us-west-2.elb.amazonaws.com",
    "secondary_load_balancer_zone_id": "Z1H1FL5HABSF5",
}
APP = {
    "name": "web",
    "vpc_id": "vpc-1",
    "private_subnet_ids": ["subnet-1", "subnet-2"],
    "load_balancer_security_group_id": "sg-1",
    "target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1",
    "image_id": "ami-0123456789abcdef0",
}
CERTIFICATE = {"domain_name": "www.example.com", "zone_id": "Z1H1FL5HABSF5"}
LOGS = {"bucket": "example-logs"}
ALARMS = {
    "name": "web",
    "load_balancer_arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1",
    "target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1",
}
STORAGE = {"primary_bucket": "example-primary", "secondary_bucket": "example-secondary"}
ACCESS = {
    "state_bucket": "example-state",
    "github_repository": "example/infrastructure",
    "apply_policy_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"],
}
DATABASE = {
    "name": "web",
    "primary_vpc_id": "vpc-1",
    "primary_private_subnet_ids": ["subnet-1", "subnet-2"],
    "primary_app_security_group_id": "sg-1",
    "secondary_vpc_id": "vpc-2",
    "secondary_private_subnet_ids": ["subnet-3", "subnet-4"],
    "secondary_app_security_group_id": "sg-2",
    "master_password": "Only-the-test-knows-1",
}
SERVICE = {
    "name": "web",
    "zone_name": "example.com",
    "record_name": "www.example.com",
    "primary_cidr_block": "10.0.0.0/16",
    "primary_availability_zones": ["us-east-1a", "us-east-1b"],
    "secondary_cidr_block": "10.1.0.0/16",
    "secondary_availability_zones": ["us-west-2a", "us-west-2b"],
}

# Module, arguments that it accepts, what is changed in them, and what the message then says.
Case = tuple[str, Mapping[str, Any], Mapping[str, Any], str]
# Terraform refuses these before it plans anything,
ALONE: list[Case] = [
    ("network", NETWORK, {"name": "Web"}, "must start with a lower-case letter"),
    ("network", NETWORK, {"cidr_block": "10.0.0.0/28"}, "between /16 and /24"),
    ("network", NETWORK, {"cidr_block": "ten"}, "must be an IPv4 CIDR block"),
    ("network", NETWORK, {"availability_zones": ["us-east-1a"]}, "two to eight distinct"),
    (
        "network",
        NETWORK,
        {"availability_zones": ["us-east-1a", "us-east-1a"]},
        "two to eight distinct",
    ),
    ("network", NETWORK, {"availability_zones": ["a", "b"]}, "a region's name and a letter"),
    ("network", NETWORK, {"nat_gateways": "two"}, "Give none, one or per_zone"),
    ("network", NETWORK, {"gateway_endpoints": ["sqs"]}, "exist for s3 and dynamodb only"),
    ("network", NETWORK, {"flow_logs_traffic_type": "all"}, "is ACCEPT, ALL or REJECT"),
    ("network", NETWORK, {"flow_logs_retention_days": 0}, "CloudWatch Logs keeps logs for 1, 3"),
    ("load_balancer", BALANCER, {"name": "internal-web"}, "not start with internal-"),
    ("load_balancer", BALANCER, {"public_subnet_ids": ["subnet-1"]}, "at least two availability"),
    ("load_balancer", BALANCER, {"allowed_cidr_blocks": []}, "at least one IPv4 CIDR block"),
    ("load_balancer", BALANCER, {"vpc_cidr_block": "10.0.0.0"}, "must be an IPv4 CIDR block"),
    ("load_balancer", BALANCER, {"target_port": 0}, "a whole number from 1 to 65535"),
    ("load_balancer", BALANCER, {"health_check_path": "healthz"}, "must start with a slash"),
    (
        "load_balancer",
        BALANCER,
        {"ssl_policy": "ELBSecurityPolicy-2016-08"},
        "nothing older than TLS 1.2",
    ),
    ("failover_dns", DNS, {"record_name": "www.example.com."}, "without a trailing dot"),
    ("failover_dns", DNS, {"zone_name": "example.com."}, "without a trailing dot"),
    ("failover_dns", DNS, {"zone_name": None, "zone_id": "/z"}, "upper-case letters and digits"),
    ("failover_dns", DNS, {"primary_load_balancer_zone_id": "z"}, "upper-case letters and digits"),
    ("failover_dns", DNS, {"health_check_type": "TCP"}, "must be HTTP or HTTPS"),
    ("failover_dns", DNS, {"health_check_port": 70000}, "a whole number from 1 to 65535"),
    ("failover_dns", DNS, {"health_check_path": ""}, "must start with a slash"),
    ("failover_dns", DNS, {"health_check_interval": 20}, "every 10 or every 30 seconds"),
    ("failover_dns", DNS, {"health_check_failure_threshold": 11}, "from 1 to 10"),
    # A launch template's takes no fewer.
    ("app", APP, {"name": "ab"}, "hold 3 to 32 lower-case letters"),
    ("app", APP, {"private_subnet_ids": ["subnet-1"]}, "in at least two zones"),
    ("app", APP, {"image_id": "ubuntu"}, "Give an image ID such as"),
    ("app", APP, {"user_data": "#" * 16385}, "at most 16 KiB"),
    ("app", APP, {"capacity": 0}, "At least one instance must run"),
    ("app", APP, {"target_cpu_utilization": 95}, "above 0 and up to 90"),
    ("certificate", CERTIFICATE, {"domain_name": "www"}, "must be a full domain name"),
    ("access_logs", LOGS, {"bucket": "Logs"}, "must hold 3 to 63 lower-case letters"),
    ("alarms", ALARMS, {"name": "Web"}, "must start with a lower-case letter"),
    ("alarms", ALARMS, {"load_balancer_arn": "web"}, "ARN of an application load balancer"),
    ("alarms", ALARMS, {"target_group_arn": "web"}, "Give the ARN of a target group"),
    ("alarms", ALARMS, {"minimum_healthy_hosts": 0}, "no loss would ever be told"),
    ("alarms", ALARMS, {"host_alarm_minutes": 0}, "whole minutes from 1 to 60"),
    ("alarms", ALARMS, {"replication_lag_milliseconds": 0}, "milliseconds above 0"),
    ("alarms", ALARMS, {"kms_master_key_id": "alias/aws/sns"}, "would reach nobody"),
    ("storage", STORAGE, {"primary_bucket": "p" * 53}, "must hold 3 to 52 lower-case letters"),
    ("storage", STORAGE, {"secondary_bucket": "Copy"}, "must hold 3 to 63 lower-case letters"),
    ("storage", STORAGE, {"noncurrent_version_days": 0}, "whole days from 1"),
    ("ci_access", ACCESS, {"name": "of us"}, "must hold 1 to 58 letters"),
    ("ci_access", ACCESS, {"state_bucket": "State"}, "must hold 3 to 63 lower-case letters"),
    ("ci_access", ACCESS, {"github_repository": "example/*"}, "as OWNER/REPOSITORY, without"),
    ("ci_access", ACCESS, {"github_repository": "example"}, "as OWNER/REPOSITORY, without"),
    ("ci_access", ACCESS, {"github_thumbprints": []}, "each of 40 lower-case hexadecimal"),
    ("ci_access", ACCESS, {"gitlab_project": "example/*"}, "as GROUP/PROJECT, without wildcards"),
    ("ci_access", ACCESS, {"gitlab_host": "https://gitlab.com"}, "must be a name alone"),
    ("ci_access", ACCESS, {"gitlab_thumbprints": ["A" * 40]}, "each of 40 lower-case hexadecimal"),
    ("ci_access", ACCESS, {"apply_policy_arns": []}, "needs at least one policy"),
    ("database", DATABASE, {"name": "web-"}, "not end with a hyphen"),
    ("database", DATABASE, {"primary_private_subnet_ids": ["subnet-1"]}, "in at least two zones"),
    ("database", DATABASE, {"secondary_private_subnet_ids": ["subnet-1"]}, "in at least two zones"),
    ("database", DATABASE, {"master_username": "postgres"}, "everybody would guess"),
    ("database", DATABASE, {"master_password": "short"}, "16 to 128 printable"),
    (
        "database",
        DATABASE,
        {"master_password": "with/a/slash/in/the/middle"},
        "16 to 128 printable",
    ),
    ("database", DATABASE, {"database_name": "App"}, "up to 63 lower-case letters"),
    ("database", DATABASE, {"engine_version": "16"}, "the major and the minor version"),
    ("database", DATABASE, {"instance_class": "db.t3.small"}, "memory-optimized classes"),
    ("database", DATABASE, {"instance_count": 0}, "from 1 to 15"),
    ("database", DATABASE, {"backup_retention_days": 0}, "from 1 to 35"),
    (
        "two_region_service",
        SERVICE,
        {"name": "wwwwwwwwwwwwwwwwwwwww"},
        "hold 2 to 20 lower-case letters",
    ),
    ("two_region_service", SERVICE, {"secondary_cidr_block": "x"}, "must be an IPv4 CIDR block"),
]
# and these, which are wrong together with another value, while it plans.
TOGETHER: list[Case] = [
    ("ci_access", ACCESS, {"github_repository": ""}, "Access needs somebody to give it to"),
    ("load_balancer", BALANCER, {"https_enabled": True}, "https_enabled needs certificate_arn"),
    ("load_balancer", BALANCER, {"access_logs_enabled": True}, "needs access_logs_bucket"),
    ("failover_dns", DNS, {"zone_name": "example.org"}, "record_name must be zone_name or end"),
    ("failover_dns", DNS, {"zone_name": "ample.com"}, "record_name must be zone_name or end"),
    ("failover_dns", DNS, {"zone_name": None}, "Give either zone_name"),
    ("failover_dns", DNS, {"zone_id": "Z1"}, "Give either zone_name"),
    ("app", APP, {"capacity": 7}, "maximum_capacity must be at least capacity"),
    ("alarms", ALARMS, {"load_balancer_arn": None}, "needs load_balancer_arn and target_group_arn"),
    (
        "alarms",
        ALARMS,
        {"replication_lag_alarm_enabled": True},
        "needs database_cluster_identifier",
    ),
    (
        "alarms",
        ALARMS,
        {"health_check_ids": {"primary": "1"}, "providers": {"aws": "aws.secondary"}},
        "are for a call in us-east-1",
    ),
    ("two_region_service", SERVICE, {"secondary_cidr_block": "10.0.0.0/16"}, "must not overlap"),
    ("two_region_service", SERVICE, {"secondary_cidr_block": "10.0.8.0/24"}, "must not overlap"),
    ("two_region_service", SERVICE, {"primary_cidr_block": "10.1.9.0/24"}, "must not overlap"),
]
# These take a provider for each region.
TWO_REGIONS = {"database", "storage", "two_region_service"}
RIGHT = {module: right for module, right, _, _ in [*ALONE, *TOGETHER]}


def call(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A call of a module, in Terraform's JSON."""
    providers = {"aws": "aws"}
    if module in TWO_REGIONS:
        providers = {"aws.primary": "aws", "aws.secondary": "aws.secondary"}
    return {"source": f"../modules/{module}", "providers": providers, **arguments}


def wrong_calls(cases: Iterable[Case]) -> dict[str, Any]:
    """A call of a module for each case."""
    return {
        f"case_{number}": call(module, {**right, **changed})
        for number, (module, right, changed, _) in enumerate(cases)
    }


def right_calls(modules: Iterable[str]) -> dict[str, Any]:
    """A call of each module that nothing is wrong with."""
    return {f"right_{module}": call(module, RIGHT[module]) for module in modules}


def errors(
    calls: Mapping[str, Any], root: Path, engine: Engine | None = None
) -> list[dict[str, Any]]:
    """What Terraform, by default the embedded one, has against a plan of module calls."""
    (root / "modules").symlink_to(ROOT / "modules")
    directory = root / "calls"
    directory.mkdir()
    (directory / "providers.tf").write_text(PROVIDERS)
    (directory / "calls.tf.json").write_text(json.dumps({"module": calls}))
    environment = Environment("calls", directory, root)
    engine = engine or Engine.find()
    with (
        local_aws.throw_away() as endpoint,
        EmbeddedTarget(endpoint, keep_state=False).workspace(environment) as workspace,
    ):
        engine.init(workspace.directory, workspace.env)
        arguments = ["plan", "-json", "-input=false", "-lock=false"]
        finished = engine.run(arguments, workspace.directory, workspace.env)
    said = [json.loads(line).get("diagnostic", {}) for line in finished.output.splitlines()]
    return [diagnostic for diagnostic in said if diagnostic.get("severity") == "error"]
