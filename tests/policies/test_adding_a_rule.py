"""The how-to in docs/development.md, followed to the letter in a copy of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
RULE = '''
"""LG_LB_99: load balancers are called web."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every load balancer's name."""
    for balancer in architecture.load_balancers:
        name = balancer.resource.value("name")
        if name == "web":
            yield passed(balancer.address)
        else:
            yield failed(balancer.address, f"is called {name}, not web")


RULE = Rule(
    id="LG_LB_99",
    title="Load balancers are called web",
    severity=Severity.LOW,
    why="So that this how-to has something to say.",
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/",),
    fix="Call it web.",
    remediation="""\\
resource "aws_lb" "this" {
  name = "web"
}
""",
    subjects=("aws_lb",),
    judge=judge,
)
'''
CASES = """\
base: |
  provider "aws" {
    region = "us-east-1"
  }

  resource "aws_lb" "this" {
    name = "web"
  }

cases:
  - name: it is called web
"""
ANOTHER = """\
  - name: it is called shop
    replace:
      - {old: name = "web", new: name = "shop"}
    fails: [aws_lb.this]
    message: is called shop, not web
"""


def _run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{copy / 'ci'}:{copy / 'policies'}"},
    )


def test_a_rule_is_one_file_and_a_file_of_cases(tmp_path: Path) -> None:
    copy = tmp_path / "repository"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".terraform")
    shutil.copytree(ROOT, copy, symlinks=True, ignore=ignored)
    (copy / "policies" / "lockgate_policies" / "rules" / "lb" / "lg_lb_99.py").write_text(
        RULE.lstrip()
    )
    cases = copy / "tests" / "policies" / "rules" / "LG_LB_99.yaml"
    cases.write_text(CASES + ANOTHER)
    assert len(ANOTHER.splitlines()) == 5
    recorded = _run(copy, "scripts/record_plans.py", "tests/policies/rules/LG_LB_99.yaml")
    assert recorded.returncode == 0, recorded.stderr
    assert "2 recorded" in recorded.stdout
    tested = _run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "LG_LB_99",
        "tests/policies/test_rule_cases.py",
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout
    listed = _run(copy, "-m", "lockgate", "policies", "--markdown")
    assert "### LG_LB_99" in listed.stdout
    explained = _run(copy, "-m", "lockgate", "explain", "LG_LB_99")
    assert "Load balancers are called web" in explained.stdout
