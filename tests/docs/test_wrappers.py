"""What docs/plans.md says of wrappers, on what these write.

A stack of CDK Terrain was synthesized with cdktn 0.24.0 and then planned and judged as the page
says; what it wrote is below. No package registry serves Terragrunt or Terramate. So their commands
are those of their documentation, and only where the files lie is tried here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from lockgate.base import paths
from lockgate.judging.plan_sources import plan_sources
from lockgate.repository.environments import discover
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.hcl_reader import read_facts

PAGE = paths.repository_root(Path(__file__)) / "docs" / "plans.md"
SYNTHESIZED = {
    "//": {"metadata": {"backend": "local", "stackName": "prod", "version": "0.24.0"}},
    "provider": {"aws": [{"region": "us-east-1"}, {"alias": "west", "region": "us-west-2"}]},
    "resource": {
        "aws_vpc": {
            "a": {"//": {"metadata": {"path": "prod/a"}}, "cidr_block": "10.0.0.0/16"},
            "b": {"cidr_block": "10.1.0.0/16", "provider": "aws.west"},
        }
    },
    "terraform": {
        "backend": {"local": {"path": "/home/ann/terraform.prod.tfstate"}},
        "required_providers": {"aws": {"source": "hashicorp/aws"}},
    },
}


def _block(section: str, language: str) -> str:
    text = PAGE.read_text("utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    match = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert match is not None
    return match.group(1)


def test_a_synthesized_stack_is_an_environment(tmp_path: Path) -> None:
    stack = tmp_path / "cdktf.out" / "stacks" / "prod"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(SYNTHESIZED))
    settings = _block("CDK for Terraform and CDK Terrain", "yaml")
    assert yaml.safe_load(settings)["environments"]
    (tmp_path / "lockgate.yaml").write_text(settings)
    (prod,) = discover(tmp_path)
    assert (prod.name, prod.directory) == ("prod", stack)
    facts = HclFacts.from_document({"lockgate": {"hcl": read_facts(stack, tmp_path)}})
    assert facts.expression((), "aws_vpc", "b", "provider") == "aws.west"
    assert facts.module(())["backend"]["type"] == "local"


def test_the_units_of_terragrunt_are_one_environment(tmp_path: Path) -> None:
    written = ("prod/us-east-1/network", "prod/us-east-1/web", "prod/us-west-2/web", "dev/web")
    for unit in written:
        (tmp_path / "plans" / unit).mkdir(parents=True)
        (tmp_path / "plans" / unit / "tfplan.json").touch()
    command = _block("Terragrunt", "shell").splitlines()[1]
    place = command.removeprefix("lockgate check --plan ").replace("plans", f"{tmp_path}/plans")
    sources = plan_sources([place])
    assert {source.environment for source in sources} == {"prod"}
    names = [source.name for source in sources]
    assert names == ["us-east-1/network", "us-east-1/web", "us-west-2/web"]
