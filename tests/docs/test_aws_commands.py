"""Every `aws` command that the documentation tells to run is one that AWS's API has.

botocore's model of the API is what the AWS CLI makes its commands and options of: the command must
be an operation, each option one of its members, and its validator must take the whole. What AWS
then does is nothing that a test without an account could show.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.model import Shape
from botocore.validate import validate_parameters

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("modules/*/README.md")])
# The CLI's own commands for many operations at once.
HIGH_LEVEL = {("s3", "sync"), ("s3", "cp")}
# Options of the CLI itself, each with a value.
COMMON = {"--region", "--query", "--output"}


def commands(text: str) -> list[str]:
    """The `aws` commands of a page: in code blocks, lines continued, and in code spans."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    spans = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    whole = [line.strip().removeprefix("$ ") for line in [*lines, *spans]]
    return [" ".join(line.split()) for line in whole if re.match(r"aws [a-z]\S+ [a-z]", line)]


def problems(command: str) -> list[str]:
    """What AWS's API would not take of a command."""
    _, service, operation, *options = shlex.split(command)
    if (service, operation) in HIGH_LEVEL:
        return []
    if service not in boto3.Session().get_available_services():
        return [f"no service {service}"]
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return [f"{service} has no {operation}"]
    shape = model.operation_model(names[operation]).input_shape
    assert shape is not None
    members = {f"--{xform_name(name, '-')}": (name, kind) for name, kind in shape.members.items()}
    given: dict[str, Any] = {}
    problems: list[str] = []
    while options:
        option = options.pop(0)
        if option in COMMON:
            options.pop(0)
        elif _switched_off(option) in members:
            name, kind = members[_switched_off(option)]
            given[name] = False
            problems += [] if kind.type_name == "boolean" else [f"{option} is no switch"]
        elif option not in members:
            problems.append(f"{operation} has no {option}")
        else:
            name, kind = members[option]
            given[name] = True if kind.type_name == "boolean" else _value(options.pop(0), kind)
    try:
        validate_parameters(given, shape)
    except ParamValidationError as error:
        problems.append(str(error))
    return problems


def _switched_off(option: str) -> str:
    """The switch that an option turns off, as ``--no-inverted`` does; else nothing."""
    return f"--{option.removeprefix('--no-')}" if option.startswith("--no-") else ""


def _value(text: str, kind: Shape) -> object:
    return int(text) if kind.type_name in ("integer", "long") else text


def documented() -> list[tuple[Path, str]]:
    """Every command with its page."""
    return [(page, command) for page in PAGES for command in commands(page.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("page", "command"), documented(), ids=lambda each: each.stem if isinstance(each, Path) else ""
)
def test_a_documented_command_is_one_that_aws_takes(page: Path, command: str) -> None:
    assert problems(command) == [], f"{page.relative_to(ROOT)}: {command}"


@pytest.mark.parametrize("name", ["modules/database/README.md", "docs/failover.md"])
@pytest.mark.parametrize("operation", ["switchover-global-cluster", "failover-global-cluster"])
def test_changing_the_writer_is_documented(name: str, operation: str) -> None:
    found = commands((ROOT / name).read_text("utf-8"))
    assert [each for each in found if each.startswith(f"aws rds {operation} ")]


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (
            "aws route53 update-health-check --health-check-id a --no-port",
            "--no-port is no switch",
        ),
        ("aws rds swap-global-cluster", "rds has no swap-global-cluster"),
        ("aws rdz failover-global-cluster", "no service rdz"),
        (
            "aws rds switchover-global-cluster --global-cluster-identifier a "
            "--target-db-cluster-identifier b --allow-data-loss",
            "switchover-global-cluster has no --allow-data-loss",
        ),
        (
            "aws rds failover-global-cluster --global-cluster-identifier a",
            'Missing required parameter in input: "TargetDbClusterIdentifier"',
        ),
    ],
)
def test_a_command_that_aws_would_refuse_is_seen(command: str, problem: str) -> None:
    assert any(problem in each for each in problems(command))


def test_commands_are_found_in_blocks_and_spans() -> None:
    page = "Run `aws aa b` or:\n```sh\naws cc d \\\n  --e f\n```\nor `dig +short x`.\n"
    assert commands(page) == ["aws cc d --e f", "aws aa b"]
