"""The GitLab template run by a real engine, from a merge request to what stands after its merge."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from lockgate.repository import scaffold
from lockgate.targets import local_aws
from tests.hosts.gitlab_pipeline import Runner
from tests.hosts.templates import ROOT

COMMANDS = ROOT / "ci" / "lockgate" / "commands"
MISSING = [
    name
    for name in ("affected", "guard", "promote", "verdict")
    if not (COMMANDS / f"{name}.py").is_file()
]
pytestmark = [
    pytest.mark.skipif(
        shutil.which("rsync") is None, reason="gitlab-ci-local needs rsync, which is not installed"
    ),
    pytest.mark.skipif(bool(MISSING), reason=f"the pipeline calls {', '.join(MISSING)}: not there"),
]

# One word: the primary's record is given the health check that watches the other region.
SLIP = (
    "health_check_id = aws_route53_health_check.primary.id",
    "health_check_id = aws_route53_health_check.secondary.id",
)
QUICKER = ("health_check_interval          = 30", "health_check_interval          = 10")


@dataclass(frozen=True)
class Work:
    """A person's clone of a repository that has Lockgate's pipeline."""

    clone: Path

    def git(self, *arguments: str) -> str:
        """What a git command prints."""
        return subprocess.run(
            ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", *arguments],
            cwd=self.clone,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def change(self, file: str, before: str, after: str, why: str) -> None:
        """Commit a change of some words in a file, and push it."""
        path = self.clone / file
        text = path.read_text("utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, after), "utf-8")
        self.git("commit", "--quiet", "--all", "--message", why)
        self.git("push", "--quiet", "origin", "HEAD")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    origin, clone = tmp_path / "service.git", tmp_path / "service"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", origin], check=True)
    subprocess.run(["git", "clone", "--quiet", origin, clone], check=True, capture_output=True)
    choices = scaffold.Choices("web", "example.com", "state", "us-east-1", "us-west-2")
    files = scaffold.environment_files("dev", choices, 10, production=False)
    files |= scaffold.module_files()
    files["lockgate.yaml"] = "version: 1\npipeline:\n  promotion: [[dev]]\n"
    files[".gitignore"] = ".terraform/\n.gitlab-ci-local/\nlockgate/\n"
    files[".gitlab-ci.yml"] = "include:\n  - local: ci/gitlab/lockgate.yml\n"
    scaffold.write(clone, files)
    shutil.copytree(ROOT / "ci" / "gitlab", clone / "ci" / "gitlab")
    person = Work(clone)
    person.git("checkout", "--quiet", "-B", "main")
    person.git("add", "--all")
    person.git("commit", "--quiet", "--message", "Begin")
    person.git("push", "--quiet", "origin", "main")
    person.git("remote", "set-head", "origin", "main")
    return person


def test_a_broken_failover_is_not_merged_and_the_fixed_one_is_applied(
    work: Work, tmp_path: Path
) -> None:
    with local_aws.throw_away() as endpoint:
        runner = Runner(work.clone, tmp_path / "home", endpoint)
        base = work.git("rev-parse", "HEAD")
        work.git("checkout", "--quiet", "-b", "quicker")
        # What judges is what the target branch is now, not what it was when the change left it.
        tip = work.git("commit-tree", f"{base}^{{tree}}", "-p", base, "-m", "Go on")
        work.git("push", "--quiet", "origin", f"{tip}:main")
        work.change("envs/dev/main.tf", *QUICKER, "Notice a lost region sooner")
        work.change("modules/failover_dns/main.tf", *SLIP, "Tidy up")

        broken = runner.merge_request(base)
        assert broken.jobs["lockgate-guard"] == "PASS", broken.output
        assert f"allow-lists of {tip[:12]}" in broken.output
        assert broken.jobs["lockgate-check: [dev]"] == "FAIL", broken.output
        assert broken.jobs["lockgate-verdict"] == "FAIL", broken.output
        assert not broken.passed
        assert "LG_FAILOVER" in broken.output
        assert "lockgate-promote" not in broken.jobs

        work.git("revert", "--no-edit", "HEAD")
        fixed = runner.merge_request(base)
        assert fixed.passed, fixed.output
        assert fixed.jobs.keys() >= {"lockgate-guard", "lockgate-check: [dev]", "lockgate-verdict"}

        work.git("checkout", "--quiet", "main")
        work.git("pull", "--quiet", "--ff-only")
        work.git("merge", "--quiet", "--no-ff", "--message", "Merge quicker", "quicker")
        work.git("push", "--quiet", "origin", "main")
        merged = runner.default_branch()
        assert merged.jobs == {"lockgate-promote": "PASS"}, merged.output

        checks = client("route53", endpoint).list_health_checks()["HealthChecks"]
        assert {check["HealthCheckConfig"]["RequestInterval"] for check in checks} == {10}
        for region in ("us-east-1", "us-west-2"):
            (found,) = client("elbv2", endpoint, region).describe_load_balancers()["LoadBalancers"]
            assert found["DNSName"] in {
                check["HealthCheckConfig"]["FullyQualifiedDomainName"] for check in checks
            }


def client(service: Any, endpoint: str, region: str = "us-east-1") -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
