"""What a resolved plan tells of a configuration, and what it leaves open."""

from __future__ import annotations

import json

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.resolved_planner import ResolvedPlanner
from tests.engine.provider_proxy.conftest import PROVIDER, SETTINGS, TWO_PROVIDERS, Plan

NETWORK = """
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
"""


def test_records_by_for_each_lead_to_their_own_regions_load_balancer(plan: Plan) -> None:
    """By name, both lead to both: only Terraform knows what `each.value` is."""
    planned = plan(
        TWO_PROVIDERS
        + """
resource "aws_lb" "east" {
  name    = "east"
  subnets = ["subnet-11111111", "subnet-22222222"]
}
resource "aws_lb" "west" {
  provider = aws.west
  name     = "west"
  subnets  = ["subnet-33333333", "subnet-44444444"]
}
locals {
  sites = { PRIMARY = aws_lb.east, SECONDARY = aws_lb.west }
}
resource "aws_route53_record" "www" {
  for_each       = local.sites
  zone_id        = "Z0123456789ABCDEFGHIJ"
  name           = "www.example.com"
  type           = "A"
  set_identifier = each.key
  failover_routing_policy {
    type = each.key
  }
  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = true
  }
}
"""
    )
    primary, secondary = (f'aws_route53_record.www["{key}"]' for key in ("PRIMARY", "SECONDARY"))
    assert planned.leads(primary, "alias.0.name") == ["aws_lb.east.dns_name"]
    assert planned.leads(secondary, "alias.0.name") == ["aws_lb.west.dns_name"]
    assert planned.leads(secondary, "alias.0.zone_id") == ["aws_lb.west.zone_id"]
    assert planned.resolved["regions"]["aws_lb.east"] == "us-east-1"
    assert planned.resolved["regions"]["aws_lb.west"] == "us-west-2"
    assert planned.change(primary)["after_unknown"]["alias"][0]["name"] is True
    assert "name" not in planned.change(primary)["after"]["alias"][0]
    assert planned.change(primary)["after"]["alias"][0]["evaluate_target_health"] is True


def test_what_stands_inside_a_longer_text_is_found_there(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + NETWORK
        + """
resource "aws_launch_template" "this" {
  user_data = base64encode("#!/bin/sh\\nexport VPC=${aws_vpc.this.id} # and more")
}
resource "aws_sns_topic" "this" {
  name   = "topic"
  policy = jsonencode({ Statement = [{ Resource = aws_vpc.this.arn }] })
}
resource "aws_ssm_parameter" "zipped" {
  name  = "zipped"
  type  = "String"
  value = base64gzip("vpc ${aws_vpc.this.id}")
}
"""
    )
    for address, path, attribute in (
        ("aws_launch_template.this", "user_data", "id"),
        ("aws_sns_topic.this", "policy", "arn"),
        ("aws_ssm_parameter.zipped", "value", "id"),
    ):
        entry = {"address": "aws_vpc.this", "attribute": attribute, "whole": False}
        assert planned.resolved["references"][address][path] == [entry]


def test_a_hosted_zone_that_is_nowhere_is_looked_up(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
data "aws_route53_zone" "this" {
  name = "example.com."
}
resource "aws_route53_record" "www" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = "www.${data.aws_route53_zone.this.name}"
  type    = "TXT"
  ttl     = 60
  records = ["text"]
}
"""
    )
    looked_up = planned.resolved["looked_up"]["data.aws_route53_zone.this"]
    assert looked_up["zone_id"] is True
    assert "name" not in looked_up, "what the configuration says is echoed, and known"
    assert planned.leads("aws_route53_record.www", "zone_id") == [
        "data.aws_route53_zone.this.zone_id"
    ]
    after = planned.change("aws_route53_record.www")["after"]
    assert "zone_id" not in after
    assert after["name"].rstrip(".") == "www.example.com"
    (zone,) = planned.document["prior_state"]["values"]["root_module"]["resources"]
    assert "zone_id" not in zone["values"]
    assert planned.resolved["regions"]["data.aws_route53_zone.this"] == "us-east-1"


def test_what_is_looked_up_decides_nothing(plan: Plan) -> None:
    """A number, a boolean, a range, and what a function makes of a text: none is a fact."""
    planned = plan(
        PROVIDER
        + """
data "aws_vpc" "this" {
  id = "vpc-0123456789abcdef0"
}
data "aws_route53_zone" "this" {
  name = "example.com"
}
resource "aws_subnet" "this" {
  vpc_id                  = data.aws_vpc.this.id
  cidr_block              = cidrsubnet(data.aws_vpc.this.cidr_block, 8, 1)
  map_public_ip_on_launch = data.aws_vpc.this.enable_dns_support
  tags = {
    hashed = md5(data.aws_route53_zone.this.zone_id)
    size   = data.aws_route53_zone.this.resource_record_set_count > 10 ? "large" : "small"
    known  = data.aws_vpc.this.id
  }
}
"""
    )
    after = planned.change("aws_subnet.this")["after"]
    unknown = planned.change("aws_subnet.this")["after_unknown"]
    assert after["vpc_id"] == "vpc-0123456789abcdef0"
    assert after["tags"] == {"known": "vpc-0123456789abcdef0"}
    assert unknown["tags"] == {"hashed": True, "size": True}
    assert unknown["cidr_block"] is True
    assert unknown["map_public_ip_on_launch"] is True


def test_keys_that_are_looked_up_agree_in_both_passes_and_every_run(plan: Plan) -> None:
    source = (
        PROVIDER
        + """
data "aws_subnet_ids" "this" {
  vpc_id = "vpc-0123456789abcdef0"
}
resource "aws_eip" "by_id" {
  for_each = data.aws_subnet_ids.this.ids
  tags     = { subnet = each.value }
}
resource "aws_eip" "by_part" {
  for_each = toset([for id in data.aws_subnet_ids.this.ids : substr(id, 7, 5)])
}
"""
    )
    first, second = (plan(source).document["resource_changes"] for _ in range(2))
    addresses = [each["address"] for each in first]
    assert len(addresses) == 6
    assert addresses == [each["address"] for each in second]
    assert all(
        each["change"]["after_unknown"]["tags"] == {"subnet": True}
        for each in first
        if each["name"] == "by_id"
    )


def test_zones_are_the_regions_real_ones(plan: Plan) -> None:
    planned = plan(
        TWO_PROVIDERS
        + """
data "aws_availability_zones" "west" {
  provider = aws.west
  state    = "available"
}
resource "aws_subnet" "this" {
  provider          = aws.west
  count             = length(data.aws_availability_zones.west.names)
  vpc_id            = "vpc-0123456789abcdef0"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
  availability_zone = data.aws_availability_zones.west.names[count.index]
}
"""
    )
    zones = [
        planned.change(f"aws_subnet.this[{index}]")["after"]["availability_zone"]
        for index in range(4)
    ]
    assert zones == ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"]
    assert "names" not in planned.resolved["looked_up"]["data.aws_availability_zones.west"]


def test_what_needs_no_account_is_answered_by_the_provider_itself(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
data "aws_region" "this" {}
data "aws_partition" "this" {}
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::bucket/*"]
  }
}
resource "aws_iam_policy" "this" {
  name   = "in-${data.aws_region.this.name}"
  policy = data.aws_iam_policy_document.this.json
}
"""
    )
    after = planned.change("aws_iam_policy.this")["after"]
    assert after["name"] == "in-us-east-1"
    assert json.loads(after["policy"])["Statement"][0]["Resource"] == "arn:aws:s3:::bucket/*"
    assert planned.resolved["looked_up"] == {}


def test_a_policy_that_names_a_resource_of_the_same_plan_is_read_too(plan: Plan) -> None:
    """Terraform leaves such a data source to the apply, and all that is made from it."""
    planned = plan(
        PROVIDER
        + """
resource "aws_s3_bucket" "this" {
  bucket = "bucket"
}
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this.arn}/*"]
  }
}
resource "aws_iam_policy" "this" {
  name   = "reads"
  policy = data.aws_iam_policy_document.this.json
}
resource "aws_iam_role_policy_attachment" "this" {
  role       = "role"
  policy_arn = aws_iam_policy.this.arn
}
"""
    )
    assert planned.leads("aws_iam_policy.this", "policy") == ["aws_s3_bucket.this.arn"]
    assert planned.leads("data.aws_iam_policy_document.this", "json") == ["aws_s3_bucket.this.arn"]
    assert planned.leads("aws_iam_role_policy_attachment.this", "policy_arn") == [
        "aws_iam_policy.this.arn"
    ]
    assert planned.change("aws_iam_policy.this")["actions"] == ["create"]
    assert set(planned.resolved["regions"].values()) == {"us-east-1"}


def test_secrets_in_json_and_long_lists_get_what_is_asked_of_them(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
data "aws_secretsmanager_secret_version" "this" {
  secret_id = "database"
}
data "aws_instances" "this" {}
data "aws_vpc" "this" {
  tags = { Name = "main" }
}
resource "aws_ssm_parameter" "this" {
  name  = "n"
  type  = "String"
  value = jsondecode(data.aws_secretsmanager_secret_version.this.secret_string)["password"]
  tags = {
    fifth = data.aws_instances.this.ids[4]
    cost  = data.aws_vpc.this.tags["CostCentre"]
  }
}
"""
    )
    address = "aws_ssm_parameter.this"
    assert planned.leads(address, "value") == [
        "data.aws_secretsmanager_secret_version.this.secret_string"
    ]
    assert planned.change(address)["after_sensitive"]["value"] is True
    assert planned.leads(address, "tags.fifth") == ["data.aws_instances.this.ids.4"]
    assert planned.leads(address, "tags.cost") == ["data.aws_vpc.this.tags.CostCentre"]


def test_a_remote_states_outputs_are_made_up(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network/terraform.tfstate"
    region = "us-east-1"
  }
}
resource "aws_subnet" "this" {
  vpc_id     = data.terraform_remote_state.network.outputs.vpc_id
  cidr_block = "10.0.1.0/24"
}
"""
    )
    assert planned.leads("aws_subnet.this", "vpc_id") == [
        "data.terraform_remote_state.network.outputs.vpc_id"
    ]
    looked_up = planned.resolved["looked_up"]["data.terraform_remote_state.network"]
    assert looked_up["outputs"]["vpc_id"] is True


def test_a_remote_states_outputs_have_what_is_read_of_them(plan: Plan) -> None:
    """An object in an output, one that is asked for by another name, and a part of a range."""
    planned = plan(
        PROVIDER
        + """
data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network/terraform.tfstate"
    region = "us-east-1"
  }
}
locals {
  network = data.terraform_remote_state.network.outputs
}
resource "aws_vpc" "this" {
  cidr_block = "${data.terraform_remote_state.network.outputs.cidr_prefix}.0.0/16"
}
resource "aws_subnet" "this" {
  vpc_id     = data.terraform_remote_state.network.outputs.places.west["first"].id
  cidr_block = "10.0.1.0/24"
  tags       = { Name = local.network.label }
}
""",
    )
    assert planned.leads("aws_subnet.this", "vpc_id") == [
        "data.terraform_remote_state.network.outputs.places.west.first.id"
    ]
    assert planned.leads("aws_subnet.this", "tags.Name") == [
        "data.terraform_remote_state.network.outputs.label"
    ]
    assert "cidr_block" not in planned.change("aws_vpc.this")["after"]


def test_a_zone_that_is_looked_up_has_no_dot_at_its_end(plan: Plan) -> None:
    """ACM takes no name with one; the provider says the zone's without it."""
    planned = plan(
        PROVIDER
        + """
data "aws_route53_zone" "this" {
  name = "Example.com."
}
resource "aws_acm_certificate" "this" {
  domain_name       = "www.${data.aws_route53_zone.this.name}"
  validation_method = "DNS"
}
"""
    )
    certificate = planned.change("aws_acm_certificate.this")["after"]
    assert certificate["domain_name"] == "www.example.com"


def test_a_parameter_that_is_called_a_port_can_be_one(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
data "aws_ssm_parameter" "port" {
  name = "/service/port"
}
resource "aws_lb_target_group" "this" {
  name        = "service"
  target_type = "lambda"
  tags        = { Port = tonumber(data.aws_ssm_parameter.port.value) + 1 }
}
"""
    )
    change = planned.change("aws_lb_target_group.this")
    assert change["after_unknown"]["tags"]["Port"] is True


NULLABLE = """
variable "group" {
  type    = string
  default = null
}
resource "aws_security_group" "clients" {
  name = "clients"
}
resource "aws_security_group_rule" "this" {
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 80
  to_port                  = 80
  cidr_blocks              = ["10.0.0.0/8"]
  security_group_id        = "sg-11111111"
  source_security_group_id = %s
}
"""


@pytest.mark.parametrize(
    ("expression", "not_given"),
    [
        ("var.group == null ? null : aws_security_group.clients.id", True),
        ("aws_security_group.clients.id", False),
        # What is only known after an apply decides: the made-up value is not believed.
        ('aws_security_group.clients.id == "sg-0" ? "sg-1" : null', False),
    ],
)
def test_an_argument_whose_expression_is_null_is_not_given(
    expression: str, not_given: bool, plan: Plan
) -> None:
    """The provider calls it unknown, and its expression names a resource."""
    planned = plan(PROVIDER + NULLABLE % expression)
    told = planned.resolved.get("not_given", {}).get("aws_security_group_rule.this", [])
    assert ("source_security_group_id" in told) is not_given


def test_sets_keep_what_is_known_of_their_members(plan: Plan) -> None:
    """A set stands in the order of its values: what is made up moves its members about."""
    planned = plan(
        PROVIDER
        + """
resource "aws_security_group" "clients" {
  name = "clients"
}
resource "aws_security_group" "this" {
  name = "service"
  dynamic "ingress" {
    for_each = [22, 80, 443, 8080]
    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      cidr_blocks     = ingress.value == 443 ? ["0.0.0.0/0"] : []
      security_groups = ingress.value == 443 ? [] : [aws_security_group.clients.id]
    }
  }
}
"""
    )
    address = "aws_security_group.this"
    rules = planned.change(address)["after"]["ingress"]
    assert {rule["from_port"] for rule in rules} == {22, 80, 443, 8080}
    for index, rule in enumerate(rules):
        leads = planned.leads(address, f"ingress.{index}.security_groups.0")
        expected = [] if rule["from_port"] == 443 else ["aws_security_group.clients.id"]
        assert leads == expected


def test_an_import_is_planned_without_asking_for_it(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + NETWORK
        + """
import {
  to = aws_vpc.this
  id = "vpc-0123456789abcdef0"
}
"""
    )
    change = planned.change("aws_vpc.this")
    assert change["actions"] == ["update"]
    assert change["after"]["cidr_block"] == "10.0.0.0/16"
    assert change["after"]["id"] == "vpc-0123456789abcdef0"
    assert planned.resolved["regions"]["aws_vpc.this"] == "us-east-1"


def test_a_provider_without_a_region_gets_the_primary_one_and_it_is_said(plan: Plan) -> None:
    planned = plan(SETTINGS + NETWORK)
    assert planned.how.assumed_region
    assert planned.resolved["regions"] == {"aws_vpc.this": "eu-west-1"}
    assert not plan(PROVIDER + NETWORK).how.assumed_region


def test_a_region_that_is_not_known_is_not_guessed(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + """
resource "aws_s3_bucket" "this" {}
provider "aws" {
  alias  = "elsewhere"
  region = aws_s3_bucket.this.region
}
resource "aws_vpc" "this" {
  provider   = aws.elsewhere
  cidr_block = "10.0.0.0/16"
}
"""
    )
    assert planned.resolved["regions"] == {"aws_s3_bucket.this": "us-east-1"}


def test_regions_go_through_modules_and_inheritance(plan: Plan) -> None:
    planned = plan(
        TWO_PROVIDERS
        + """
module "west" {
  source = "./outer"
  providers = {
    aws = aws.west
  }
}
""",
        outer__main_tf='module "inner" {\n  source = "../inner"\n}\n',
        inner__main_tf=NETWORK,
    )
    assert planned.resolved["regions"] == {"module.west.module.inner.aws_vpc.this": "us-west-2"}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (
            'resource "aws_eip" "this" {\n  for_each = toset([aws_vpc.this.id])\n}\n',
            "cannot be determined until apply",
        ),
        (
            'resource "aws_vpc" "that" {\n  cidr_block = "nonsense"\n}\n',
            "invalid CIDR address: nonsense",
        ),
        ('resource "aws_vpcs" "that" {}\n', 'does not support resource type "aws_vpcs"'),
        (
            'resource "aws_vpc" "that" {\n  cidr_blok = "10.0.0.0/16"\n}\n',
            'An argument named "cidr_blok" is not expected here',
        ),
        (
            'variable "x" {\n  default = 1\n  validation {\n    condition = var.x > 1\n'
            '    error_message = "Too small."\n  }\n}\n',
            "Too small.",
        ),
    ],
)
def test_what_terraform_refuses_is_refused_in_its_words(case: str, words: str, plan: Plan) -> None:
    with pytest.raises(EngineError) as failure:
        plan(PROVIDER + NETWORK + case)
    said = str(failure.value)
    assert words in said
    assert "main.tf line" in said
    assert "made-up" not in said


def test_a_validation_that_refuses_a_made_up_form_leaves_it_unknown(plan: Plan) -> None:
    planned = plan(
        PROVIDER
        + NETWORK
        + """
module "strict" {
  source = "./strict"
  name   = aws_vpc.this.arn
}
""",
        strict__main_tf="""
variable "name" {
  type = string
  validation {
    condition     = length(var.name) < 20
    error_message = "Too long: ${var.name}"
  }
}
resource "aws_ssm_parameter" "this" {
  name  = "n"
  type  = "String"
  value = var.name
}
""",
    )
    address = "module.strict.aws_ssm_parameter.this"
    assert planned.change(address)["after_unknown"]["value"] is True
    assert planned.leads(address, "value") == []


def test_texts_that_look_made_up_are_the_users_own(plan: Plan) -> None:
    """What was handed out in one run is nothing in the next, wherever somebody wrote it down."""
    source = PROVIDER + NETWORK + 'output "id" {\n  value = aws_vpc.this.id\n}\n'
    assert plan(source).resolved["outputs"]["id"][0]["address"] == "aws_vpc.this"
    planned = plan(
        source
        + """
resource "aws_subnet" "this" {
  vpc_id     = "vpc-0123456789abcdef0"
  cidr_block = "240.1.0.0/16"
  tags       = { account = "123456789012", id = "x0123456789abcdef0" }
}
"""
    )
    after = planned.change("aws_subnet.this")["after"]
    assert after["vpc_id"] == "vpc-0123456789abcdef0"
    assert after["cidr_block"] == "240.1.0.0/16"
    assert after["tags"] == {"account": "123456789012", "id": "x0123456789abcdef0"}
    assert "aws_subnet.this" not in planned.resolved["references"]


def test_nothing_was_asked_of_the_network(planner: ResolvedPlanner, plan: Plan) -> None:
    plan(PROVIDER + NETWORK)
    assert planner.refused == []
