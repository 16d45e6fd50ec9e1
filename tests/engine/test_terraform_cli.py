"""scripts/terraform behaves as Terraform's own command line does."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from lockgate import paths, provision

TERRAFORM = str(paths.repository_root(Path(__file__)) / "scripts" / "terraform")
# terraform_data is built in: no provider, no AWS.
SLOW = """
resource "terraform_data" "first" {}

resource "terraform_data" "slow" {
  depends_on = [terraform_data.first]

  provisioner "local-exec" {
    command = "touch started; sleep 2"
  }
}

resource "terraform_data" "never" {
  depends_on = [terraform_data.slow]
}
"""


def _run(
    directory: Path, *arguments: str, env: Mapping[str, str] | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TERRAFORM, *arguments],
        cwd=directory,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text('resource "terraform_data" "this" {}\n')
    assert _run(tmp_path, "init", "-input=false").returncode == 0
    return tmp_path


def test_its_exit_codes_are_terraforms(module: Path) -> None:
    assert _run(module, "plan", "-detailed-exitcode").returncode == 2
    assert _run(module, "apply", "-auto-approve").returncode == 0
    assert _run(module, "plan", "-detailed-exitcode").returncode == 0
    unknown = _run(module, "nonsense")
    assert unknown.returncode == 1
    assert 'Terraform has no command named "nonsense"' in unknown.stdout + unknown.stderr


def test_chdir_and_the_version(module: Path) -> None:
    elsewhere = _run(module.parent, f"-chdir={module}", "validate")
    assert elsewhere.returncode == 0
    assert re.match(r"Terraform v1\.\d+\.\d+", _run(module.parent, "version").stdout)


def test_it_asks_before_it_applies_and_listens_to_the_answer(module: Path) -> None:
    no = _run(module, "apply", given="no\n")
    assert no.returncode == 1
    assert "Apply cancelled" in no.stdout
    yes = _run(module, "apply", given="yes\n")
    assert yes.returncode == 0
    assert "1 added" in yes.stdout


def test_colours_are_for_terminals(module: Path) -> None:
    assert "\x1b[" not in _run(module, "validate").stdout
    primary, secondary = pty.openpty()
    finished = subprocess.run(
        [TERRAFORM, "validate"], cwd=module, stdout=secondary, stdin=secondary, check=True
    )
    os.close(secondary)
    shown = os.read(primary, 10_000).decode()
    os.close(primary)
    assert finished.returncode == 0
    assert "\x1b[" in shown


def test_lines_arrive_while_it_works(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(SLOW)
    _run(tmp_path, "init")
    started = time.monotonic()
    with subprocess.Popen(
        [TERRAFORM, "apply", "-auto-approve"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("terraform_data.first: Creation complete"):
                break
        early = time.monotonic() - started
        process.stdout.read()
        assert process.wait() == 0
    assert early < time.monotonic() - started - 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_saves_the_state_and_releases_the_lock(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "main.tf").write_text(SLOW)
    _run(tmp_path, "init")
    with subprocess.Popen(
        [TERRAFORM, "apply", "-auto-approve"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        while not (tmp_path / "started").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        assert process.stdout is not None
        said = process.stdout.read()
        assert process.wait() != 0
    assert "Interrupt received" in said
    state = _run(tmp_path, "state", "list").stdout.split()
    assert "terraform_data.first" in state
    assert "terraform_data.never" not in state
    assert not (tmp_path / ".terraform.tfstate.lock.info").exists()
    assert _run(tmp_path, "plan").returncode == 0


def test_a_configuration_file_that_does_not_exist_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\n')
    nowhere = {"TF_CLI_CONFIG_FILE": str(tmp_path / "nowhere.rc")}
    finished = _run(tmp_path, "init", env=nowhere)
    assert finished.returncode == 0, finished.stderr
    assert "Unable to open CLI configuration file" not in finished.stdout + finished.stderr


def test_the_users_own_configuration_file_is_respected(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\n')
    empty = tmp_path / "mirror"
    empty.mkdir()
    own = tmp_path / "own.rc"
    own.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{empty}"\n  }}\n}}\n'
    )
    finished = _run(tmp_path, "init", env={"TF_CLI_CONFIG_FILE": str(own)})
    assert finished.returncode == 1
    assert "hashicorp/aws" in finished.stderr
    assert provision.ensure_provider().cli_config.is_file()
