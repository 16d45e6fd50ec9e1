"""An environment of several root modules, from its check to its end, on the embedded AWS.

It promises nothing (`strategy: none`), and is applied like any other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

VERSIONS = """\
terraform {{
  required_version = ">= 1.3"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7"
    }}
  }}
  backend "s3" {{
    bucket       = "states"
    key          = "{name}.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }}
}}

provider "aws" {{
  region = "us-east-1"
}}

"""
NETWORK = """\
resource "aws_vpc" "this" {
  cidr_block = var.range
  tags       = { Name = "main" }
}

variable "range" {
  type = string
}
"""
APPLICATION = """\
data "aws_vpc" "main" {
  tags = { Name = "main" }
}

resource "aws_security_group" "this" {
  vpc_id = data.aws_vpc.main.id
  name   = "app"
}

output "network" {
  value = data.aws_vpc.main.cidr_block
}
"""
SETTINGS = """\
defaults: {provider: bundled}
environments:
  prod:
    strategy: none
    roots:
      - live/app
      - directory: live/net
        var_files: [live/net/prod.tfvars]
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose application is listed before the network that it looks up."""
    root = tmp_path_factory.mktemp("repository")
    for name, text in (("net", NETWORK), ("app", APPLICATION)):
        (root / "live" / name).mkdir(parents=True)
        (root / "live" / name / "main.tf").write_text(VERSIONS.format(name=name) + text)
    (root / "live" / "net" / "prod.tfvars").write_text('range = "10.9.0.0/16"\n')
    (root / "lockgate.yaml").write_text(SETTINGS)
    return root


def run(repository: Path, endpoint: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lockgate", *arguments],
        cwd=repository,
        env={**os.environ, "LOCKGATE_ENDPOINT": endpoint},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_judged_as_one_and_applied_in_the_order_of_its_joins(
    repository: Path, endpoint: str
) -> None:
    applied = run(repository, endpoint, "apply", "prod")
    assert applied.returncode == 0, applied.stderr
    assert "prod is applied in this order: live/net, live/app" in applied.stderr
    assert 'live/app/network = "10.9.0.0/16"' in applied.stdout
    looked = run(repository, endpoint, "drift", "prod")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert "no drift" in looked.stdout


def test_what_works_on_one_state_names_the_root_modules(repository: Path, endpoint: str) -> None:
    refused = run(repository, endpoint, "destroy", "prod")
    assert refused.returncode == 2
    assert "Name it: prod/live/app, prod/live/net." in refused.stderr


def test_a_target_s_plan_of_all_is_refused_with_the_way_out(
    repository: Path, endpoint: str
) -> None:
    refused = run(repository, endpoint, "check", "prod", "--target", "aws")
    assert refused.returncode == 2
    assert "leave --target out. Or name one of them: prod/live/app" in refused.stderr
