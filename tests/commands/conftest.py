"""Runs the command line as a person does, in a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
PROVIDERS = """\
terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }

  backend "s3" {
    bucket       = "state"
    key          = "dev/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}
"""


def package_of_state_rules(directory: Path) -> str:
    """Copy Lockgate with no rules but those about the state, and checkov's own; its PYTHONPATH."""
    for kind in ("ci", "policies"):
        shutil.copytree(ROOT / kind, directory / kind, ignore=shutil.ignore_patterns("__pycache__"))
    for family in (directory / "policies" / "lockgate_policies" / "rules").glob("*/"):
        if family.name != "state":
            shutil.rmtree(family)
    (directory / "requirements").symlink_to(ROOT / "requirements")
    (directory / "modules").symlink_to(ROOT / "modules")
    return f"{directory / 'ci'}{os.pathsep}{directory / 'policies'}"


@dataclass(frozen=True)
class Repository:
    """A repository, and the lockgate command in it."""

    root: Path

    def environment(self, name: str, text: str) -> Path:
        """Add an environment of one file."""
        directory = self.root / "envs" / name
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "main.tf").write_text(text)
        return directory

    def arguments(self, *arguments: str) -> list[str]:
        """The command line of a lockgate command."""
        return [sys.executable, "-m", "lockgate", *arguments]

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment variables of a lockgate command."""
        return {**os.environ, "PYTHONPATH": paths.import_path(), **(extra or {})}

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, directory: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a lockgate command to its end."""
        return subprocess.run(
            self.arguments(*arguments),
            cwd=directory or self.root,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=self.variables(env),
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "lockgate.yaml").write_text("version: 1\n")
    return Repository(root)
