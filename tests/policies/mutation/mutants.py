"""The mutants: one fault each, put into a correct production environment.

The reference is ``envs/prod`` with the modules and ``reference/*.tf``. A mutant replaces one text
(or adds a file) and names the rule that must kill it and the address that the rule must name.
"""

from __future__ import annotations

from dataclasses import dataclass

NETWORK = "modules/network/main.tf"
BALANCER = "modules/load_balancer/main.tf"
DNS = "modules/failover_dns/main.tf"
SERVICE = "modules/two_region_service/main.tf"
APP = "modules/app/main.tf"
CERTIFICATE = "modules/certificate/main.tf"
PROVIDERS = "envs/prod/providers.tf"
PROD = "envs/prod/main.tf"
VERSIONS = "envs/prod/versions.tf"
DATABASE = "modules/database/main.tf"
ADDED = "envs/prod/added.tf"

S = "module.service."
D = f"{S}module.database[0]."
ENVIRONMENT = ""


@dataclass(frozen=True)
class Mutant:
    """One fault. ``old`` is found exactly once in ``file``; an empty ``old`` adds to the file.

    An undecidable one hides what the rule needs, and is found by the rule saying so. Where a
    resolved plan tells it all the same (``told``), nothing is wrong there.
    """

    name: str
    rule: str
    names: str
    file: str
    old: str
    new: str
    undecidable: bool = False
    told: bool = False

    @property
    def family(self) -> str:
        """The family of the rule that must kill it."""
        return self.rule.split("_")[1]


def _dns(record: str) -> str:
    return f"{S}module.failover_dns.{record}"


PRIMARY = _dns("aws_route53_record.primary")
SECONDARY = _dns("aws_route53_record.secondary")
CHECK = _dns("aws_route53_health_check.primary")
CHECK_2 = _dns("aws_route53_health_check.secondary")
LB = f"{S}module.load_balancer_primary.aws_lb.this"
LB_2 = f"{S}module.load_balancer_secondary.aws_lb.this"
VPC = f"{S}module.network_primary.aws_vpc.this"
ASG = f"{S}module.app_primary.aws_autoscaling_group.this"


def _public(zone: str = "us-east-1a", part: str = "network_primary") -> str:
    return f'{S}module.{part}.aws_subnet.public["{zone}"]'


def _private(zone: str = "us-east-1a", part: str = "network_primary") -> str:
    return f'{S}module.{part}.aws_subnet.private["{zone}"]'


_PRIMARY_ALIAS = """    name                   = var.primary_load_balancer_dns_name
    zone_id                = var.primary_load_balancer_zone_id
    evaluate_target_health = true
  }

  lifecycle"""
_SECONDARY_ALIAS = """    name                   = var.secondary_load_balancer_dns_name
    zone_id                = var.secondary_load_balancer_zone_id
    evaluate_target_health = true"""
_PRIMARY_FQDN = "fqdn              = var.primary_load_balancer_dns_name\n"
_PRIMARY_CHECKED = "  health_check_id = aws_route53_health_check.primary.id\n"
_SECONDARY_CHECKED = "  health_check_id = aws_route53_health_check.secondary.id\n"
_INGRESS = """
resource "aws_security_group" "added" {
  name        = "added"
  description = "Added"
  vpc_id      = module.service.primary_vpc_id

  ingress {
    description = "Added"
    protocol    = "%s"
    from_port   = %d
    to_port     = %d
    %s
  }
}
"""
_WORLD = 'cidr_blocks = ["0.0.0.0/0"]'
_NON_ALIAS = """
resource "aws_route53_record" "%(role)s" {
  zone_id         = module.service.zone_id
  name            = "api.example.com"
  type            = "CNAME"
  ttl             = %(ttl)d
  set_identifier  = "%(role)s"
  records         = [module.service.%(role)s_load_balancer_dns_name]
  health_check_id = aws_route53_health_check.%(role)s.id

  failover_routing_policy {
    type = "%(upper)s"
  }
}

resource "aws_route53_health_check" "%(role)s" {
  fqdn              = module.service.%(role)s_load_balancer_dns_name
  type              = "HTTPS"
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 10
  failure_threshold = 3
}
"""


def non_alias(ttl: int) -> str:
    """A failover pair of CNAME records, with its health checks."""
    return "".join(
        _NON_ALIAS % {"role": role, "upper": role.upper(), "ttl": ttl}
        for role in ("primary", "secondary")
    )


_ACL = """
resource "aws_network_acl" "added" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in var.availability_zones : aws_subnet.%(tier)s[zone].id]
%(rules)s}
"""
_ENTRY = """
  %s {
    rule_no    = %d
    action     = "%s"
    protocol   = "%s"
    from_port  = %d
    to_port    = %d
    cidr_block = "0.0.0.0/0"
  }
"""
_ALLOW_ALL_IN = _ENTRY % ("ingress", 200, "allow", "-1", 0, 0)
_ALLOW_ALL_OUT = _ENTRY % ("egress", 200, "allow", "-1", 0, 0)
_DENY_HTTPS = _ENTRY % ("ingress", 100, "deny", "tcp", 443, 443) + _ALLOW_ALL_IN

_INSTANCE = """
resource "aws_instance" "added" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = %s
  vpc_security_group_ids = [module.service.primary_app_security_group_id]
}
"""
_ROLE_POLICY = """
resource "aws_iam_role_policy" "added" {
  name = "added"
  role = module.service.primary_app_role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["%s"]
      Resource = "*"
    }]
  })
}
"""
_DB = """
resource "aws_db_subnet_group" "added" {
  name       = "added"
  subnet_ids = module.service.primary_private_subnet_ids
}

resource "aws_db_instance" "added" {
  identifier              = "added"
  engine                  = "postgres"
  instance_class          = "db.t3.small"
  allocated_storage       = 20
  username                = "added"
  password                = "only-in-a-test-fixture"
  db_subnet_group_name    = aws_db_subnet_group.added.name
  deletion_protection     = %s
  multi_az                = %s
  storage_encrypted       = %s
  backup_retention_period = %d
  skip_final_snapshot     = true
}
"""


_SERVER = """
resource "aws_instance" "server" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
}
"""
_ONE_SERVER = """
resource "aws_route53_record" "added" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "%s"
  type    = "A"
  ttl     = 60
  records = [aws_instance.server.public_ip]
}
"""
_ROUTED = """
resource "aws_route53_record" "added" {
  zone_id        = "Z0123456789ABCDEFGHIJ"
  name           = "api.example.com"
  type           = "A"
  ttl            = 60
  set_identifier = "here"
  records        = [aws_instance.server.public_ip]

  %s
}
"""
_READ_REPLICA = """
resource "aws_kms_key" "copy" {
  provider            = aws.secondary
  description         = "Copies"
  enable_key_rotation = true
}

resource "aws_db_instance" "copy" {
  provider = aws.secondary

  identifier          = "added-copy"
  instance_class      = "db.t3.small"
  replicate_source_db = aws_db_instance.added.arn
  kms_key_id          = aws_kms_key.copy.arn
  storage_encrypted   = true
}
"""


_FORWARD = """  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
"""
_MAINTENANCE = """  certificate_arn   = var.certificate_arn

  default_action {
    type             = endswith(var.name, "-secondary") ? "fixed-response" : "forward"
    target_group_arn = endswith(var.name, "-secondary") ? null : aws_lb_target_group.this.arn

    dynamic "fixed_response" {
      for_each = endswith(var.name, "-secondary") ? [1] : []

      content {
        content_type = "text/plain"
        status_code  = "503"
      }
    }
  }
"""
_ELSEWHERE = """  certificate_arn   = var.certificate_arn

  default_action {
    type             = endswith(var.name, "-primary") ? "redirect" : "forward"
    target_group_arn = endswith(var.name, "-primary") ? null : aws_lb_target_group.this.arn

    dynamic "redirect" {
      for_each = endswith(var.name, "-primary") ? [1] : []

      content {
        host        = "status.example.org"
        status_code = "HTTP_302"
      }
    }
  }
"""


def _db(
    protection: str = "true", multi_az: str = "true", encrypted: str = "true", days: int = 7
) -> str:
    return _DB % (protection, multi_az, encrypted, days)


MUTANTS: tuple[Mutant, ...] = (
    # -- REGION ---------------------------------------------------------------------------
    Mutant(
        "secondary load balancer gets the primary's provider",
        "LG_REGION_1",
        ENVIRONMENT,
        PROD,
        "aws.secondary = aws.secondary",
        "aws.secondary = aws",
    ),
    Mutant(
        "secondary network built in the primary region",
        "LG_REGION_1",
        ENVIRONMENT,
        SERVICE,
        '"../network"\n  providers = { aws = aws.secondary }',
        '"../network"\n  providers = { aws = aws.primary }',
    ),
    Mutant(
        "secondary servers built in the primary region",
        "LG_REGION_1",
        ENVIRONMENT,
        SERVICE,
        '"../app"\n  providers = { aws = aws.secondary }',
        '"../app"\n  providers = { aws = aws.primary }',
    ),
    Mutant(
        "both providers name one region",
        "LG_REGION_2",
        ENVIRONMENT,
        PROVIDERS,
        '"us-west-2"',
        '"us-east-1"',
    ),
    Mutant(
        "the secondary provider names a third region",
        "LG_REGION_2",
        ENVIRONMENT,
        PROVIDERS,
        '"us-west-2"',
        '"eu-west-1"',
    ),
    Mutant(
        "a module call passes no provider",
        "LG_REGION_3",
        ENVIRONMENT,
        ADDED,
        "",
        """
module "added" {
  source             = "../../modules/network"
  name               = "added"
  cidr_block         = "10.50.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b"]
}
""",
    ),
    Mutant(
        "a module call in a module passes no provider",
        "LG_REGION_3",
        ENVIRONMENT,
        SERVICE,
        '  source    = "../network"\n  providers = { aws = aws.primary }\n',
        '  source = "../network"\n',
    ),
    Mutant(
        "a provider's region is put together",
        "LG_REGION_4",
        "aws_kms_key.added",
        ADDED,
        "",
        """
provider "aws" {
  alias  = "added"
  region = join("-", ["us", "west", local.added])
}

locals {
  added = "2"
}

resource "aws_kms_key" "added" {
  provider            = aws.added
  description         = "Added"
  enable_key_rotation = true
}
""",
        undecidable=True,
        told=True,
    ),
    Mutant(
        "a module declares no provider",
        "LG_REGION_5",
        ENVIRONMENT,
        "modules/certificate/versions.tf",
        """  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
""",
        "",
    ),
    Mutant(
        "zones of the other region",
        "LG_REGION_6",
        _public("us-east-1a", "network_secondary"),
        PROD,
        '["us-west-2a", "us-west-2b", "us-west-2c"]',
        '["us-east-1a", "us-east-1b", "us-east-1c"]',
    ),
    Mutant(
        "one zone of the other region",
        "LG_REGION_6",
        _public("us-east-1c", "network_secondary"),
        PROD,
        '"us-west-2c"',
        '"us-east-1c"',
    ),
    Mutant(
        "the secondary has one zone less",
        "LG_REGION_7",
        ENVIRONMENT,
        PROD,
        '["us-west-2a", "us-west-2b", "us-west-2c"]',
        '["us-west-2a", "us-west-2b"]',
    ),
    Mutant(
        "a second service in the primary only",
        "LG_REGION_7",
        ENVIRONMENT,
        ADDED,
        "",
        """
resource "aws_lb_target_group" "added" {
  name     = "added"
  port     = 8081
  protocol = "HTTP"
  vpc_id   = module.service.primary_vpc_id

  health_check {
    path = "/healthz"
  }
}
""",
    ),
    Mutant(
        "the secondary runs a third of the capacity",
        "LG_REGION_8",
        ENVIRONMENT,
        PROD,
        "secondary_capacity = 3",
        "secondary_capacity = 1",
    ),
    Mutant(
        "the secondary runs one server less",
        "LG_REGION_8",
        ENVIRONMENT,
        PROD,
        "secondary_capacity = 3",
        "secondary_capacity = 2",
    ),
    Mutant(
        "the secondary's database uses the primary's key",
        "LG_REGION_9",
        f"{D}aws_rds_cluster.secondary",
        DATABASE,
        "aws_kms_key.secondary.arn",
        "aws_kms_key.primary.arn",
    ),
    Mutant(
        "the secondary's target group lies in the primary's VPC",
        "LG_REGION_9",
        f"{S}module.load_balancer_secondary.aws_lb_target_group.this",
        SERVICE,
        "  vpc_id                      = module.network_secondary.vpc_id",
        "  vpc_id                      = module.network_primary.vpc_id",
    ),
    # -- FAILOVER -------------------------------------------------------------------------
    Mutant(
        "the SECONDARY record is gone",
        "LG_FAILOVER_1",
        PRIMARY,
        DNS,
        '  failover_routing_policy {\n    type = "SECONDARY"\n  }\n',
        "  weighted_routing_policy {\n    weight = 1\n  }\n",
    ),
    Mutant(
        "both records are PRIMARY",
        "LG_FAILOVER_1",
        PRIMARY,
        DNS,
        'type = "SECONDARY"',
        'type = "PRIMARY"',
    ),
    Mutant(
        "both records have one set identifier",
        "LG_FAILOVER_1",
        SECONDARY,
        DNS,
        'set_identifier  = "secondary"',
        'set_identifier  = "primary"',
    ),
    Mutant(
        "the SECONDARY answers for another name",
        "LG_FAILOVER_1",
        SECONDARY,
        DNS,
        '  name            = var.record_name\n  type            = "A"\n'
        '  set_identifier  = "secondary"',
        '  name            = "standby.example.com"\n  type            = "A"\n'
        '  set_identifier  = "secondary"',
    ),
    Mutant(
        "the SECONDARY is of another type",
        "LG_FAILOVER_1",
        SECONDARY,
        DNS,
        '  type            = "A"\n  set_identifier  = "secondary"',
        '  type            = "AAAA"\n  set_identifier  = "secondary"',
    ),
    Mutant(
        "no failover at all",
        "LG_FAILOVER_1",
        PRIMARY,
        DNS,
        '  failover_routing_policy {\n    type = "SECONDARY"\n  }\n',
        '  latency_routing_policy {\n    region = "us-west-2"\n  }\n',
    ),
    Mutant(
        "both records lead to the primary region",
        "LG_FAILOVER_2",
        SECONDARY,
        DNS,
        _SECONDARY_ALIAS,
        _SECONDARY_ALIAS.replace("secondary", "primary"),
    ),
    Mutant(
        "both records lead to the secondary region",
        "LG_FAILOVER_2",
        PRIMARY,
        DNS,
        _PRIMARY_ALIAS,
        _PRIMARY_ALIAS.replace("var.primary", "var.secondary"),
    ),
    Mutant(
        "the service passes one region's load balancer twice",
        "LG_FAILOVER_2",
        SECONDARY,
        SERVICE,
        "secondary_load_balancer_dns_name = module.load_balancer_secondary",
        "secondary_load_balancer_dns_name = module.load_balancer_primary",
    ),
    Mutant(
        "the PRIMARY has no health check",
        "LG_FAILOVER_3",
        PRIMARY,
        DNS,
        _PRIMARY_CHECKED,
        "",
    ),
    Mutant(
        "the PRIMARY's health check probes the secondary region",
        "LG_FAILOVER_3",
        CHECK,
        DNS,
        _PRIMARY_FQDN,
        _PRIMARY_FQDN.replace("primary", "secondary"),
    ),
    Mutant(
        "the PRIMARY uses the secondary's health check",
        "LG_FAILOVER_3",
        CHECK_2,
        DNS,
        _PRIMARY_CHECKED,
        _SECONDARY_CHECKED,
    ),
    Mutant(
        "the PRIMARY's health check probes a fixed address",
        "LG_FAILOVER_3",
        CHECK,
        DNS,
        f"  {_PRIMARY_FQDN}",
        "  ip_address        = aws_eip.added.public_ip\n",
    ),
    Mutant(
        "the PRIMARY does not evaluate its target's health",
        "LG_FAILOVER_4",
        PRIMARY,
        DNS,
        _PRIMARY_ALIAS,
        _PRIMARY_ALIAS.replace("true", "false"),
    ),
    Mutant(
        "the SECONDARY does not evaluate its target's health",
        "LG_FAILOVER_4",
        SECONDARY,
        DNS,
        _SECONDARY_ALIAS,
        _SECONDARY_ALIAS.replace("true", "false"),
    ),
    Mutant(
        "the PRIMARY's health check only opens a connection",
        "LG_FAILOVER_5",
        CHECK,
        DNS,
        f"""  {_PRIMARY_FQDN}  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
""",
        f"""  {_PRIMARY_FQDN}  type              = "TCP"
  port              = var.health_check_port
""",
    ),
    Mutant(
        "the PRIMARY's health check asks for no path",
        "LG_FAILOVER_5",
        CHECK,
        DNS,
        f"""  {_PRIMARY_FQDN}  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
""",
        f"""  {_PRIMARY_FQDN}  type              = var.health_check_type
  port              = var.health_check_port
""",
    ),
    Mutant(
        "the health check probes the failover name itself",
        "LG_FAILOVER_6",
        CHECK,
        DNS,
        _PRIMARY_FQDN,
        "fqdn              = var.record_name\n",
    ),
    Mutant(
        "the health check is inverted",
        "LG_FAILOVER_7",
        CHECK,
        DNS,
        f"  {_PRIMARY_FQDN}",
        f"  invert_healthcheck = true\n  {_PRIMARY_FQDN}",
    ),
    Mutant(
        "the health check is disabled",
        "LG_FAILOVER_7",
        CHECK,
        DNS,
        f"  {_PRIMARY_FQDN}",
        f"  disabled = true\n  {_PRIMARY_FQDN}",
    ),
    Mutant(
        "the secondary's health check is inverted",
        "LG_FAILOVER_7",
        CHECK_2,
        DNS,
        "  fqdn              = var.secondary",
        "  invert_healthcheck = true\n  fqdn              = var.secondary",
    ),
    Mutant(
        "a threshold beyond AWS's bounds",
        "LG_FAILOVER_8",
        CHECK,
        DNS,
        f"""  {_PRIMARY_FQDN}  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
  request_interval  = var.health_check_interval
  failure_threshold = var.health_check_failure_threshold
""",
        f"""  {_PRIMARY_FQDN}  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
  request_interval  = var.health_check_interval
  failure_threshold = 11
""",
    ),
    Mutant(
        "a standard interval, over the budget",
        "LG_FAILOVER_9",
        PRIMARY,
        PROD,
        "health_check_interval          = 10",
        "health_check_interval          = 30",
    ),
    Mutant(
        "a threshold of ten, over the budget",
        "LG_FAILOVER_9",
        PRIMARY,
        PROD,
        "health_check_failure_threshold = 3",
        "health_check_failure_threshold = 10",
    ),
    Mutant(
        "one failure more, over the budget",
        "LG_FAILOVER_9",
        PRIMARY,
        PROD,
        "health_check_failure_threshold = 3",
        "health_check_failure_threshold = 4",
    ),
    Mutant(
        "a TTL of five minutes",
        "LG_FAILOVER_10",
        "aws_route53_record.primary",
        ADDED,
        "",
        non_alias(300),
    ),
    Mutant(
        "a TTL of 61 seconds",
        "LG_FAILOVER_10",
        "aws_route53_record.secondary",
        ADDED,
        "",
        non_alias(61),
    ),
    Mutant(
        "servers may change records",
        "LG_FAILOVER_11",
        f"{S}module.app_primary.aws_iam_role.this",
        ADDED,
        "",
        _ROLE_POLICY % "route53:ChangeResourceRecordSets",
    ),
    Mutant(
        "servers may do everything in Route 53",
        "LG_FAILOVER_11",
        f"{S}module.app_primary.aws_iam_role.this",
        ADDED,
        "",
        _ROLE_POLICY % "route53:*",
    ),
    Mutant(
        "nothing judges the SECONDARY",
        "LG_FAILOVER_12",
        SECONDARY,
        DNS,
        f"""{_SECONDARY_CHECKED}
  failover_routing_policy {{
    type = "SECONDARY"
  }}

  alias {{
{_SECONDARY_ALIAS}""",
        f"""
  failover_routing_policy {{
    type = "SECONDARY"
  }}

  alias {{
{_SECONDARY_ALIAS.replace("true", "false")}""",
    ),
    # -- SUBNET ---------------------------------------------------------------------------
    Mutant(
        "all public subnets in one zone",
        "LG_SUBNET_1",
        VPC,
        NETWORK,
        "  availability_zone       = each.key\n"
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value)\n",
        "  availability_zone       = var.availability_zones[0]\n"
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value)\n",
    ),
    Mutant(
        "the route to the internet is gone",
        "LG_SUBNET_1",
        VPC,
        NETWORK,
        """resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
""",
        "",
    ),
    Mutant(
        "the public subnets lose their route table",
        "LG_SUBNET_2",
        _public(),
        NETWORK,
        "  subnet_id      = aws_subnet.public[each.key].id\n"
        "  route_table_id = aws_route_table.public.id\n",
        "  subnet_id      = aws_subnet.public[each.key].id\n"
        "  route_table_id = aws_route_table.private[each.key].id\n",
    ),
    Mutant(
        "the route leads to the gateway of another VPC",
        "LG_SUBNET_2",
        _public(),
        NETWORK,
        '  destination_cidr_block = "0.0.0.0/0"\n'
        "  gateway_id             = aws_internet_gateway.this.id\n",
        '  destination_cidr_block = "0.0.0.0/0"\n'
        "  gateway_id             = aws_internet_gateway.other.id\n",
    ),
    Mutant(
        "the route covers only half of the internet",
        "LG_SUBNET_2",
        _public(),
        NETWORK,
        'destination_cidr_block = "0.0.0.0/0"\n  gateway_id',
        'destination_cidr_block = "128.0.0.0/1"\n  gateway_id',
    ),
    Mutant(
        "the load balancer stands in private subnets",
        "LG_SUBNET_3",
        LB,
        SERVICE,
        "public_subnet_ids           = module.network_primary.public_subnet_ids",
        "public_subnet_ids           = module.network_primary.private_subnet_ids",
    ),
    Mutant(
        "the load balancer stands in a private subnet, too",
        "LG_SUBNET_3",
        LB_2,
        SERVICE,
        "public_subnet_ids           = module.network_secondary.public_subnet_ids",
        "public_subnet_ids           = concat(module.network_secondary.public_subnet_ids, "
        "slice(module.network_secondary.private_subnet_ids, 0, 1))",
    ),
    Mutant(
        "the private subnets have a route to the internet",
        "LG_SUBNET_4",
        _private(),
        NETWORK,
        "",
        """
resource "aws_route" "added" {
  for_each               = local.subnets
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
""",
    ),
    Mutant(
        "the private subnets have a route to the internet, for IPv6",
        "LG_SUBNET_4",
        _private("us-west-2b", "network_secondary"),
        NETWORK,
        "",
        """
resource "aws_route" "added" {
  for_each                    = local.subnets
  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this.id
}
""",
    ),
    Mutant(
        "the private subnets use the public route table",
        "LG_SUBNET_4",
        _private(),
        NETWORK,
        "route_table_id = aws_route_table.private[each.key].id",
        "route_table_id = aws_route_table.public.id",
    ),
    Mutant(
        "the private subnets fall to a public main route table",
        "LG_SUBNET_4",
        _private(),
        NETWORK,
        """resource "aws_route_table_association" "private" {
  for_each = local.subnets

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}
""",
        """resource "aws_main_route_table_association" "added" {
  vpc_id         = aws_vpc.this.id
  route_table_id = aws_route_table.public.id
}
""",
    ),
    Mutant(
        "an inline route in the private route tables",
        "LG_SUBNET_4",
        _private(),
        NETWORK,
        'resource "aws_route_table" "private" {\n  for_each = local.subnets\n',
        'resource "aws_route_table" "private" {\n  for_each = local.subnets\n\n'
        '  route {\n    cidr_block = "0.0.0.0/0"\n'
        "    gateway_id = aws_internet_gateway.this.id\n  }\n",
    ),
    Mutant(
        "private subnets hand out public addresses",
        "LG_SUBNET_5",
        _private(),
        NETWORK,
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value + 8)\n"
        "  map_public_ip_on_launch = false\n",
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value + 8)\n"
        "  map_public_ip_on_launch = true\n",
    ),
    Mutant(
        "the servers stand in public subnets",
        "LG_SUBNET_6",
        ASG,
        SERVICE,
        "private_subnet_ids              = module.network_primary.private_subnet_ids",
        "private_subnet_ids              = module.network_primary.public_subnet_ids",
    ),
    Mutant(
        "the database stands in public subnets",
        "LG_SUBNET_6",
        f"{D}aws_db_subnet_group.primary",
        SERVICE,
        "primary_private_subnet_ids      = module.network_primary.private_subnet_ids",
        "primary_private_subnet_ids      = module.network_primary.public_subnet_ids",
    ),
    Mutant(
        "the VPCs have one address range",
        "LG_SUBNET_7",
        VPC,
        SERVICE,
        "= var.secondary_cidr_block",
        "= var.primary_cidr_block",
    ),
    Mutant(
        "the VPCs' address ranges overlap",
        "LG_SUBNET_7",
        VPC,
        SERVICE,
        "= var.secondary_cidr_block",
        '= "10.30.128.0/17"',
    ),
    Mutant(
        "private subnets outside the VPC's range",
        "LG_SUBNET_8",
        _private(),
        NETWORK,
        "cidrsubnet(var.cidr_block, 4, each.value + 8)",
        'cidrsubnet("172.16.0.0/16", 4, each.value + 8)',
    ),
    Mutant(
        "private and public subnets share addresses",
        "LG_SUBNET_8",
        _private(),
        NETWORK,
        "cidrsubnet(var.cidr_block, 4, each.value + 8)",
        "cidrsubnet(var.cidr_block, 4, each.value)",
    ),
    # -- LB -------------------------------------------------------------------------------
    Mutant(
        "the load balancer is internal",
        "LG_LB_1",
        LB,
        BALANCER,
        "internal                   = false",
        "internal                   = true",
    ),
    Mutant(
        "the load balancer uses one subnet",
        "LG_LB_2",
        LB,
        BALANCER,
        "subnets                    = var.public_subnet_ids",
        "subnets                    = [var.public_subnet_ids[0]]",
    ),
    Mutant(
        "the subnets of the load balancer lie in one zone",
        "LG_LB_2",
        LB,
        NETWORK,
        "  availability_zone       = each.key\n"
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value)\n",
        "  availability_zone       = var.availability_zones[0]\n"
        "  cidr_block              = cidrsubnet(var.cidr_block, 4, each.value)\n",
    ),
    Mutant(
        "no deletion protection",
        "LG_LB_3",
        LB,
        PROD,
        "deletion_protection_enabled    = true",
        "deletion_protection_enabled    = false",
    ),
    Mutant(
        "no access logs",
        "LG_LB_4",
        LB,
        PROD,
        '  access_logs_bucket_prefix = "lockgate-example-prod-access-logs"\n',
        "",
    ),
    Mutant(
        "the access logs are switched off",
        "LG_LB_4",
        LB_2,
        BALANCER,
        "      enabled = true\n",
        "      enabled = false\n",
    ),
    Mutant(
        "the service is offered over HTTP",
        "LG_LB_5",
        f"{S}module.load_balancer_primary.aws_lb_listener.http[0]",
        PROD,
        "https_enabled             = true",
        "https_enabled             = false",
    ),
    Mutant(
        "HTTP redirects to HTTP",
        "LG_LB_5",
        f"{S}module.load_balancer_primary.aws_lb_listener.redirect[0]",
        BALANCER,
        '      protocol    = "HTTPS"\n',
        '      protocol    = "HTTP"\n',
    ),
    Mutant(
        "a policy that allows TLS 1.0",
        "LG_LB_6",
        f"{S}module.load_balancer_primary.aws_lb_listener.https[0]",
        BALANCER,
        "ssl_policy        = var.ssl_policy",
        'ssl_policy        = "ELBSecurityPolicy-TLS-1-0-2015-04"',
    ),
    Mutant(
        "AWS's default policy",
        "LG_LB_6",
        f"{S}module.load_balancer_secondary.aws_lb_listener.https[0]",
        BALANCER,
        "  ssl_policy        = var.ssl_policy\n",
        "",
    ),
    Mutant(
        "the secondary uses the primary's certificate",
        "LG_LB_7",
        f"{S}module.load_balancer_secondary.aws_lb_listener.https[0]",
        SERVICE,
        "var.https_enabled ? module.certificate_secondary[0].certificate_arn : null",
        "var.https_enabled ? module.certificate_primary[0].certificate_arn : null",
    ),
    Mutant(
        "invalid header fields are passed on",
        "LG_LB_8",
        LB,
        BALANCER,
        "drop_invalid_header_fields = true",
        "drop_invalid_header_fields = false",
    ),
    Mutant(
        "the target group is not health-checked",
        "LG_LB_9",
        f"{S}module.load_balancer_primary.aws_lb_target_group.this",
        BALANCER,
        """  health_check {
    enabled             = true
    protocol            = "HTTP"
    path                = var.health_check_path
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
""",
        "",
    ),
    Mutant(
        "only the office may reach the load balancer",
        "LG_LB_10",
        LB,
        BALANCER,
        "  cidr_blocks       = var.allowed_cidr_blocks\n",
        '  cidr_blocks       = ["203.0.113.0/24"]\n',
    ),
    Mutant(
        "the HTTPS port is not admitted",
        "LG_LB_10",
        LB,
        BALANCER,
        "listener_ports = var.https_enabled ? [80, 443] : [80]",
        "listener_ports = [80]",
    ),
    Mutant(
        "SSH is open to the world",
        "LG_LB_11",
        "aws_security_group.added",
        ADDED,
        "",
        _INGRESS % ("tcp", 22, 22, _WORLD),
    ),
    Mutant(
        "PostgreSQL is open to the world, for IPv6",
        "LG_LB_11",
        "aws_security_group.added",
        ADDED,
        "",
        _INGRESS % ("tcp", 5000, 6000, 'ipv6_cidr_blocks = ["::/0"]'),
    ),
    Mutant(
        "everything is open to the world",
        "LG_LB_11",
        "aws_security_group.added",
        ADDED,
        "",
        _INGRESS % ("-1", 0, 0, _WORLD),
    ),
    Mutant(
        "a separate rule opens Redis to the world",
        "LG_LB_11",
        "aws_security_group_rule.added",
        ADDED,
        "",
        """
resource "aws_security_group_rule" "added" {
  security_group_id = module.service.primary_app_security_group_id
  description       = "Added"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 6379
  to_port           = 6379
  cidr_blocks       = ["0.0.0.0/0"]
}
""",
    ),
    Mutant(
        "the servers are open to the world on their port",
        "LG_LB_12",
        ASG,
        APP,
        "  source_security_group_id = var.load_balancer_security_group_id\n",
        '  cidr_blocks              = ["0.0.0.0/0"]\n',
    ),
    Mutant(
        "the servers admit nobody",
        "LG_LB_12",
        ASG,
        APP,
        """  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = var.target_port
  to_port                  = var.target_port
""",
        """  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 9999
  to_port                  = 9999
""",
    ),
    Mutant(
        "the secondary's servers are registered with nothing",
        "LG_LB_13",
        f"{S}module.load_balancer_secondary.aws_lb_target_group.this",
        APP,
        "[var.target_group_arn]",
        'endswith(var.name, "-secondary") ? [] : [var.target_group_arn]',
    ),
    Mutant(
        "the secondary's listener answers 503 by itself",
        "LG_LB_13",
        f"{S}module.load_balancer_secondary.aws_lb_listener.https[0]",
        BALANCER,
        _FORWARD,
        _MAINTENANCE,
    ),
    Mutant(
        "the primary's listener redirects everybody elsewhere",
        "LG_LB_13",
        f"{S}module.load_balancer_primary.aws_lb.this",
        BALANCER,
        _FORWARD,
        _ELSEWHERE,
    ),
    # -- DATA -----------------------------------------------------------------------------
    Mutant(
        "the secondary's cluster leaves the global database",
        "LG_DATA_1",
        f"{D}aws_rds_cluster.primary",
        DATABASE,
        """  cluster_identifier        = "${var.name}-secondary"
  global_cluster_identifier = aws_rds_global_cluster.this.id
""",
        """  cluster_identifier        = "${var.name}-secondary"
  master_username           = "web"
  master_password           = "only-in-a-test-fixture"
""",
    ),
    Mutant(
        "the replica stands in the primary region",
        "LG_DATA_1",
        f"{D}aws_rds_cluster.primary",
        DATABASE,
        'resource "aws_rds_cluster" "secondary" {\n  provider = aws.secondary\n',
        'resource "aws_rds_cluster" "secondary" {\n  provider = aws.primary\n',
    ),
    Mutant(
        "a database without a replica",
        "LG_DATA_1",
        "aws_db_instance.added",
        ADDED,
        "",
        _db(),
    ),
    Mutant(
        "a cluster without deletion protection",
        "LG_DATA_2",
        f"{D}aws_rds_cluster.primary",
        DATABASE,
        """  deletion_protection     = var.deletion_protection_enabled

  skip_final_snapshot       = var.skip_final_snapshot
""",
        """  skip_final_snapshot       = var.skip_final_snapshot
""",
    ),
    Mutant(
        "a database without deletion protection",
        "LG_DATA_2",
        "aws_db_instance.added",
        ADDED,
        "",
        _db(protection="false"),
    ),
    Mutant(
        "backups are kept for one day",
        "LG_DATA_3",
        f"{D}aws_rds_cluster.primary",
        PROD,
        "database_backup_retention_days = 14",
        "database_backup_retention_days = 1",
    ),
    Mutant(
        "a database without backups",
        "LG_DATA_3",
        "aws_db_instance.added",
        ADDED,
        "",
        _db(days=0),
    ),
    Mutant(
        "the secondary's copy is not encrypted",
        "LG_DATA_4",
        f"{D}aws_rds_cluster.secondary",
        DATABASE,
        """  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.secondary.arn
""",
        """  storage_encrypted                   = false
""",
    ),
    Mutant(
        "a database that is not encrypted",
        "LG_DATA_4",
        "aws_db_instance.added",
        ADDED,
        "",
        _db(encrypted="false"),
    ),
    Mutant(
        "a database in one zone",
        "LG_DATA_5",
        "aws_db_instance.added",
        ADDED,
        "",
        _db(multi_az="false"),
    ),
    Mutant(
        "a cluster of one instance",
        "LG_DATA_5",
        f"{D}aws_rds_cluster.primary",
        PROD,
        "database_instance_count        = 2",
        "database_instance_count        = 1",
    ),
    # -- STATE ----------------------------------------------------------------------------
    Mutant(
        "the backend does not lock",
        "LG_STATE_1",
        ENVIRONMENT,
        VERSIONS,
        "    use_lockfile = true\n",
        "",
    ),
    Mutant(
        "the state lies on somebody's disk",
        "LG_STATE_1",
        ENVIRONMENT,
        VERSIONS,
        """  backend "s3" {
    bucket       = "lockgate-example-state"
    key          = "prod/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
""",
        '  backend "local" {}\n',
    ),
    Mutant(
        "the state is not encrypted",
        "LG_STATE_2",
        ENVIRONMENT,
        VERSIONS,
        "    encrypt      = true\n",
        "    encrypt      = false\n",
    ),
    Mutant(
        "any version of Terraform will do",
        "LG_STATE_3",
        ENVIRONMENT,
        VERSIONS,
        '  required_version = ">= 1.10" # the first with S3 state locking by use_lockfile\n',
        "",
    ),
    Mutant(
        "any newer provider will do",
        "LG_STATE_4",
        ENVIRONMENT,
        VERSIONS,
        'version = ">= 3.39, < 7.0"',
        'version = ">= 3.39"',
    ),
    Mutant(
        "any provider will do",
        "LG_STATE_4",
        ENVIRONMENT,
        VERSIONS,
        '      version = ">= 3.39, < 7.0"\n',
        "",
    ),
    # -- LOSS -----------------------------------------------------------------------------
    Mutant(
        "a second name leads to one server",
        "LG_LOSS_1",
        "aws_route53_record.added",
        ADDED,
        "",
        _SERVER + _ONE_SERVER % "api.example.com",
    ),
    Mutant(
        "the bare domain leads to one server",
        "LG_LOSS_1",
        "aws_route53_record.added",
        ADDED,
        "",
        _SERVER + _ONE_SERVER % "example.com",
    ),
    Mutant(
        "a second name leads to a load balancer of one region",
        "LG_LOSS_1",
        "aws_route53_record.added",
        ADDED,
        "",
        """
resource "aws_lb" "added" {
  name    = "added"
  subnets = module.service.primary_private_subnet_ids
}

resource "aws_route53_record" "added" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "api.example.com"
  type    = "A"

  alias {
    name                   = aws_lb.added.dns_name
    zone_id                = aws_lb.added.zone_id
    evaluate_target_health = true
  }
}
""",
    ),
    Mutant(
        "a second name is weighted, and has one server",
        "LG_LOSS_1",
        "aws_route53_record.added",
        ADDED,
        "",
        _SERVER + _ROUTED % "weighted_routing_policy {\n    weight = 10\n  }",
    ),
    Mutant(
        "a database is copied by a read replica, which may lack minutes",
        "LG_LOSS_2",
        "aws_db_instance.added",
        ADDED,
        "",
        _db() + _READ_REPLICA,
    ),
    # NET: a way for each request and for its answer.
    Mutant(
        "a network ACL denies the listener's port",
        "LG_NET_1",
        f"{S}module.network_primary.aws_network_acl.added",
        NETWORK,
        "",
        _ACL % {"tier": "public", "rules": _DENY_HTTPS + _ALLOW_ALL_OUT},
    ),
    Mutant(
        "a network ACL lets no answers out of the private subnets",
        "LG_NET_1",
        f"{S}module.network_primary.aws_network_acl.added",
        NETWORK,
        "",
        _ACL % {"tier": "private", "rules": _ALLOW_ALL_IN},
    ),
    Mutant(
        "the default network ACL is managed without rules",
        "LG_NET_1",
        f"{S}module.network_primary.aws_default_network_acl.added",
        NETWORK,
        "",
        """
resource "aws_default_network_acl" "added" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
}
""",
    ),
    Mutant(
        "half of the internet is routed to a NAT gateway",
        "LG_NET_2",
        f"{S}module.network_primary.aws_route.half",
        NETWORK,
        "",
        """
resource "aws_route" "half" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/1"
  nat_gateway_id         = aws_nat_gateway.this[var.availability_zones[0]].id
}
""",
    ),
    Mutant(
        "the default route is for one half of the internet",
        "LG_NET_2",
        _public("us-west-2a", "network_secondary"),
        NETWORK,
        """  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id""",
        """  destination_cidr_block = "0.0.0.0/1"
  gateway_id             = aws_internet_gateway.this.id""",
    ),
    Mutant(
        "private subnets have no way out",
        "LG_NET_3",
        ASG,
        PROD,
        'nat_gateways       = "per_zone"',
        'nat_gateways       = "none"',
    ),
    Mutant(
        "the load balancer's group lets out to another port",
        "LG_NET_4",
        f"{S}module.load_balancer_primary.aws_security_group.this",
        BALANCER,
        """  from_port         = var.target_port
  to_port           = var.target_port
  cidr_blocks       = [var.vpc_cidr_block]""",
        """  from_port         = 80
  to_port           = 80
  cidr_blocks       = [var.vpc_cidr_block]""",
    ),
    Mutant(
        "health checks ask a port that is not open",
        "LG_NET_4",
        f"{S}module.load_balancer_secondary.aws_lb_target_group.this",
        BALANCER,
        "    path                = var.health_check_path\n",
        '    path                = var.health_check_path\n    port                = "9090"\n',
    ),
    Mutant(
        "the standby's servers may not ask their database",
        "LG_NET_5",
        f"{S}module.app_secondary.aws_security_group.this",
        DATABASE,
        """  security_group_id        = var.secondary_app_security_group_id
  description              = "From the application to its database"
  type                     = "egress"
  protocol                 = "tcp"
""",
        """  security_group_id        = var.secondary_app_security_group_id
  description              = "From the application to its database"
  type                     = "egress"
  protocol                 = "udp"
""",
    ),
    Mutant(
        "the standby's database admits nobody to its port",
        "LG_NET_5",
        f"{D}aws_security_group.secondary",
        DATABASE,
        """  security_group_id        = aws_security_group.secondary.id
  description              = "The application, and nobody else"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
""",
        """  security_group_id        = aws_security_group.secondary.id
  description              = "The application, and nobody else"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 3306
  to_port                  = 3306
""",
    ),
    Mutant(
        "a network resolves no names",
        "LG_NET_6",
        VPC,
        NETWORK,
        "  enable_dns_support   = true\n",
        "  enable_dns_support   = false\n",
    ),
    Mutant(
        "the load balancer answers the health check's path by itself",
        "LG_FAILOVER_16",
        f"{S}module.load_balancer_primary.aws_lb_listener_rule.added[0]",
        BALANCER,
        "",
        """
resource "aws_lb_listener_rule" "added" {
  count        = var.https_enabled ? 1 : 0
  listener_arn = aws_lb_listener.https[0].arn
  priority     = 1

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "ok"
      status_code  = "200"
    }
  }

  condition {
    path_pattern {
      values = ["/health*"]
    }
  }
}
""",
    ),
    Mutant(
        "the health checks ask the port that only redirects",
        "LG_FAILOVER_16",
        CHECK,
        SERVICE,
        "health_check_port                = var.https_enabled ? 443 : 80",
        "health_check_port                = 80",
    ),
    Mutant(
        "the PRIMARY hangs on a calculated check with a threshold of 0",
        "LG_FAILOVER_14",
        _dns("aws_route53_health_check.whole"),
        DNS,
        _PRIMARY_CHECKED,
        "  health_check_id = aws_route53_health_check.whole.id\n",
    ),
    Mutant(
        "two regions of health checkers are asked for",
        "LG_FAILOVER_15",
        CHECK,
        DNS,
        _PRIMARY_FQDN,
        _PRIMARY_FQDN + '  regions           = ["us-east-1", "us-west-1"]\n',
    ),
    Mutant(
        "the scaling groups ask EC2 only whether a server is healthy",
        "LG_LB_14",
        ASG,
        APP,
        'health_check_type         = "ELB"',
        'health_check_type         = "EC2"',
    ),
    Mutant(
        "the scaling groups pack their servers into one zone",
        "LG_SUBNET_9",
        ASG,
        APP,
        'health_check_type         = "ELB"\n',
        'health_check_type         = "ELB"\n'
        "  placement_group           = aws_placement_group.added.id\n",
    ),
)

# A few faults need a resource that the reference has not.
SUPPORT: dict[str, tuple[str, str]] = {
    "the PRIMARY hangs on a calculated check with a threshold of 0": (
        DNS,
        """
resource "aws_route53_health_check" "whole" {
  type                   = "CALCULATED"
  child_health_threshold = 0
  child_healthchecks     = [aws_route53_health_check.primary.id]
}
""",
    ),
    "the scaling groups pack their servers into one zone": (
        APP,
        """
resource "aws_placement_group" "added" {
  name     = var.name
  strategy = "cluster"
}
""",
    ),
    "the PRIMARY's health check probes a fixed address": (
        DNS,
        '\nresource "aws_eip" "added" {}\n',
    ),
    "the route leads to the gateway of another VPC": (
        NETWORK,
        """
resource "aws_vpc" "other" {
  cidr_block = "192.168.0.0/24"
}

resource "aws_internet_gateway" "other" {
  vpc_id = aws_vpc.other.id
}
""",
    ),
}
