"""What a made-up text must look like, by the resource type and the attribute it stands for.

Terraform's own validations (of variables, and preconditions) look at forms, and module authors
write them after AWS's. Sources: "Resource IDs" in the EC2 user guide (prefix and 17 digits),
"Amazon Resource Names" and the resource types of each service in the Service Authorization
Reference (ARNs), "Hosted zone ID" in the Route 53 API reference, and the attribute reference of
each type in the AWS provider's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lockgate.engine.provider_proxy.regions import partition

# EC2's and EFS's IDs: the prefix by resource type (and data source).
_ID_PREFIXES = {
    "aws_ami": "ami",
    "aws_customer_gateway": "cgw",
    "aws_default_network_acl": "acl",
    "aws_default_route_table": "rtb",
    "aws_default_security_group": "sg",
    "aws_default_subnet": "subnet",
    "aws_default_vpc": "vpc",
    "aws_ebs_snapshot": "snap",
    "aws_ebs_volume": "vol",
    "aws_ec2_managed_prefix_list": "pl",
    "aws_ec2_transit_gateway": "tgw",
    "aws_ec2_transit_gateway_peering_attachment": "tgw-attach",
    "aws_ec2_transit_gateway_route_table": "tgw-rtb",
    "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
    "aws_efs_access_point": "fsap",
    "aws_efs_file_system": "fs",
    "aws_efs_mount_target": "fsmt",
    "aws_egress_only_internet_gateway": "eigw",
    "aws_eip": "eipalloc",
    "aws_flow_log": "fl",
    "aws_instance": "i",
    "aws_internet_gateway": "igw",
    "aws_key_pair": "key",
    "aws_launch_template": "lt",
    "aws_nat_gateway": "nat",
    "aws_network_acl": "acl",
    "aws_network_interface": "eni",
    "aws_prefix_list": "pl",
    "aws_route_table": "rtb",
    "aws_route_table_association": "rtbassoc",
    "aws_security_group": "sg",
    "aws_security_group_rule": "sgrule",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
    "aws_vpc_dhcp_options": "dopt",
    "aws_vpc_endpoint": "vpce",
    "aws_vpc_endpoint_service": "vpce-svc",
    "aws_vpc_peering_connection": "pcx",
    "aws_vpc_security_group_egress_rule": "sgr",
    "aws_vpc_security_group_ingress_rule": "sgr",
    "aws_vpn_connection": "vpn",
    "aws_vpn_gateway": "vgw",
}

# The same by the end of an attribute's name, the longest that fits; plurals name lists of them.
_ID_ATTRIBUTES = {
    "allocation_id": "eipalloc",
    "ami": "ami",
    "association_id": "eipassoc",
    "dhcp_options_id": "dopt",
    "file_system_id": "fs",
    "gateway_id": "igw",
    "image_id": "ami",
    "instance_id": "i",
    "internet_gateway_id": "igw",
    "launch_template_id": "lt",
    "nat_gateway_id": "nat",
    "network_acl_id": "acl",
    "network_interface_id": "eni",
    "prefix_list_id": "pl",
    "route_table_id": "rtb",
    "security_group": "sg",
    "security_group_id": "sg",
    "snapshot_id": "snap",
    "subnet_id": "subnet",
    "transit_gateway_id": "tgw",
    "volume_id": "vol",
    "vpc_endpoint_id": "vpce",
    "vpc_id": "vpc",
}

# Data sources whose `ids` (or `names`) are those of a type.
_LISTED = {
    "aws_ami_ids": "aws_ami",
    "aws_ebs_volumes": "aws_ebs_volume",
    "aws_eips": "aws_eip",
    "aws_instances": "aws_instance",
    "aws_nat_gateways": "aws_nat_gateway",
    "aws_network_acls": "aws_network_acl",
    "aws_network_interfaces": "aws_network_interface",
    "aws_route_tables": "aws_route_table",
    "aws_security_groups": "aws_security_group",
    "aws_subnet_ids": "aws_subnet",
    "aws_subnets": "aws_subnet",
    "aws_vpcs": "aws_vpc",
}

# The service in an ARN, by the longest beginning of the type's name that fits.
_SERVICES = {
    "alb": "elasticloadbalancing",
    "ami": "ec2",
    "api_gateway": "apigateway",
    "apigatewayv2": "apigateway",
    "appautoscaling": "autoscaling",
    "cloudwatch": "cloudwatch",
    "cloudwatch_event": "events",
    "cloudwatch_log": "logs",
    "cognito_identity": "cognito-identity",
    "cognito_user": "cognito-idp",
    "customer_gateway": "ec2",
    "db": "rds",
    "docdb": "rds",
    "ebs": "ec2",
    "efs": "elasticfilesystem",
    "eip": "ec2",
    "elb": "elasticloadbalancing",
    "flow_log": "ec2",
    "instance": "ec2",
    "internet_gateway": "ec2",
    "key_pair": "ec2",
    "kinesis_firehose": "firehose",
    "launch_configuration": "autoscaling",
    "launch_template": "ec2",
    "lb": "elasticloadbalancing",
    "msk": "kafka",
    "nat_gateway": "ec2",
    "neptune": "rds",
    "network_acl": "ec2",
    "network_interface": "ec2",
    "opensearch": "es",
    "placement_group": "ec2",
    "route_table": "ec2",
    "security_group": "ec2",
    "sfn": "states",
    "subnet": "ec2",
    "vpc": "ec2",
    "vpn": "ec2",
}

# The rest of an ARN after the account, where the form matters to who reads it.
_ARN_RESOURCES = {
    "aws_acm_certificate": "certificate/{core}",
    "aws_alb": "loadbalancer/app/name/{core}",
    "aws_alb_listener": "listener/app/name/{core}/{core}",
    "aws_alb_target_group": "targetgroup/name/{core}",
    "aws_autoscaling_group": "autoScalingGroup:{core}:autoScalingGroupName/name",
    "aws_cloudfront_distribution": "distribution/{upper}",
    "aws_cloudwatch_log_group": "log-group:{core}",
    "aws_cloudwatch_metric_alarm": "alarm:{core}",
    "aws_db_instance": "db:{core}",
    "aws_dynamodb_table": "table/{core}",
    "aws_ecs_cluster": "cluster/{core}",
    "aws_eks_cluster": "cluster/{core}",
    "aws_globalaccelerator_accelerator": "accelerator/{core}",
    "aws_iam_instance_profile": "instance-profile/{core}",
    "aws_iam_policy": "policy/{core}",
    "aws_iam_role": "role/{core}",
    "aws_iam_user": "user/{core}",
    "aws_kms_alias": "alias/{core}",
    "aws_kms_key": "key/{core}",
    "aws_kms_replica_key": "key/{core}",
    "aws_lambda_function": "function:{core}",
    "aws_lb": "loadbalancer/app/name/{core}",
    "aws_lb_listener": "listener/app/name/{core}/{core}",
    "aws_lb_listener_rule": "listener-rule/app/name/{core}/{core}/{core}",
    "aws_lb_target_group": "targetgroup/name/{core}",
    "aws_rds_cluster": "cluster:{core}",
    "aws_rds_global_cluster": "global-cluster:{core}",
    "aws_route53_health_check": "healthcheck/{core}",
    "aws_s3_bucket": "{core}",
    "aws_secretsmanager_secret": "secret:{core}",
    "aws_sfn_state_machine": "stateMachine:{core}",
    "aws_sns_topic": "{core}",
    "aws_sqs_queue": "{core}",
    "aws_ssm_parameter": "parameter/{core}",
    "aws_wafv2_web_acl": "regional/webacl/name/{core}",
}
_NO_REGION = frozenset({"iam", "s3", "cloudfront", "globalaccelerator", "route53"})
_NO_ACCOUNT = frozenset({"s3", "route53"})

# Types whose `id` is their ARN, by the provider's documentation.
_ID_IS_ARN_WORDS = """
    aws_acm_certificate aws_alb aws_alb_listener aws_alb_target_group aws_ecs_cluster
    aws_ecs_task_definition aws_globalaccelerator_accelerator aws_globalaccelerator_listener
    aws_iam_policy aws_lb aws_lb_listener aws_lb_listener_rule aws_lb_target_group
    aws_secretsmanager_secret aws_sfn_state_machine aws_sns_topic
"""
_ID_IS_ARN = frozenset(_ID_IS_ARN_WORDS.split())

_DNS_NAMES_WORDS = """
    address bucket_domain_name bucket_regional_domain_name cloudfront_domain_name
    configuration_endpoint_address dns_name domain_name endpoint fqdn hosted_zone_name
    primary_endpoint_address private_dns private_dns_name public_dns public_dns_name
    reader_endpoint reader_endpoint_address regional_domain_name website_domain
    website_endpoint
"""
_DNS_NAMES = frozenset(_DNS_NAMES_WORDS.split())
_URLS = frozenset({"invoke_url", "url", "issuer", "function_url", "repository_url"})
_ACCOUNTS = frozenset({"account_id", "owner_id", "owner_account_id", "aws_account_id"})
_ADDRESSES = re.compile(r"(^|_)(ip|ip_address)s?$")
_FIXED = {
    "architecture": "x86_64",
    "resource_record_type": "CNAME",
    "root_device_type": "ebs",
    "state": "available",
    "status": "ACTIVE",
    "virtualization_type": "hvm",
}
"""Words of a closed list: another word would be refused, and no text can be told from another."""

Account = Callable[[], str]


def fixed(attribute: str) -> str | None:
    """The word for an attribute that takes one of a closed list."""
    return _FIXED.get(attribute)


def is_account(attribute: str) -> bool:
    """Tell whether an attribute holds the number of an account."""
    return attribute in _ACCOUNTS


def is_cidr(attribute: str) -> bool:
    """Tell whether an attribute holds a range of IPv4 addresses."""
    return "cidr" in attribute and "ipv6" not in attribute


def is_address(attribute: str) -> bool:
    """Tell whether an attribute holds an IPv4 address."""
    return bool(_ADDRESSES.search(attribute)) and "ipv6" not in attribute


def text(type_name: str, attribute: str, core: str, region: str, account: str) -> str:
    """A text with ``core`` in it, in the form that this attribute of this type has."""
    if attribute == "arn" or attribute.endswith("_arn") or attribute.endswith("_arns"):
        return _arn(type_name if attribute == "arn" else attribute, core, region, account)
    if attribute == "id":
        return _id(type_name, core, region, account)
    if attribute == "arn_suffix" and type_name in _ARN_RESOURCES:
        return _resource(type_name, core).removeprefix("loadbalancer/")
    if attribute in ("ids", "names") and type_name in _LISTED:
        return _id(_LISTED[type_name], core, region, account)
    if attribute in ("zone_id", "hosted_zone_id", "zone_ids"):
        return f"Z{core.upper()}"
    if attribute in _DNS_NAMES:
        return f"{core}.{region}.{type_name.removeprefix('aws_').replace('_', '-')}.example"
    if attribute in _URLS:
        return f"https://{core}.{region}.example/"
    prefix = _prefix(attribute.removesuffix("s") if attribute.endswith("ids") else attribute)
    return f"{prefix}-{core}" if prefix else f"x{core}"


def _id(type_name: str, core: str, region: str, account: str) -> str:
    if type_name in _ID_PREFIXES:
        return f"{_ID_PREFIXES[type_name]}-{core}"
    if type_name in _ID_IS_ARN:
        return _arn(type_name, core, region, account)
    if type_name == "aws_route53_zone":
        return f"Z{core.upper()}"
    return f"x{core}"


def _arn(type_name: str, core: str, region: str, account: str) -> str:
    service = _service(type_name)
    where = "" if service in _NO_REGION else region
    owner = "" if service in _NO_ACCOUNT else account
    return f"arn:{partition(region)}:{service}:{where}:{owner}:{_resource(type_name, core)}"


def _resource(type_name: str, core: str) -> str:
    form = _ARN_RESOURCES.get(type_name, f"{type_name.removeprefix('aws_')}/{{core}}")
    return form.format(core=core, upper=core.upper())


def _service(type_name: str) -> str:
    name = type_name.removeprefix("aws_")
    words = name.split("_")
    for count in range(len(words), 0, -1):
        known = _SERVICES.get("_".join(words[:count]))
        if known:
            return known
    return words[0]


def _prefix(attribute: str) -> str | None:
    words = attribute.split("_")
    for start in range(len(words)):
        known = _ID_ATTRIBUTES.get("_".join(words[start:]))
        if known:
            return known
    return None
