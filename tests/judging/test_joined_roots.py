"""Several root modules that are one environment: joined by what they look up of each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.judging.environment_check import attach_facts
from lockgate.judging.joined_plan import as_known
from lockgate.judging.joined_roots import in_order
from lockgate.judging.plan_making import ResolvedPlans
from lockgate.repository.environments import Environment, discover
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import Architecture, read_architecture
from lockgate_policies.model.settings import Settings

REGION = """\
terraform {{
  required_version = ">= 1.10"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7"
    }}
  }}
  backend "s3" {{
    bucket = "states"
    key    = "{region}.tfstate"
    region = "us-east-1"
  }}
}}

provider "aws" {{
  region = "{region}"
}}

resource "aws_vpc" "this" {{
  cidr_block = "10.0.0.0/16"
  tags       = {{ Name = "main" }}
}}

resource "aws_subnet" "this" {{
  for_each          = {{ a = 0, b = 1 }}
  vpc_id            = aws_vpc.this.id
  availability_zone = "{region}${{each.key}}"
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value)
}}

resource "aws_lb" "this" {{
  name    = "web-{region}"
  subnets = [for subnet in aws_subnet.this : subnet.id]
}}

output "lb" {{
  value = {{ dns_name = aws_lb.this.dns_name, zone_id = aws_lb.this.zone_id }}
}}
"""
# The primary's by its state, the secondary's by its name; a security group in a network by its tag.
NAMES = """\
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

data "terraform_remote_state" "east" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "us-east-1.tfstate"
    region = "us-east-1"
  }
}

data "aws_lb" "west" {
  provider = aws.west
  name     = "web-us-west-2"
}

data "aws_vpc" "west" {
  provider = aws.west
  tags     = { Name = "main" }
}

data "aws_subnet_ids" "west" {
  provider = aws.west
  vpc_id   = data.aws_vpc.west.id
}

locals {
  sides = {
    PRIMARY   = data.terraform_remote_state.east.outputs.lb
    SECONDARY = { dns_name = data.aws_lb.west.dns_name, zone_id = data.aws_lb.west.zone_id }
  }
}

resource "aws_security_group" "west" {
  provider = aws.west
  vpc_id   = data.aws_vpc.west.id
  name     = "west"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_route53_record" "www" {
  for_each       = local.sides
  zone_id        = aws_route53_zone.this.zone_id
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
Read = Callable[[dict[str, str]], tuple[Environment, Architecture]]


@pytest.fixture
def read(plans: ResolvedPlans, tmp_path: Path) -> Read:
    """Plans root modules, given by directory and in this order, as one environment."""

    def make(roots: dict[str, str]) -> tuple[Environment, Architecture]:
        root = tmp_path / "repository"
        for directory, text in roots.items():
            (root / directory).mkdir(parents=True)
            (root / directory / "main.tf").write_text(text)
        listed = ", ".join(roots)
        (root / "lockgate.yaml").write_text(f"environments: {{prod: {{roots: [{listed}]}}}}\n")
        (environment,) = discover(root)
        out = tmp_path / "plan.json"
        plans.plan(environment, out, lambda _name, _remark: None)
        attach_facts(environment, out, None)
        return environment, read_architecture(json.loads(out.read_bytes()), Settings(), "prod")

    return make


def regions() -> dict[str, str]:
    return {f"live/{region}": REGION.format(region=region) for region in ("us-east-1", "us-west-2")}


def findings(architecture: Architecture, rule: str) -> list[tuple[Verdict, str, str]]:
    (file,) = [file for file in load_rules() if file.id == rule]
    return [
        (finding.verdict, finding.address, finding.message)
        for finding in judge(file, architecture).findings
    ]


def test_records_in_a_third_root_module_lead_to_each_region(read: Read) -> None:
    # Listed first, though it looks up what the others make.
    _, architecture = read({"live/names": NAMES, **regions()})
    assert {verdict for verdict, _, _ in findings(architecture, "LG_FAILOVER_2")} == {Verdict.PASS}
    (group,) = architecture.of_type("aws_security_group")
    (network,) = architecture.targets(group, "vpc_id", "aws_vpc").resources
    assert network.address == "module.root-live-us-west-2.aws_vpc.this"
    assert architecture.region(network) == "us-west-2"
    (listed,) = [data for data in architecture.tree.data if data.type == "aws_subnet_ids"]
    targets = architecture.targets(listed, "ids", "aws_subnet").resources
    assert [subnet.key for subnet in targets] == ["a", "b"]


def test_a_record_that_leads_to_the_wrong_region_is_blocked(read: Read) -> None:
    wrong = NAMES.replace(
        'provider = aws.west\n  name     = "web-us-west-2"', 'name = "web-us-east-1"'
    )
    _, architecture = read({**regions(), "live/names": wrong})
    told = findings(architecture, "LG_FAILOVER_2")
    assert {verdict for verdict, _, _ in told} == {Verdict.FAIL}
    assert "both lead to us-east-1: module.root-live-us-east-1.aws_lb.this" in told[0][2]


def test_what_nobody_or_more_than_one_makes_stays_looked_up(read: Read) -> None:
    nobody = NAMES.replace("web-us-west-2", "other")
    _, architecture = read({**regions(), "live/names": nobody})
    told = findings(architecture, "LG_LOSS_1")
    assert (told[0][0], told[1][0]) == (Verdict.UNKNOWN, Verdict.PASS)
    assert told[0][2].endswith("module.root-live-names.data.aws_lb.west is only looked up")


def test_a_root_module_without_a_region_is_in_the_one_that_its_directory_is_called(
    read: Read,
) -> None:
    """Its pipeline sets AWS_REGION; nothing in it names a zone."""
    topic = 'resource "aws_sns_topic" "this" {\n  name = "topic"\n}\n'
    _, architecture = read({"live/us-west-2/topics": topic, "live/global": topic})
    regions = {topic.address: architecture.region(topic) for topic in architecture.tree.resources}
    assert regions == {
        "module.root-live-us-west-2-topics.aws_sns_topic.this": "us-west-2",
        "module.root-live-global.aws_sns_topic.this": "us-east-1",
    }


def test_every_root_module_has_a_state_of_its_own_to_be_judged(read: Read) -> None:
    _, architecture = read({**regions(), "live/names": NAMES})
    messages = [message for _, _, message in findings(architecture, "LG_STATE_1")]
    assert messages == [
        "live/us-east-1: the s3 backend sets neither use_lockfile = true nor dynamodb_table",
        "live/us-west-2: the s3 backend sets neither use_lockfile = true nor dynamodb_table",
        "live/names: there is no backend: the state lies on one person's disk, unlocked",
    ]


def part(name: str, root: Path) -> Environment:
    return Environment(f"prod/{name}", root / name, root)


def test_each_comes_after_those_that_it_looks_up(tmp_path: Path) -> None:
    parts = [part(name, tmp_path) for name in ("a", "b", "c")]
    ordered = in_order(parts, [("prod/a", "prod/c"), ("prod/b", "prod/a")])
    assert [one.name for one in ordered] == ["prod/c", "prod/a", "prod/b"]


def test_root_modules_that_look_each_other_up_are_named(tmp_path: Path) -> None:
    parts = [part(name, tmp_path) for name in ("a", "b", "c")]
    with pytest.raises(EngineError, match="root modules prod/a, prod/b look each other up"):
        in_order(parts, [("prod/a", "prod/b"), ("prod/b", "prod/a")])


def test_addresses_are_said_as_those_of_the_root_module() -> None:
    finding = EnvironmentFinding(
        environment="prod",
        rule="LG_LB_1",
        title="",
        verdict=Verdict.FAIL,
        address="module.root-live-east.aws_lb.this",
        location="live/east/main.tf:1",
        message='leads to module.root-live-west.module.lb["a"].aws_lb.this',
        fix="",
    )
    verdict = as_known(EnvironmentVerdict("prod", (finding,)), ["prod/live/east", "prod/live/west"])
    assert verdict.findings[0].address == "live/east/aws_lb.this"
    assert verdict.findings[0].message == 'leads to live/west/module.lb["a"].aws_lb.this'
    assert verdict.findings[0].verdict is Verdict.FAIL
