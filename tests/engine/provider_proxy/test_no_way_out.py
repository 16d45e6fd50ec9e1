"""Whatever a configuration says, planning it reaches nothing but loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.engine.provider_proxy.no_way_out import NoWayOut
from lockgate.engine.resolved_planner import ResolvedPlanner
from lockgate.install.provider_binary import bundled_provider
from tests.engine.provider_proxy.conftest import (
    PROVIDER,
    SETTINGS,
    Plan,
    Planned,
    plan_in,
    planner_of,
)

VPC = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'
SECRETS = {
    "profile": SETTINGS
    + 'provider "aws" {\n  region  = "us-east-1"\n  profile = "default"\n}\n'
    + VPC,
    "assume_role": SETTINGS
    + """
provider "aws" {
  region     = "us-east-1"
  access_key = "AKIAIOSFODNN7EXAMPLE"
  secret_key = "wJalrXUtnFEMI"
  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/terraform"
  }
}
"""
    + VPC,
    "endpoints": SETTINGS
    + """
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
  endpoints {
    ec2 = "https://ec2.example.com"
    sts = "https://sts.example.com"
  }
}
data "aws_caller_identity" "this" {}
"""
    + VPC,
    "no_provider_block": SETTINGS + VPC,
    "remote_state": PROVIDER
    + """
data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network"
    region = "us-east-1"
  }
}
data "terraform_remote_state" "wherever" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "wherever"
  }
}
resource "aws_subnet" "this" {
  vpc_id     = data.terraform_remote_state.network.outputs.vpc_id
  cidr_block = "10.0.1.0/24"
}
""",
    "provider_in_a_module": PROVIDER + 'module "kms" {\n  source = "./kms"\n}\n',
}
KMS = (
    SETTINGS
    + """
provider "aws" {
  alias  = "backup"
  region = "us-west-2"
}
data "aws_caller_identity" "this" {
  provider = aws.backup
}
resource "aws_kms_key" "this" {
  provider    = aws.backup
  description = data.aws_caller_identity.this.account_id
}
"""
)


def _without_network() -> list[str]:
    """A command before a command that leaves it loopback and nothing else."""
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    if not unshare:
        pytest.skip("no unshare here to take the network away with")
    alone = [unshare, "--user", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets nobody make a network of their own")
    up = f"{ip} link set lo up" if ip else f"{sys.executable} -c '{_LOOPBACK_UP}'"
    return [*alone, "sh", "-c", f'{up}; exec "$@"', "sh"]


# SIOCSIFFLAGS with IFF_UP | IFF_RUNNING.
_LOOPBACK_UP = (
    "import fcntl,socket,struct;"
    'fcntl.ioctl(socket.socket(socket.AF_INET,socket.SOCK_DGRAM),0x8914,struct.pack("16sh14x",b"lo",65))'
)


def test_it_is_planned_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    """All cases in one run, in a place from which nothing can be reached; and nothing is tried."""
    roots = []
    for name, text in SECRETS.items():
        root = tmp_path / name
        (root / "kms").mkdir(parents=True)
        (root / "main.tf").write_text(text)
        (root / "kms" / "main.tf").write_text(KMS)
        roots.append(root)
    finished = subprocess.run(
        [*_without_network(), *paths.PYTHON, __file__, *map(str, roots)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path.home()),
            "LOCKGATE_HOME": str(paths.home()),
            "PYTHONPATH": f"{paths.import_path()}:{paths.repository_root(Path(__file__))}",
        },
    )
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout)
    assert set(told["regions"]) == set(SECRETS)
    assert told["regions"]["provider_in_a_module"]["module.kms.aws_kms_key.this"] == "us-west-2"
    assert told["regions"]["no_provider_block"] == {"aws_vpc.this": "eu-west-1"}
    assert told["refused"] == []


def test_what_is_reached_for_all_the_same_is_refused_and_recorded(
    planner: ResolvedPlanner, plan: Plan
) -> None:
    before = len(planner.refused)
    with pytest.raises(Exception, match="terraform plan failed"):
        plan(
            PROVIDER
            + """
data "terraform_remote_state" "other" {
  backend = "http"
  config = {
    address = "https://state.example.com/network"
  }
}
"""
        )
    assert set(planner.refused[before:]) == {"CONNECT state.example.com:443"}
    del planner.refused[before:]


def test_an_operation_of_aws_is_recorded_by_its_name() -> None:
    refused: list[str] = []
    server = NoWayOut(lambda _: {}, refused)
    try:
        for headers, body in (
            ({"X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}"),
            ({}, b"Action=DescribeVpcs&Version=2016-11-15"),
        ):
            request = urllib.request.Request(server.url, data=body, headers=headers)
            with pytest.raises(urllib.error.HTTPError) as answer:
                urllib.request.urlopen(request)
            with answer.value as refusal:
                assert refusal.code == 403
    finally:
        server.close()
    assert refused == ["DynamoDB_20120810.ListTables", "DescribeVpcs"]


def main(roots: list[str]) -> None:
    """Plan these, and tell their regions and what was refused."""
    directories = [Path(root) for root in roots]
    planned: dict[str, Planned] = {}
    with planner_of(bundled_provider(), directories) as planner:
        for directory in directories:
            planned[directory.name] = plan_in(planner, directory, directory / "scratch")
        refused = planner.refused
    regions = {name: each.resolved["regions"] for name, each in planned.items()}
    print(json.dumps({"regions": regions, "refused": refused}))


if __name__ == "__main__":
    main(sys.argv[1:])
