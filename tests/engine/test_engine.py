"""The engine on scratch copies: nothing in the repository changes, errors name its files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_arguments import provider_arguments
from lockgate.install import provision
from lockgate.install.provider_binary import bundled_provider
from lockgate.judging.environment_plan import plan_environment
from lockgate.repository.environments import Environment, discover, select
from lockgate.targets import provider_override
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target_selection import for_apply
from tests.environments import PROVIDER, MakeEnvironment

VPC = PROVIDER + 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'


def _plan(environment: Environment, endpoint: str, tmp_path: Path) -> dict[str, Any]:
    out = tmp_path / f"{environment.name}.json"
    plan_environment(environment, EmbeddedTarget(endpoint, keep_state=False), Engine.find(), out)
    document: dict[str, Any] = json.loads(out.read_bytes())
    return document


def _tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_plan_leaves_the_repository_and_the_scratch_place_as_they_were(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    made = environment(VPC + 'terraform {\n  backend "s3" {\n    bucket = "real"\n  }\n}\n')
    before = _tree(made.root)
    document = _plan(made, endpoint, tmp_path)
    assert [r["address"] for r in document["resource_changes"]] == ["aws_vpc.this"]
    assert _tree(made.root) == before
    assert list(scratch.iterdir()) == []


def test_modules_and_files_beside_the_environment_are_found(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(
        PROVIDER
        + 'module "network" {\n  source = "../../modules/network"\n}\n'
        + 'output "text" {\n  value = file("../../shared.txt")\n}\n'
    )
    module = made.root / "modules" / "network"
    module.mkdir(parents=True)
    (module / "main.tf").write_text(
        'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    )
    (made.root / "shared.txt").write_text("shared")
    document = _plan(made, endpoint, tmp_path)
    assert document["planned_values"]["outputs"]["text"]["value"] == "shared"
    assert document["resource_changes"][0]["address"] == "module.network.aws_vpc.this"


def test_every_provider_alias_is_turned_towards_the_embedded_aws(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(
        VPC,
        more=(
            'provider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'
            'data "aws_caller_identity" "west" {\n  provider = aws.west\n}\n'
            'data "aws_availability_zones" "here" {}\n'
        ),
    )
    document = _plan(made, endpoint, tmp_path)
    providers = document["configuration"]["provider_config"]
    for key in ("aws", "aws.west"):
        assert providers[key]["expressions"]["access_key"] == {"constant_value": "test"}
    values = document["prior_state"]["values"]["root_module"]["resources"]
    assert {value["type"] for value in values} == {
        "aws_caller_identity",
        "aws_availability_zones",
    }


def test_two_runs_at_once_do_not_meet(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(VPC)
    results: list[int] = []

    def run(number: int) -> None:
        place = tmp_path / str(number)
        place.mkdir()
        results.append(len(_plan(made, endpoint, place)["resource_changes"]))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [1, 1]


# However a repository writes them, no provider and no backend of its own may be left standing.
_WRITTEN = {
    "json": {
        "providers.tf.json": '{"provider": {"aws": [{"alias": "west", "region": "us-west-2"}]}}',
        "west.tf": 'data "aws_caller_identity" "west" {\n  provider = aws.west\n}\n',
    },
    "own-override": {
        "zz_override.tf": (
            'provider "aws" {\n  access_key = "AKIAREAL"\n  endpoints {\n'
            '    sts = "http://127.0.0.1:9"\n  }\n}\n'
            'terraform {\n  backend "s3" {\n    bucket = "real"\n    key = "k"\n'
            '    region = "us-east-1"\n  }\n}\n'
        ),
    },
    "cloud": {
        "cloud.tf": 'terraform {\n  cloud {\n    organization = "o"\n    workspaces {\n'
        '      name = "w"\n    }\n  }\n}\n',
    },
}


@pytest.mark.parametrize("files", _WRITTEN.values(), ids=_WRITTEN.keys())
def test_no_provider_and_no_backend_escapes_however_it_is_written(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, files: dict[str, str]
) -> None:
    made = environment(PROVIDER + 'data "aws_caller_identity" "here" {}\n')
    for name, text in files.items():
        (made.directory / name).write_text(text)
    document = _plan(made, endpoint, tmp_path)
    for provider in document["configuration"]["provider_config"].values():
        assert provider["expressions"]["access_key"] == {"constant_value": "test"}
    found = document["prior_state"]["values"]["root_module"]["resources"]
    assert {each["values"]["account_id"] for each in found} == {"123456789012"}
    assert len(found) == sum(text.count("data ") for text in files.values()) + 1


@pytest.mark.parametrize(
    "argument",
    ['profile = "production"', 'allowed_account_ids = ["111122223333"]'],
)
def test_what_ties_a_provider_to_a_real_account_does_not_hinder(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, argument: str
) -> None:
    tied = f'provider "aws" {{\n  region = "us-east-1"\n  {argument}\n}}\n'
    document = _plan(
        environment(tied + 'data "aws_caller_identity" "here" {}\n'), endpoint, tmp_path
    )
    (found,) = document["prior_state"]["values"]["root_module"]["resources"]
    assert found["values"]["account_id"] == "123456789012"


def test_json_that_does_not_parse_is_named_with_file_and_line(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(VPC)
    (made.directory / "more.tf.json").write_text('{\n  "provider": \n')
    with pytest.raises(EngineError, match=r"^envs/dev/more\.tf\.json:3: does not parse as JSON"):
        _plan(made, endpoint, tmp_path)


def test_the_users_aws_and_terraform_settings_do_not_reach_the_embedded_aws(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of a command that Terraform itself runs, in an apply with the state in the bucket."""
    names = (
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
        *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL"),
        *("AWS_ENDPOINT_URL_S3", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        *("TF_WORKSPACE", "TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR"),
        *("TF_CLI_CONFIG_FILE", "TF_LOG", "TF_LOG_PATH", "TF_INPUT", "TF_REATTACH_PROVIDERS"),
        # Nor what is Lockgate's and the CI host's own.
        *("LOCKGATE_SEAL_KEY", "LOCKGATE_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    )
    for name in names:
        monkeypatch.setenv(name, "/the/users")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TF_VAR_owner", "an input")
    seen = tmp_path / "seen"
    made = environment(
        PROVIDER
        + 'variable "owner" {\n  type = string\n}\n'
        + 'resource "aws_s3_bucket" "this" {\n  bucket = "reached"\n}\n'
        + 'resource "terraform_data" "this" {\n  input = var.owner\n'
        + f'  provisioner "local-exec" {{\n    command = "env > {seen}"\n  }}\n}}\n'
        + 'output "owner" {\n  value = terraform_data.this.output\n}\n'
    )
    engine = Engine.find()
    with EmbeddedTarget(endpoint, keep_state=True).workspace(made) as workspace:
        plan = workspace.scratch / "plan"
        engine.init(workspace.directory, workspace.env)
        engine.plan(workspace.directory, workspace.env, plan)
        engine.apply(workspace.directory, workspace.env, plan)
        outputs = engine.outputs(workspace.directory, workspace.env)
    reached = [line for line in seen.read_text().splitlines() if "/the/users" in line]
    assert reached == []
    assert outputs["owner"]["value"] == "an input"


def test_hcl_that_does_not_parse_is_named_with_file_and_line(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(PROVIDER, broken='resource "aws_vpc" "this" {\n  cidr_block = \n}\n')
    with pytest.raises(EngineError, match=r"envs/dev/broken\.tf:[23]: does not parse") as caught:
        _plan(made, endpoint, tmp_path)
    assert "lockgate-" not in str(caught.value)


def test_a_plan_that_fails_says_what_terraform_says_with_repository_paths(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(PROVIDER + 'resource "aws_vpc" "this" {\n  cidr = "10.0.0.0/16"\n}\n')
    with pytest.raises(EngineError) as caught:
        _plan(made, endpoint, tmp_path)
    message = str(caught.value)
    assert "terraform plan failed" in message
    assert 'An argument named "cidr" is not expected here' in message
    assert "on envs/dev/main.tf line 5" in message


def test_a_missing_module_is_named(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(PROVIDER + 'module "x" {\n  source = "../../modules/x"\n}\n')
    with pytest.raises(EngineError, match=r'module "x" at envs/dev/main\.tf:4'):
        _plan(made, endpoint, tmp_path)


def test_the_endpoints_are_those_of_the_providers_own_schema(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(PROVIDER)
    terraform = str(paths.repository_root(Path(__file__)) / "scripts" / "terraform")
    for arguments in (["init", "-input=false"], ["providers", "schema", "-json"]):
        finished = subprocess.run(
            [terraform, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    schemas = json.loads(finished.stdout)["provider_schemas"]
    block = schemas["registry.terraform.io/hashicorp/aws"]["provider"]["block"]
    endpoints = block["block_types"]["endpoints"]["block"]["attributes"]
    takes = provider_arguments(bundled_provider())
    (override,) = provider_override.provider_override([None], "http://127.0.0.1:1", takes)
    assert set(override["endpoints"][0]) == set(endpoints)
    assert set(override) - {"endpoints"} <= set(block["attributes"])


def test_another_terraform_is_used_when_named(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform = paths.repository_root(Path(__file__)) / "scripts" / "terraform"
    trace = tmp_path / "trace"
    mine = tmp_path / "my-terraform"
    mine.write_text(f'#!/bin/sh\necho "$1" >> {trace}\nexec {terraform} "$@"\n')
    mine.chmod(mine.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("LOCKGATE_TERRAFORM", str(mine))
    assert len(_plan(environment(VPC), endpoint, tmp_path)["resource_changes"]) == 1
    # It is asked once what it is, as OpenTofu reads other files.
    assert trace.read_text().split() == ["version", "init", "plan", "show"]
    assert Engine.find().version().startswith("Terraform v1.")


@pytest.mark.parametrize("flag", [None, "/nonexistent/terraform"])
def test_a_terraform_that_is_not_there_is_a_usage_error(
    flag: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_TERRAFORM", "/nonexistent/tofu")
    named = "--terraform names '/nonexistent/terraform'" if flag else "LOCKGATE_TERRAFORM names"
    with pytest.raises(UsageError, match=named):
        Engine.find(flag)


def test_environments_are_the_directories_that_hold_hcl(environment: MakeEnvironment) -> None:
    made = environment(VPC, name="prod")
    environment(VPC, name="dev")
    (made.root / "envs" / "notes").mkdir()
    found = discover(made.root)
    assert [each.name for each in found] == ["dev", "prod"]
    assert [each.name for each in select(found, ["prod", "prod"])] == ["prod"]
    assert select(found, []) == found
    with pytest.raises(UsageError, match=r"no environment 'qa'\. Known are: dev, prod\."):
        select(found, ["qa"])


def test_a_repository_without_environments_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no environment\. An environment is a root module"):
        discover(tmp_path)


def test_a_full_disk_is_named(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(EngineError, match=r"No space left on device.*Is the disk full\?"):
        _plan(environment(VPC), endpoint, tmp_path)


def test_a_corrupt_provider_is_named_before_anything_runs(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "provider_problem", lambda **_: "The AWS provider is damaged.")
    with pytest.raises(UsageError, match=r"damaged\. Run `lockgate setup`"):
        _plan(environment(VPC), endpoint, tmp_path)


def test_the_embedded_engine_is_this_python() -> None:
    assert Engine.find().executable[0] == sys.executable
    assert os.access(Engine.find().executable[0], os.X_OK)


def test_an_embedded_aws_that_is_up_can_be_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCKGATE_ENDPOINT", "http://127.0.0.1:4321/")
    said: list[str] = []
    with for_apply("embedded", tmp_path, said.append) as found:
        assert found == EmbeddedTarget("http://127.0.0.1:4321", keep_state=True)
    assert said == []


@pytest.mark.parametrize("endpoint", ["https://ec2.amazonaws.com", "http://10.0.0.1:5000", "x"])
def test_only_loopback_is_an_embedded_aws(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCKGATE_ENDPOINT", endpoint)
    with (
        pytest.raises(UsageError, match=r"LOCKGATE_ENDPOINT is .*lockgate local up"),
        for_apply("embedded", tmp_path, print),
    ):
        pytest.fail("it was taken")
