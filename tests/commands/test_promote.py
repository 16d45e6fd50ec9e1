"""lockgate promote in real git repositories, on an embedded AWS: order, verification, resuming."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.locks.environment_lock import EnvironmentLock
from lockgate.locks.environment_lock_store import ADVICE, EnvironmentLockStore
from lockgate.state.bucket import Bucket
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import STATE_BUCKET
from tests.commands.conftest import PROVIDERS, Repository, package_of_state_rules

ROOT = paths.repository_root(Path(__file__))
PARAMETER = """
resource "aws_ssm_parameter" "this" {
  name  = "NAME"
  type  = "String"
  value = "VALUE"
}

output "name" {
  value = aws_ssm_parameter.this.name
}
"""
_OPEN = """
resource "aws_security_group" "open" {
  name = "open"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
_SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch STARTED; exec sleep 4"
  }
}
"""
_IN_ORDER = "pipeline:\n  promotion: [[dev], [staging], [prod]]\n"


@dataclass(frozen=True)
class Project:
    """A git repository with environments, and an embedded AWS of its own."""

    repository: Repository
    endpoint: str
    variables: dict[str, str]

    @property
    def root(self) -> Path:
        return self.repository.root

    def write(self, name: str, extra: str = "", value: str = "1") -> None:
        """Write an environment: a parameter that has its name, and more."""
        parameter = PARAMETER.replace("NAME", name).replace("VALUE", value)
        self.repository.environment(name, PROVIDERS + parameter + extra)

    def git(self, *arguments: str) -> str:
        """Run git."""
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self) -> str:
        """Commit everything; the commit's name."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "A change")
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run lockgate."""
        return self.repository.run(*arguments, env=self.variables)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start lockgate."""
        return subprocess.Popen(
            self.repository.arguments(*arguments),
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.repository.variables(self.variables),
            start_new_session=True,
        )

    def states(self) -> dict[str, str]:
        """How far each environment got, as the journal says."""
        status = self.run("promote", "--status", "--json")
        document = json.loads(status.stdout)
        return {
            environment["environment"]: environment["state"]
            for environment in document["environments"]
        }

    def client(self, service: str) -> Any:
        """A client of the API."""
        import boto3

        session: Any = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        return session.client(service, endpoint_url=self.endpoint)

    def parameters(self) -> set[str]:
        """What stands in the account."""
        return {
            parameter["Name"]
            for parameter in self.client("ssm").describe_parameters()["Parameters"]
        }


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the package whose only rules are about the state, and checkov's own."""
    return package_of_state_rules(tmp_path_factory.mktemp("package"))


@pytest.fixture
def project(repository: Repository, package: str) -> Iterator[Project]:
    with local_aws.throw_away() as endpoint:
        variables = {
            "PYTHONPATH": package,
            "LOCKGATE_ENDPOINT": endpoint,
            "LOCKGATE_SEAL_KEY": "k" * 43,
        }
        made = Project(repository, endpoint, variables)
        (made.root / "lockgate.yaml").write_text(f"version: 1\n{_IN_ORDER}")
        made.git("init", "-q", "-b", "main")
        yield made


def test_a_gate_that_says_no_stops_what_comes_later_until_a_fix_is_merged(
    project: Project,
) -> None:
    project.write("dev")
    project.write("staging", _OPEN)
    project.write("prod")
    broken = project.commit()
    stopped = project.run("promote")
    assert stopped.returncode == 1, stopped.stderr
    assert "staging refused; not begun: prod" in stopped.stdout
    assert "CKV_AWS_24 aws_security_group.open" in stopped.stdout
    assert "merge a fix: a new commit is a new promotion" in stopped.stdout
    assert project.parameters() == {"dev"}
    assert project.states() == {"dev": "done", "staging": "refused", "prod": "waiting"}

    project.write("staging")
    fixed = project.commit()
    refused = project.run("promote", "--resume")
    assert refused.returncode == 2
    assert f"is of commit {broken[:12]} (refused), and this is commit {fixed[:12]}" in (
        refused.stderr
    )
    promoted = project.run("promote")
    assert promoted.returncode == 0, promoted.stderr
    assert f"PROMOTED: {fixed[:12]} is applied and verified in dev, staging, prod" in (
        promoted.stdout
    )
    assert promoted.stderr.index("staging: done") < promoted.stderr.index("prod: applying")
    assert project.parameters() == {"dev", "staging", "prod"}


def test_a_failed_stage_lets_its_neighbour_finish_and_resume_goes_on(project: Project) -> None:
    (project.root / "lockgate.yaml").write_text(
        "version: 1\npipeline:\n  promotion: [[one, two], [prod]]\n"
    )
    for name in ("one", "two", "prod"):
        project.write(name)
    project.commit()
    ssm = project.client("ssm")
    ssm.put_parameter(Name="two", Value="by hand", Type="String")
    stopped = project.run("promote")
    assert stopped.returncode == 3, stopped.stderr
    assert project.states() == {"one": "done", "two": "failed", "prod": "waiting"}
    assert "ParameterAlreadyExists" in stopped.stdout
    assert "`lockgate promote --resume` goes on from there" in stopped.stdout
    assert project.parameters() == {"one", "two"}

    ssm.delete_parameter(Name="two")
    resumed = project.run("promote", "--resume", "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert "one: applying" not in resumed.stderr
    assert json.loads(resumed.stdout)["state"] == "done"
    assert project.parameters() == {"one", "two", "prod"}


def test_what_never_converges_and_outputs_without_a_value_are_not_verified(
    project: Project,
) -> None:
    never = 'resource "terraform_data" "never" {\n  triggers_replace = timestamp()\n}\n'
    project.write("dev", never + 'output "empty" {\n  value = null\n}\n')
    project.write("staging")
    project.write("prod")
    project.commit()
    stopped = project.run("promote")
    assert stopped.returncode == 1, stopped.stderr
    assert "the second plan is not empty, so it never converges: terraform_data.never" in (
        stopped.stdout
    )
    assert "the output 'empty' is declared and has no value" in stopped.stdout
    assert project.states() == {"dev": "refused", "staging": "waiting", "prod": "waiting"}


def test_a_drill_that_the_settings_ask_for_must_succeed(project: Project) -> None:
    (project.root / "lockgate.yaml").write_text(
        f"version: 1\n{_IN_ORDER}  verify_with_drill: [dev]\n"
    )
    for name in ("dev", "staging", "prod"):
        project.write(name)
    project.commit()
    stopped = project.run("promote", "dev")
    assert stopped.returncode in (1, 3), stopped.stderr
    assert "drill" in stopped.stdout
    assert "PROMOTED" not in stopped.stdout


def test_with_bundles_nothing_is_applied_that_was_not_reviewed(
    project: Project, tmp_path: Path
) -> None:
    for name in ("dev", "staging", "prod"):
        project.write(name)
    project.commit()
    bundles = tmp_path / "bundles"
    bundles.mkdir()
    stopped = project.run("promote", "--bundles", str(bundles))
    assert stopped.returncode == 1, stopped.stderr
    assert "dev.lockgate is not there, but aws_ssm_parameter.this would change" in stopped.stdout
    (bundles / "dev.lockgate").write_bytes(b"not a sealed plan")
    refused = project.run("promote", "--bundles", str(bundles))
    assert refused.returncode == 1
    assert "This is no sealed plan" in refused.stdout
    assert project.parameters() == set()
    for name in ("dev", "staging", "prod"):
        file = str(bundles / f"{name}.lockgate")
        planned = project.run("plan", name, "--bundle", file)
        assert planned.returncode == 0, planned.stderr
    locks = EnvironmentLockStore(Bucket(project.client("s3"), STATE_BUCKET, ADVICE))
    for name, number, author in (("dev", 7, "ann"), ("staging", 8, "bob"), ("prod", 7, "ann")):
        locks.acquire(EnvironmentLock(name, number, author, "2026-11-25T08:00:00+00:00"))
    promoted = project.run("promote", "--bundles", str(bundles), "--pull-request", "7")
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    assert "Applying prod as it was reviewed" in promoted.stderr
    assert project.parameters() == {"dev", "staging", "prod"}
    assert "dev is released; it was locked by pull request 7 (ann)" in promoted.stderr
    stale = "staging was locked by pull request 8 (bob), since 2026-11-25T08:00:00+00:00: that plan"
    assert stale in promoted.stderr
    assert [each.environment for each in locks.every()] == ["staging"]


def test_an_interrupted_promotion_is_gone_on_with(project: Project) -> None:
    project.write("dev")
    project.write("staging", _SLOW.replace("STARTED", str(project.root / "started")))
    project.write("prod")
    (project.root / ".gitignore").write_text("started\n")
    project.commit()
    with project.start("promote") as process:
        _wait_for(project.root / "started")
        other = project.run("promote")
        assert other.returncode == 1
        assert f"A promotion is under way: {os.environ.get('USER') or 'somebody'}" in other.stderr
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "`lockgate promote --resume` goes on from there" in errors
    assert project.states() == {"dev": "done", "staging": "interrupted", "prod": "waiting"}

    (project.root / "started").unlink()
    with project.start("promote", "--resume") as killed:
        # What was begun was finished, so staging is not slow again.
        _wait_for_text(project, "prod", ("applying", "verifying", "done"))
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate(timeout=60)
    status = project.run("promote", "--status")
    if "was killed" in status.stdout:  # it may just have ended before
        assert f"(process {killed.pid})" in status.stdout
    resumed = _resume_after_a_kill(project)
    assert resumed.returncode == 0, resumed.stderr
    assert "dev: applying" not in resumed.stderr
    assert project.parameters() == {"dev", "staging", "prod"}


def _resume_after_a_kill(project: Project) -> subprocess.CompletedProcess[str]:
    """Resume; where Terraform was killed with its parent, release the lock as it is said."""
    finished = project.run("promote", "--resume")
    if "Error acquiring the state lock" not in finished.stdout:
        return finished
    assert finished.returncode == 3
    release = re.search(r"`lockgate (unlock prod --state \S+)`", " ".join(finished.stderr.split()))
    assert release, finished.stderr
    assert project.run(*release.group(1).split()).returncode == 0
    return project.run("promote", "--resume")


def test_an_order_that_does_not_fit_is_said(project: Project) -> None:
    for name in ("dev", "staging", "prod"):
        project.write(name)
    settings = project.root / "lockgate.yaml"
    settings.write_text("version: 1\n")
    finished = project.run("promote")
    assert finished.returncode == 2
    assert "pipeline:\n  promotion: [[dev], [prod], [staging]]" in finished.stderr
    settings.write_text("version: 1\npipeline:\n  promotion: [[dev], [prod]]\n")
    assert "names no stage for staging" in project.run("promote").stderr
    settings.write_text("version: 1\npipeline:\n  promotion: [[dev], [qa]]\n")
    assert "names qa, which is no environment" in project.run("promote").stderr


def test_what_is_promoted_is_a_commit(project: Project) -> None:
    for name in ("dev", "staging", "prod"):
        project.write(name)
    assert "differs from its commit: envs/dev/main.tf" in project.run("promote").stderr
    project.commit()
    project.write("prod", value="2")
    changed = project.run("promote")
    assert changed.returncode == 2
    assert "differs from its commit: envs/prod/main.tf" in changed.stderr
    project.git("checkout", "-q", ".")
    assert "There is no promotion to resume" in project.run("promote", "--resume").stderr
    assert "Nothing was ever promoted." in project.run("promote", "--status").stdout
    nobody = project.run("promote", "nobody")
    assert (nobody.returncode, "no environment 'nobody'" in nobody.stderr) == (2, True)


def test_a_real_account_is_not_promoted_to_without_a_yes(project: Project) -> None:
    for name in ("dev", "staging", "prod"):
        project.write(name)
    project.commit()
    finished = project.repository.run(
        "promote", "--target", "aws", env={**project.variables, "CI": ""}
    )
    assert finished.returncode == 2
    assert "To promote to dev in a real account without a terminal, give --yes" in finished.stderr


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 90
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.05)


def _wait_for_text(project: Project, name: str, states: tuple[str, ...]) -> None:
    deadline = time.monotonic() + 90
    while project.states().get(name) not in states:
        assert time.monotonic() < deadline, f"{name} never was {states}"
        time.sleep(0.2)
