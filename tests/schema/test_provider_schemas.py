"""Modules and environments are valid from the oldest supported provider to a recent one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schema.hcl_blocks import aws_blocks, problems
from tests.schema.provider_schema import OLDEST, RECENT, GeneratedSchema, Schema, ask

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(
    file
    for directory in ("modules", "envs")
    for file in (ROOT / directory).rglob("*.tf")
    if ".terraform" not in file.parts
)

# One worker reads the schemas for all of them.
pytestmark = pytest.mark.xdist_group("schema")


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Schema]:
    """The schemas by version."""
    asked = ask(ROOT / "scripts" / "terraform", tmp_path_factory.mktemp("schema"))
    return {OLDEST: asked, RECENT: GeneratedSchema()}


def said(schemas: dict[str, Schema], directory: Path, hcl: str) -> list[str]:
    """What both schemas say against a file, without the directory."""
    file = directory / "main.tf"
    file.write_text(hcl)
    return [
        problem.removeprefix(f"{directory}/")
        for block in aws_blocks(file)
        for schema in schemas.values()
        for problem in problems(block, schema)
    ]


@pytest.mark.parametrize("version", [OLDEST, RECENT])
def test_every_argument_and_block_of_the_repository_exists(
    schemas: dict[str, Schema], version: str
) -> None:
    blocks = [block for file in FILES for block in aws_blocks(file)]
    modules = {module.name for module in (ROOT / "modules").iterdir() if list(module.glob("*.tf"))}
    assert {block.file.relative_to(ROOT).parts[1] for block in blocks} >= modules - COMPOSITIONS
    assert [problem for block in blocks for problem in problems(block, schemas[version])] == []


# They only call other modules.
COMPOSITIONS = {"two_region_service"}


def test_invented_argument_is_reported_with_file_and_name(
    schemas: dict[str, Schema], tmp_path: Path
) -> None:
    assert said(
        schemas,
        tmp_path,
        'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n  colour = 1\n}\n',
    ) == [
        f"main.tf: aws_vpc.this: colour does not exist in provider {version}"
        for version in (OLDEST, RECENT)
    ]


def test_missing_argument_is_reported_with_file_and_name(
    schemas: dict[str, Schema], tmp_path: Path
) -> None:
    assert said(
        schemas, tmp_path, 'resource "aws_subnet" "this" {\n  cidr_block = "10.0.0.0/24"\n}\n'
    ) == [
        *(
            f"main.tf: aws_subnet.this: vpc_id is required, and not set, in provider {version}"
            for version in (OLDEST, RECENT)
        ),
    ]


def test_blocks_are_looked_into(schemas: dict[str, Schema], tmp_path: Path) -> None:
    record = """
    resource "aws_route53_record" "this" {
      zone_id = "Z1"
      name    = "www"
      type    = "A"

      alias {
        name    = "x"
        zone_id = "Z2"
        colour  = "red"
      }
    }
    """
    assert said(schemas, tmp_path, record) == [
        f"main.tf: aws_route53_record.this: alias.{problem} in provider {version}"
        for version in (OLDEST, RECENT)
        for problem in (
            "colour does not exist",
            "evaluate_target_health is required, and not set,",
        )
    ]


def test_dynamic_blocks_are_looked_into(schemas: dict[str, Schema], tmp_path: Path) -> None:
    load_balancer = """
    resource "aws_lb" "this" {
      dynamic "access_logs" {
        for_each = [1]

        content {
          colour = "red"
        }
      }
    }
    """
    assert said(schemas, tmp_path, load_balancer) == [
        f"main.tf: aws_lb.this: access_logs.{problem} in provider {version}"
        for version in (OLDEST, RECENT)
        for problem in ("colour does not exist", "bucket is required, and not set,")
    ]


@pytest.mark.parametrize(
    ("hcl", "expected"),
    [
        # Gone since 6.0, where an address is of a VPC anyway.
        (
            'resource "aws_eip" "this" {\n  vpc = true\n}\n',
            [f"aws_eip.this: vpc does not exist in provider {RECENT}"],
        ),
        # Come with 6.0.
        (
            'resource "aws_eip" "this" {\n  region = "us-east-1"\n}\n',
            [f"aws_eip.this: region does not exist in provider {OLDEST}"],
        ),
        # Come with 4.0.
        (
            'resource "aws_s3_bucket_versioning" "this" {\n  bucket = "b"\n'
            '  versioning_configuration {\n    status = "Enabled"\n  }\n}\n',
            [
                "aws_s3_bucket_versioning.this: "
                f"there is no resource aws_s3_bucket_versioning in provider {OLDEST}"
            ],
        ),
        # Gone since 6.0, with EC2-Classic.
        (
            'provider "aws" {\n  region = "us-east-1"\n  skip_get_ec2_platforms = true\n}\n',
            [f'provider "aws": skip_get_ec2_platforms does not exist in provider {RECENT}'],
        ),
        (
            'data "aws_region" "this" {\n  colour = "red"\n}\n',
            [
                f"aws_region.this: colour does not exist in provider {version}"
                for version in (OLDEST, RECENT)
            ],
        ),
        (
            'resource "aws_route53_zone" "this" {\n  name {\n  }\n}\n',
            [
                f"aws_route53_zone.this: name is an argument, not a block, in provider {version}"
                for version in (OLDEST, RECENT)
            ],
        ),
        (
            'provider "aws" {\n  region = "us-east-1"\n  default_tags = { tags = {} }\n}\n',
            [
                f'provider "aws": default_tags is a block, not an argument, in provider {version}'
                for version in (OLDEST, RECENT)
            ],
        ),
        # These arguments may be written as blocks.
        (
            'resource "aws_security_group" "this" {\n  ingress {\n    from_port = 80\n'
            '    to_port = 80\n    protocol = "tcp"\n  }\n  egress = []\n}\n',
            [],
        ),
    ],
    ids=["old", "new", "new-type", "provider", "data", "block", "argument", "either"],
)
def test_versions_differ(
    schemas: dict[str, Schema], tmp_path: Path, hcl: str, expected: list[str]
) -> None:
    assert said(schemas, tmp_path, hcl) == [f"main.tf: {problem}" for problem in expected]
