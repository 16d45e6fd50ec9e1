"""lockgate plan --bundle and lockgate apply BUNDLE on an embedded AWS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.sealing.sealed_plan import SealedPlan, unseal
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import STATE_BUCKET
from tests.commands.conftest import PROVIDERS, Repository, package_of_state_rules
from tests.repository.git_repositories import IDENTITY

ROOT = paths.repository_root(Path(__file__))
SECRET = "a" * 43
_PARAMETER = """
resource "aws_ssm_parameter" "NAME" {
  name  = "NAME"
  type  = "String"
  value = "VALUE"
}
"""


def parameter(name: str, value: str = "1") -> str:
    """A parameter that has its name."""
    return _PARAMETER.replace("NAME", name).replace("VALUE", value)


@dataclass(frozen=True)
class Project:
    """A git repository with the environment dev, and an embedded AWS of its own."""

    repository: Repository
    bundle: Path
    endpoint: str
    variables: dict[str, str]

    def commit(self, text: str) -> None:
        """Write dev and commit it."""
        self.repository.environment("dev", PROVIDERS + text)
        for arguments in (["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "A change"]):
            subprocess.run(
                ["git", *arguments],
                cwd=self.repository.root,
                check=True,
                env=self.repository.variables(IDENTITY),
            )

    def run(self, *arguments: str, code: int = 0, env: dict[str, str] | None = None) -> str:
        """Run lockgate; what it said, on both streams."""
        finished = self.repository.run(*arguments, env={**self.variables, **(env or {})})
        said = finished.stdout + finished.stderr
        assert finished.returncode == code, said
        assert "Traceback" not in said
        return said

    def plan(self, *arguments: str, code: int = 0) -> str:
        """Plan dev into the bundle."""
        return self.run("plan", "dev", "--bundle", str(self.bundle), *arguments, code=code)

    def unsealed(self) -> SealedPlan:
        """What is in the bundle."""
        return unseal(self.bundle.read_bytes(), SECRET)

    def touch_state(self) -> None:
        """Give the state a new serial, as any other write to it does."""
        s3, where = self.client("s3"), {"Bucket": STATE_BUCKET, "Key": "dev/terraform.tfstate"}
        state = json.loads(s3.get_object(**where)["Body"].read())
        state["serial"] += 1
        s3.put_object(**where, Body=json.dumps(state).encode())

    def client(self, service: str) -> Any:
        """A client of the API."""
        import boto3

        session: Any = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        return session.client(service, endpoint_url=self.endpoint)

    def parameters(self) -> dict[str, str]:
        """The parameters that stand in the account, and their values."""
        ssm = self.client("ssm")
        names = [each["Name"] for each in ssm.describe_parameters()["Parameters"]]
        return {name: ssm.get_parameter(Name=name)["Parameter"]["Value"] for name in names}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the package whose only rules are about the state, and checkov's own."""
    return package_of_state_rules(tmp_path_factory.mktemp("package"))


@pytest.fixture
def project(repository: Repository, package: str, tmp_path: Path) -> Iterator[Project]:
    with local_aws.throw_away() as endpoint:
        variables = {
            "PYTHONPATH": package,
            "LOCKGATE_ENDPOINT": endpoint,
            "LOCKGATE_SEAL_KEY": SECRET,
            "GITHUB_ACTOR": "somebody",
        }
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=repository.root, check=True)
        yield Project(repository, tmp_path / "plans" / "dev.lockgate", endpoint, variables)


def test_a_bundle_holds_what_was_planned_and_says_no_secret(project: Project) -> None:
    project.commit(parameter("one", "hush-hush"))
    said = project.plan()
    assert "aws_ssm_parameter.one will be created" in said
    assert project.bundle.stat().st_mode & 0o777 == 0o600
    assert b"hush-hush" not in project.bundle.read_bytes()
    sealed = project.unsealed()
    assert sealed.manifest.judged().passes
    assert sealed.manifest.surroundings.environment == "dev"
    assert sealed.manifest.providers == {"registry.terraform.io/hashicorp/aws": "3.39.0"}
    assert sealed.manifest.changes
    assert project.parameters() == {}


def test_a_bundle_is_judged_by_the_settings_of_the_base(project: Project) -> None:
    project.commit(parameter("one"))
    (project.repository.root / "lockgate.yaml").write_text("pipeline: {maximum_destroyed: -1}\n")
    project.commit(parameter("one", "2"))
    assert "must not be negative" in project.plan(code=2)
    assert "not by those of the change" in project.plan("--base", "HEAD~1")
    assert project.unsealed().manifest.judged().passes


def test_what_would_be_refused_is_written_and_said(project: Project) -> None:
    project.commit(
        'resource "aws_security_group" "open" {\n  name = "open"\n  ingress {\n'
        '    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n'
        '    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
    )
    said = project.plan(code=1)
    assert "`lockgate apply` will refuse it. Its verdict is not pass" in said
    assert not project.unsealed().manifest.judged().passes
    assert "does not destroy or replace it" in project.plan("--approve", "aws_x.y", code=2)


def test_there_is_no_bundle_without_a_key_or_of_what_is_no_commit(project: Project) -> None:
    project.commit(parameter("one"))
    bundle = ("--bundle", str(project.bundle))
    said = project.run("plan", "dev", *bundle, code=2, env={"LOCKGATE_SEAL_KEY": ""})
    assert "LOCKGATE_SEAL_KEY is not set" in said
    project.repository.environment("dev", PROVIDERS + parameter("two"))
    assert "differs from its commit: envs/dev/main.tf" in project.plan(code=2)
    assert not project.bundle.exists()
    assert "give --bundle too" in project.run("plan", "dev", "--approve", "a.b", code=2)


def test_exactly_what_was_sealed_is_applied_and_only_once(project: Project) -> None:
    project.commit(parameter("one", "hush-hush") + 'output "it" {\n  value = "there"\n}\n')
    project.plan()
    bundle = str(project.bundle)
    shown = project.run("apply", bundle, "--show")
    assert "environment  dev" in shown
    assert "change       create aws_ssm_parameter.one" in shown
    assert "hush-hush" not in shown
    assert json.loads(project.run("apply", bundle, "--show", "--json"))["environment"] == "dev"
    assert project.parameters() == {}
    said = project.run("apply", bundle)
    assert "Applying dev as it was reviewed" in said
    assert 'it = "there"' in said
    assert project.parameters() == {"one": "hush-hush"}
    again = project.run("apply", bundle)
    assert "dev is already as the plan makes it: nothing is applied" in again
    assert "dev is as it should be." in again


def test_a_state_that_moved_on_stops_only_what_would_do_something_else(project: Project) -> None:
    project.commit(parameter("one"))
    project.run("apply", "dev")
    project.commit(parameter("one", "2") + parameter("two"))
    project.plan()
    project.touch_state()
    same = project.run("apply", str(project.bundle))
    assert "It does what was reviewed. Applying dev" in same
    assert project.parameters() == {"one": "2", "two": "1"}

    project.commit(parameter("one", "3") + parameter("two"))
    project.plan()
    project.client("ssm").put_parameter(Name="one", Value="by-hand", Overwrite=True)
    project.touch_state()
    other = project.run("apply", str(project.bundle), code=1)
    assert "would now do something else than was reviewed; nothing was applied" in other
    assert "aws_ssm_parameter.one: before.value: reviewed (sensitive), now (sensitive)" in other
    assert project.parameters() == {"one": "by-hand", "two": "1"}


def test_a_bundle_of_something_else_is_refused_and_nothing_is_applied(project: Project) -> None:
    project.commit(parameter("one"))
    project.plan()
    bundle = str(project.bundle)
    project.commit(parameter("two"))
    assert "with other files" in project.run("apply", bundle, code=1)
    other_key = project.run("apply", bundle, code=1, env={"LOCKGATE_SEAL_KEY": "b" * 43})
    assert "was altered, or sealed with another key" in other_key
    assert "no file of that name" in project.run("apply", "nowhere.lockgate", code=2)
    assert project.parameters() == {}


def test_a_protected_type_is_destroyed_only_if_the_bundle_says_so(project: Project) -> None:
    bucket = 'resource "aws_s3_bucket" "kept" {\n  bucket = "kept"\n}\n'
    project.commit(parameter("one") + bucket)
    project.run("apply", "dev")
    project.commit(parameter("one"))
    assert "will refuse it. It destroys or replaces what nobody approved" in project.plan(code=1)
    bundle = str(project.bundle)
    assert "nobody approved: aws_s3_bucket.kept" in project.run("apply", bundle, code=1)
    assert "approved" not in project.run("apply", bundle, "--show")
    project.plan("--approve-all")
    (approval,) = project.unsealed().manifest.approvals
    assert approval.addresses == ("aws_s3_bucket.kept",)
    project.plan("--approve", "aws_s3_bucket.kept")
    assert "approved     aws_s3_bucket.kept: --approve by somebody" in project.run(
        "apply", bundle, "--show"
    )
    project.run("apply", bundle)
    names = [each["Name"] for each in project.client("s3").list_buckets()["Buckets"]]
    assert "kept" not in names


def test_what_was_applied_by_half_is_not_gone_on_with_unreviewed(project: Project) -> None:
    project.commit(parameter("one") + parameter("two"))
    project.plan()
    ssm = project.client("ssm")
    ssm.put_parameter(Name="two", Value="by-hand", Type="String")
    assert "ParameterAlreadyExists" in project.run("apply", str(project.bundle), code=3)
    assert project.parameters() == {"one": "1", "two": "by-hand"}
    ssm.delete_parameter(Name="two")
    again = project.run("apply", str(project.bundle), code=1)
    assert "aws_ssm_parameter.one: actions: reviewed create, now no change" in again
    assert "nothing was applied" in again
    assert project.parameters() == {"one": "1"}
    project.plan()
    project.run("apply", str(project.bundle))
    assert project.parameters() == {"one": "1", "two": "1"}
