"""Override files change a module as Terraform changes it, in either syntax."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lockgate_policies.hcl.module_files import Dialect, module_files
from lockgate_policies.model.hcl_reader import HclError, read_module

VERSIONS = """\
terraform {
  required_version = ">= 1.10"
  required_providers {
    aws    = { source = "hashicorp/aws", version = ">= 3.39" }
    random = { source = "hashicorp/random", version = "3.0" }
  }
  backend "s3" {
    bucket  = "b"
    key     = "k"
    encrypt = true
  }
}
"""
MAIN = """\
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
locals {
  a = 1
  b = 2
}
resource "aws_lb" "a" {
  name     = "a"
  internal = true
  subnet_mapping { subnet_id = aws_subnet.a.id }
  subnet_mapping { subnet_id = aws_subnet.b.id }
  dynamic "access_logs" {
    for_each = [1]
    content { bucket = "old" }
  }
  lifecycle {
    create_before_destroy = true
  }
}
module "m" {
  source    = "./m"
  size      = 1
  providers = { aws = aws.west }
}
output "o" {
  value = 1
}
"""


def facts(directory: Path, **files: Any) -> dict[str, Any]:
    """The facts of a module; a file that is no text is JSON. ``x__tf`` is the name ``x.tf``."""
    for name, content in {"main__tf": MAIN, "versions__tf": VERSIONS, **files}.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (directory / name.replace("__", ".")).write_text(text)
    return read_module(directory, directory)


@pytest.mark.parametrize("name", ["override__tf", "a_override__tf", "zz_override__tf"])
def test_the_backend_that_counts_is_the_overriding_one(tmp_path: Path, name: str) -> None:
    text = 'terraform {\n  backend "s3" {\n    bucket = "b"\n    encrypt = false\n  }\n}\n'
    found = facts(tmp_path, **{name: text})
    assert found["backend"] == {"type": "s3", "arguments": {"bucket": "b", "encrypt": False}}
    assert found["required_version"] == ">= 1.10"


def test_a_backend_and_a_cloud_replace_each_other(tmp_path: Path) -> None:
    cloud = {"terraform": {"cloud": {"organization": "x"}}}
    assert facts(tmp_path, override__tf__json=cloud)["backend"]["type"] == "cloud"
    local = 'terraform {\n  backend "local" {}\n}\n'
    assert facts(tmp_path, p_override__tf=local)["backend"] == {"type": "local", "arguments": {}}


def test_json_overrides_native_and_the_last_name_wins(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        override__tf__json={"resource": {"aws_lb": {"a": {"name": "second"}}}},
        a_override__tf='resource "aws_lb" "a" {\n  name = "first"\n}\n',
    )
    assert found["resources"]["aws_lb.a"]["arguments"]["name"] == "second"
    assert found["resources"]["aws_lb.a"]["file"] == "main.tf"


def test_blocks_are_replaced_by_kind_and_dynamic_ones_with_them(tmp_path: Path) -> None:
    override = """\
resource "aws_lb" "a" {
  internal = false
  subnet_mapping { subnet_id = aws_subnet.c.id }
  access_logs { bucket = "new" }
  lifecycle {
    prevent_destroy = true
  }
}
"""
    arguments = facts(tmp_path, override__tf=override)["resources"]["aws_lb.a"]["arguments"]
    assert arguments == {
        "name": "a",
        "internal": "false",
        "subnet_mapping": "aws_subnet.c.id",
        "access_logs": "new",
        "lifecycle": "true true",
    }


def test_json_blocks_replace_native_ones(tmp_path: Path) -> None:
    body = {"subnet_mapping": [{"subnet_id": "${aws_subnet.c.id}"}]}
    found = facts(tmp_path, override__tf__json={"resource": {"aws_lb": {"a": body}}})
    assert found["resources"]["aws_lb.a"]["arguments"]["subnet_mapping"] == "aws_subnet.c.id"


def test_names_are_overridden_one_by_one(tmp_path: Path) -> None:
    override = """\
terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5" }
  }
}
provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}
provider "random" {}
locals {
  b = 3
}
module "m" {
  source = "./n"
}
output "o" {
  value = 2
}
"""
    found = facts(tmp_path, override__tf=override)
    assert found["required_version"] == ">= 1.11"
    assert found["provider_constraints"] == {"aws": ">= 5", "random": "3.0"}
    assert [(provider["name"], provider["alias"]) for provider in found["providers"]] == [
        ("aws", None),
        ("aws", "west"),
        ("random", None),
    ]
    assert found["locals"] == {"a": "1", "b": "3"}
    assert found["outputs"] == {"o": "2"}
    call = found["calls"]["m"]
    assert (call["source"], call["providers"]) == ("./n", {"aws": "aws.west"})
    assert call["arguments"]["size"] == "1"


@pytest.mark.parametrize(
    ("override", "what"),
    [
        ('resource "aws_lb" "b" {}\n', "resource.aws_lb.b"),
        ('data "aws_lb" "a" {}\n', "data.aws_lb.a"),
        ('module "n" {}\n', "module.n"),
        ('variable "v" {}\n', "variable.v"),
        ('output "p" {}\n', "output.p"),
        ("locals {\n  c = 1\n}\n", "local.c"),
        ('provider "aws" {\n  alias = "east"\n}\n', "provider.aws"),
    ],
)
def test_what_overrides_nothing_is_an_error_with_its_line(
    tmp_path: Path, override: str, what: str
) -> None:
    with pytest.raises(HclError) as caught:
        facts(tmp_path, x_override__tf="\n" + override)
    assert f"x_override.tf:{3 if 'locals' in override else 2}: overrides {what}" in str(
        caught.value
    )


def test_which_files_count_and_in_which_order() -> None:
    names = ["b.tf", "a.tf.json", "a.tofu", "a.tf", "override.tf", "c.tofu.json", "x_override.tofu"]
    names += ["x_override.tf", ".b.tf", "b.tf~", "#b.tf#", "overrides.tf", "README.md", "t.tfvars"]
    terraform = module_files(names, Dialect.TERRAFORM)
    assert terraform.primary == ("a.tf", "a.tf.json", "b.tf", "overrides.tf")
    assert terraform.overrides == ("override.tf", "x_override.tf")
    opentofu = module_files(names, Dialect.OPENTOFU)
    assert opentofu.primary == ("a.tf.json", "a.tofu", "b.tf", "c.tofu.json", "overrides.tf")
    assert opentofu.overrides == ("override.tf", "x_override.tofu")


def test_opentofu_reads_its_own_files_and_terraform_does_not(tmp_path: Path) -> None:
    tofu = {"main__tofu": "locals {\n  c = 3\n}\n", "more__tofu": "locals {\n  d = 4\n}\n"}
    assert facts(tmp_path, **tofu)["locals"] == {"a": "1", "b": "2"}
    read = read_module(tmp_path, tmp_path, Dialect.OPENTOFU)
    assert read["locals"] == {"c": "3", "d": "4"}


def test_a_directory_of_tofu_files_alone_is_read_as_opentofu_reads_it(tmp_path: Path) -> None:
    (tmp_path / "main.tofu").write_text("locals {\n  a = 1\n}\n")
    (tmp_path / "more.tofu.json").write_text('{"locals": {"b": 2}}')
    assert read_module(tmp_path, tmp_path)["locals"] == {"a": "1", "b": "2"}
