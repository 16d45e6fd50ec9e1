"""Correct environments, written in the many ways people write HCL: no rule may block on any.

Each variant changes how the reference says something, and not what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.policies.mutation.mutants import (
    ADDED,
    APP,
    BALANCER,
    DNS,
    NETWORK,
    PROD,
    PROVIDERS,
    SERVICE,
    non_alias,
)

Edit = tuple[str, str, str]
"""A file, the text that stands in it once, and what takes its place.

Without a text it is added to the file; a text that begins with ``all:`` is replaced everywhere.
"""


@dataclass(frozen=True)
class Variant:
    """Another way to write the reference."""

    name: str
    edits: tuple[Edit, ...]


_PUBLIC_SUBNETS = """resource "aws_subnet" "public" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value)
"""
_PUBLIC_ASSOCIATION = """resource "aws_route_table_association" "public" {
  for_each = local.subnets

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}
"""
_ZONE_NUMBER = "index(var.availability_zones, each.key)"
_NAT_SUBNET = "  subnet_id     = aws_subnet.public[each.key].id\n"
_PUBLIC_TAGS = '{ Name = "${var.name}-public-${each.key}", Tier = "public" }'
_PUBLIC_OUTPUT = "[for zone in var.availability_zones : aws_subnet.public[zone].id]"
_ROUTE = """resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

"""
_PUBLIC_TABLE = """resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
"""
_OUTPUTS = "modules/network/outputs.tf"
_LISTENER_RULE = """resource "aws_security_group_rule" "listener" {
  for_each = toset([for port in local.listener_ports : tostring(port)])

  security_group_id = aws_security_group.this.id
  description       = "Clients and health checkers"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
  cidr_blocks       = var.allowed_cidr_blocks
}
"""
_BALANCER_GROUP = """  description = "Admits clients to the listeners of ${var.name}"
  vpc_id      = var.vpc_id
"""
_WEST = """provider "aws" {
  alias  = "secondary"
  region = "us-west-2"

  default_tags {
    tags = { Environment = "prod", ManagedBy = "terraform" }
  }
}
"""
_REGISTERED = "  target_group_arns         = [var.target_group_arn]\n"


def _network_module(region: str) -> str:
    zones = f"var.{region}_availability_zones"
    return f"""module "network_{region}" {{
  source    = "../network"
  providers = {{ aws = aws.{region} }}

  name               = "${{var.name}}-{region}"
  cidr_block         = var.{region}_cidr_block
  availability_zones = {zones}
"""


def _inner(region: str) -> tuple[Edit, ...]:
    """One region's network by a module call with for_each, its outputs taken by key."""
    before = _network_module(region)
    after = before.replace(
        f"  providers = {{ aws = aws.{region} }}\n",
        f"  providers = {{ aws = aws.{region} }}\n"
        f"  for_each  = {{ service = var.{region}_cidr_block }}\n",
    ).replace(f"= var.{region}_cidr_block\n  availability", "= each.value\n  availability")
    name = f"module.network_{region}."
    by_key = f'module.network_{region}["service"].'
    return (
        (SERVICE, before, after),
        (SERVICE, f"all:{name}", by_key),
        ("modules/two_region_service/outputs.tf", f"all:{name}", by_key),
    )


VARIANTS: tuple[Variant, ...] = (
    Variant(
        "subnets by count",
        (
            (
                NETWORK,
                _PUBLIC_SUBNETS,
                """resource "aws_subnet" "public" {
  count = length(var.availability_zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = var.availability_zones[count.index]
  cidr_block              = cidrsubnet(var.cidr_block, 4, count.index)
""",
            ),
            (
                NETWORK,
                _PUBLIC_TAGS,
                '{ Name = "${var.name}-public-${count.index}", Tier = "public" }',
            ),
            (
                NETWORK,
                _PUBLIC_ASSOCIATION,
                """resource "aws_route_table_association" "public" {
  count = length(var.availability_zones)

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
""",
            ),
            (NETWORK, _NAT_SUBNET, _NAT_SUBNET.replace("each.key", _ZONE_NUMBER)),
            (_OUTPUTS, _PUBLIC_OUTPUT, "aws_subnet.public[*].id"),
        ),
    ),
    Variant(
        "for_each over the subnets themselves",
        (
            (
                NETWORK,
                _PUBLIC_ASSOCIATION,
                """resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}
""",
            ),
            (_OUTPUTS, _PUBLIC_OUTPUT, "values(aws_subnet.public)[*].id"),
        ),
    ),
    Variant(
        "for_each over a map of objects",
        (
            (
                NETWORK,
                "subnets = { for index, zone in var.availability_zones : zone => index }",
                "subnets = { for index, zone in var.availability_zones : zone => index }\n"
                "  public = { for index, zone in var.availability_zones :\n"
                '    "public-${index}" => { zone = zone, number = index } }',
            ),
            (
                NETWORK,
                _PUBLIC_SUBNETS,
                _PUBLIC_SUBNETS.replace("local.subnets", "local.public")
                .replace("= each.key", "= each.value.zone")
                .replace("4, each.value)", "4, each.value.number)"),
            ),
            (
                NETWORK,
                _PUBLIC_ASSOCIATION,
                _PUBLIC_ASSOCIATION.replace("local.subnets", "local.public"),
            ),
            (
                NETWORK,
                _NAT_SUBNET,
                _NAT_SUBNET.replace("each.key", f'"public-${{{_ZONE_NUMBER}}}"'),
            ),
            (_OUTPUTS, _PUBLIC_OUTPUT, "[for subnet in aws_subnet.public : subnet.id]"),
        ),
    ),
    Variant(
        "a map of modules, outputs taken by key",
        (
            *_inner("primary"),
            *_inner("secondary"),
        ),
    ),
    Variant(
        "inline routes",
        (
            (NETWORK, _ROUTE, ""),
            (
                NETWORK,
                _PUBLIC_TABLE,
                _PUBLIC_TABLE
                + """
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
""",
            ),
        ),
    ),
    Variant(
        "public subnets by the main route table",
        (
            (
                NETWORK,
                _PUBLIC_ASSOCIATION,
                """resource "aws_main_route_table_association" "public" {
  vpc_id         = aws_vpc.this.id
  route_table_id = aws_route_table.public.id
}
""",
            ),
        ),
    ),
    Variant(
        "public subnets by the default route table",
        (
            (
                NETWORK,
                _PUBLIC_TABLE,
                """resource "aws_default_route_table" "public" {
  default_route_table_id = aws_vpc.this.default_route_table_id
""",
            ),
            (NETWORK, _PUBLIC_ASSOCIATION, ""),
            (
                NETWORK,
                _ROUTE,
                _ROUTE.replace("aws_route_table.public", "aws_default_route_table.public"),
            ),
            (
                _OUTPUTS,
                "value       = aws_route_table.public.id",
                "value       = aws_default_route_table.public.id",
            ),
        ),
    ),
    Variant(
        "IPv6 beside IPv4",
        (
            (
                NETWORK,
                _ROUTE,
                _ROUTE
                + """resource "aws_route" "internet_ipv6" {
  route_table_id              = aws_route_table.public.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this.id
}

resource "aws_egress_only_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route" "outbound_ipv6" {
  for_each = local.subnets

  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this.id
}

""",
            ),
        ),
    ),
    Variant(
        "one NAT gateway for all private subnets",
        ((PROD, 'nat_gateways       = "per_zone"', 'nat_gateways       = "one"'),),
    ),
    Variant(
        "private subnets whose way out is an endpoint of each service",
        (
            (PROD, 'nat_gateways       = "per_zone"', 'nat_gateways       = "none"'),
            (
                NETWORK,
                "",
                """
resource "aws_vpc_endpoint" "interface" {
  for_each = toset(["logs", "secretsmanager", "ssm"])

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  private_dns_enabled = true
  subnet_ids          = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}
""",
            ),
        ),
    ),
    Variant(
        "alias targets through local values",
        (
            (
                SERVICE,
                "  secondary_load_balancer_dns_name = module.load_balancer_secondary."
                "load_balancer_dns_name\n",
                "  secondary_load_balancer_dns_name = local.secondary_name\n",
            ),
            (
                SERVICE,
                "",
                """
locals {
  secondary_name = module.load_balancer_secondary.load_balancer_dns_name
}
""",
            ),
        ),
    ),
    Variant(
        "providers in the file of the module call",
        (
            (PROVIDERS, _WEST, ""),
            (PROD, "", f"\n{_WEST}"),
        ),
    ),
    Variant(
        "one module level more",
        (
            (PROD, "../../modules/two_region_service", "../../modules/wrapped"),
            (PROD, "    aws.primary   = aws\n", "    aws.first     = aws\n"),
            (PROD, "    aws.secondary = aws.secondary\n", "    aws.second    = aws.secondary\n"),
            (
                "modules/wrapped/main.tf",
                "",
                """terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 3.39, < 7.0"
      configuration_aliases = [aws.first, aws.second]
    }
  }
}

module "inner" {
  source = "../two_region_service"

  providers = {
    aws.primary   = aws.first
    aws.secondary = aws.second
  }

  name                           = var.name
  zone_name                      = var.zone_name
  record_name                    = var.record_name
  primary_cidr_block             = var.primary_cidr_block
  primary_availability_zones     = var.primary_availability_zones
  secondary_cidr_block           = var.secondary_cidr_block
  secondary_availability_zones   = var.secondary_availability_zones
  health_check_interval          = var.health_check_interval
  health_check_failure_threshold = var.health_check_failure_threshold
  deletion_protection_enabled    = var.deletion_protection_enabled
  https_enabled                  = var.https_enabled
  access_logs_bucket_prefix      = var.access_logs_bucket_prefix
  flow_logs_enabled              = var.flow_logs_enabled
  flow_logs_retention_days       = var.flow_logs_retention_days
  nat_gateways                   = var.nat_gateways
  instance_type                  = var.instance_type
  primary_capacity               = var.primary_capacity
  secondary_capacity             = var.secondary_capacity
  maximum_capacity               = var.maximum_capacity
  storage_bucket_prefix          = var.storage_bucket_prefix
  database_enabled               = var.database_enabled
  database_instance_class        = var.database_instance_class
  database_instance_count        = var.database_instance_count
  database_backup_retention_days = var.database_backup_retention_days
}

variable "name" {}
variable "zone_name" {}
variable "record_name" {}
variable "primary_cidr_block" {}
variable "primary_availability_zones" {}
variable "secondary_cidr_block" {}
variable "secondary_availability_zones" {}
variable "health_check_interval" {}
variable "health_check_failure_threshold" {}
variable "deletion_protection_enabled" {}
variable "https_enabled" {}
variable "access_logs_bucket_prefix" {}
variable "flow_logs_enabled" {}
variable "flow_logs_retention_days" {}
variable "nat_gateways" {}
variable "instance_type" {}
variable "primary_capacity" {}
variable "secondary_capacity" {}
variable "maximum_capacity" {}
variable "storage_bucket_prefix" {}
variable "database_enabled" {}
variable "database_instance_class" {}
variable "database_instance_count" {}
variable "database_backup_retention_days" {}

"""
                + "".join(
                    f'output "{name}" {{\n  value = module.inner.{name}\n}}\n'
                    for name in (
                        "service_url",
                        "name_servers",
                        "primary_load_balancer_dns_name",
                        "secondary_load_balancer_dns_name",
                        "primary_vpc_id",
                        "secondary_vpc_id",
                        "detection_seconds",
                        "primary_private_subnet_ids",
                        "secondary_private_subnet_ids",
                        "primary_app_role_name",
                        "primary_topic_arn",
                        "secondary_topic_arn",
                        "primary_bucket",
                        "secondary_bucket",
                        "global_cluster_identifier",
                        "primary_cluster_arn",
                        "secondary_cluster_arn",
                        "primary_endpoint",
                        "secondary_endpoint",
                    )
                ),
            ),
        ),
    ),
    Variant(
        "an existing hosted zone by its ID",
        ((PROD, '  zone_name   = "example.com"\n', '  zone_id     = "Z0123456789ABCDEFGHIJ"\n'),),
    ),
    Variant(
        "a third region",
        (
            (
                ADDED,
                "",
                """provider "aws" {
  alias  = "third"
  region = "eu-west-1"
}

resource "aws_kms_key" "third" {
  provider            = aws.third
  description         = "Backups"
  enable_key_rotation = true
}
""",
            ),
        ),
    ),
    Variant(
        "regions by root variables",
        (
            (PROVIDERS, 'region = "us-west-2"', "region = var.regions[1]"),
            (PROVIDERS, 'region = "us-east-1"', "region = var.regions[0]"),
            (
                ADDED,
                "",
                """variable "regions" {
  description = "The primary and the secondary region."
  type        = list(string)
  default     = ["us-east-1", "us-west-2"]
}
""",
            ),
        ),
    ),
    Variant(
        "subnet mappings",
        (
            (
                BALANCER,
                "  subnets                    = var.public_subnet_ids\n",
                "",
            ),
            (
                BALANCER,
                '  dynamic "access_logs" {',
                """  subnet_mapping {
    subnet_id = var.public_subnet_ids[0]
  }

  subnet_mapping {
    subnet_id = var.public_subnet_ids[1]
  }

  dynamic "access_logs" {""",
            ),
        ),
    ),
    Variant(
        "the first two subnets by slice",
        (
            (
                BALANCER,
                "subnets                    = var.public_subnet_ids",
                "subnets                    = slice(var.public_subnet_ids, 0, 2)",
            ),
        ),
    ),
    Variant(
        "inline security group rules",
        (
            (BALANCER, _LISTENER_RULE, ""),
            (
                BALANCER,
                _BALANCER_GROUP,
                _BALANCER_GROUP
                + """
  ingress {
    description = "Clients that are to be redirected"
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description      = "Clients and health checkers"
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
""",
            ),
        ),
    ),
    Variant(
        "dynamic security group rules",
        (
            (BALANCER, _LISTENER_RULE, ""),
            (
                BALANCER,
                _BALANCER_GROUP,
                _BALANCER_GROUP
                + """
  dynamic "ingress" {
    for_each = local.listener_ports

    content {
      description = "Clients and health checkers"
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = var.allowed_cidr_blocks
    }
  }
""",
            ),
        ),
    ),
    Variant(
        "target groups attached to the scaling group",
        (
            (APP, _REGISTERED, ""),
            (
                APP,
                "",
                """
resource "aws_autoscaling_attachment" "this" {
  autoscaling_group_name = aws_autoscaling_group.this.name
  alb_target_group_arn   = var.target_group_arn
}
""",
            ),
        ),
    ),
    Variant(
        "instances beside the scaling group",
        (
            (
                APP,
                "",
                """
resource "aws_instance" "fixed" {
  count = 2

  ami                    = "ami-0123456789abcdef0"
  instance_type          = var.instance_type
  subnet_id              = var.private_subnet_ids[count.index]
  vpc_security_group_ids = [aws_security_group.this.id]

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  root_block_device {
    encrypted = true
  }
}

resource "aws_lb_target_group_attachment" "fixed" {
  count = 2

  target_group_arn = var.target_group_arn
  target_id        = aws_instance.fixed[count.index].id
}
""",
            ),
        ),
    ),
    Variant(
        "a calculated health check",
        (
            (
                DNS,
                "  health_check_id = aws_route53_health_check.primary.id\n",
                "  health_check_id = aws_route53_health_check.whole.id\n",
            ),
            (
                DNS,
                "",
                """
resource "aws_route53_health_check" "whole" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.primary.id]
}
""",
            ),
        ),
    ),
    Variant("a failover pair of CNAME records", ((ADDED, "", non_alias(30)),)),
    Variant(
        "the health check probes a name of the region",
        (
            (
                DNS,
                "  fqdn              = var.primary_load_balancer_dns_name\n",
                "  fqdn              = aws_route53_record.regional.fqdn\n",
            ),
            (
                DNS,
                "",
                """
resource "aws_route53_record" "regional" {
  zone_id = var.zone_name == null ? var.zone_id : aws_route53_zone.this[0].zone_id
  name    = "primary.${var.record_name}"
  type    = "A"

  alias {
    name                   = var.primary_load_balancer_dns_name
    zone_id                = var.primary_load_balancer_zone_id
    evaluate_target_health = true
  }
}
""",
            ),
        ),
    ),
)
