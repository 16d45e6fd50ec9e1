"""lockgate apply and destroy on an embedded AWS of the repository's own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base import paths
from tests.commands import processes
from tests.commands.conftest import PROVIDERS, Repository, package_of_state_rules

ROOT = paths.repository_root(Path(__file__))
QUEUE = (
    PROVIDERS
    + """
resource "aws_s3_bucket" "this" {
  bucket = "applied"
}

output "bucket" {
  description = "Its name."
  value       = aws_s3_bucket.this.id
}

output "secret" {
  description = "Not to be shown."
  value       = "hush"
  sensitive   = true
}
"""
)
_SLOW = """
resource "terraform_data" "slow" {
  depends_on = [aws_s3_bucket.this]

  provisioner "local-exec" {
    command = "touch STARTED; exec sleep 3"
  }
}

resource "aws_s3_bucket" "after" {
  depends_on = [terraform_data.slow]
  bucket     = "after"
}
"""


def _slow(root: Path) -> str:
    """An environment whose apply says when it has begun, and then takes three seconds."""
    return QUEUE + _SLOW.replace("STARTED", str(root / "started"))


def _held(root: Path) -> str:
    """An environment whose apply says when it has begun, and goes on when it is let."""
    wait = f"while [ ! -e {root / 'go'} ]; do sleep 0.1; done"
    return _slow(root).replace("exec sleep 3", wait)


@pytest.fixture
def own(repository: Repository, tmp_path: Path) -> Iterator[Repository]:
    """A repository whose policies ask nothing, so that anything may be applied."""
    yield repository
    repository.run("local", "down")


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """A copy of the package whose only rule is about the backend."""
    return {"PYTHONPATH": package_of_state_rules(tmp_path / "package")}


def test_an_environment_that_does_not_pass_is_not_applied(own: Repository) -> None:
    own.environment("dev", QUEUE)
    finished = own.run("apply", "dev")
    assert finished.returncode == 1, finished.stderr
    assert "LG_REGION_1" in finished.stdout
    assert "dev was not applied." in finished.stderr
    status = own.run("local", "status", "--json")
    assert json.loads(status.stdout)["up"] is True


def test_apply_show_again_and_destroy(own: Repository, lenient: dict[str, str]) -> None:
    own.environment("dev", QUEUE)
    first = own.run("apply", "dev", env=lenient)
    assert first.returncode == 0, first.stderr
    assert "Started the embedded AWS at http://127.0.0.1:" in first.stderr
    assert "created aws_s3_bucket.this" in first.stderr
    assert 'bucket = "applied"' in first.stdout
    assert "secret = (sensitive)" in first.stdout
    assert "hush" not in first.stdout + first.stderr
    again = own.run("apply", "dev", env=lenient)
    assert "dev is as it should be." in again.stdout
    ended = own.run("destroy", "dev", env=lenient)
    assert "dev is destroyed." in ended.stdout
    assert "dev held nothing." in own.run("destroy", "dev", env=lenient).stdout
    own.run("local", "down")
    assert "not up, so nothing is applied there" in own.run("destroy", "dev").stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_can_be_gone_on_with(
    own: Repository, lenient: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    own.run("local", "up")  # it stays; what is looked for below is what the apply itself leaves
    own.environment("dev", _slow(own.root))
    with subprocess.Popen(
        own.arguments("apply", "dev"),
        cwd=own.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own.variables({**lenient, "TMPDIR": str(scratch)}),
        start_new_session=True,
    ) as process:
        _wait_for(own.root / "started")
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert processes.of(scratch) == {}  # nothing is at work behind the user's back
    assert process.returncode == 130, errors
    assert processes.left_in(scratch) == []
    assert "saved the state and released the lock. `lockgate apply dev` goes on" in errors
    (own.root / "started").unlink()
    again = own.run("apply", "dev", env=lenient)
    assert again.returncode == 0, again.stderr
    assert "created aws_s3_bucket.after" in again.stderr
    assert "created aws_s3_bucket.this" not in again.stderr


_STOPS_SLOWLY = """\
#!/bin/sh
[ "$1" = apply ] || exec {terraform} "$@"
trap 'sleep 1; touch {root}/ended; exit 1' INT
touch {root}/started
while :; do sleep 0.1; done
"""


def test_a_second_ctrl_c_does_not_leave_terraform_at_work_alone(
    own: Repository, lenient: dict[str, str]
) -> None:
    own.environment("dev", QUEUE)
    terraform = own.root / "terraform"
    text = _STOPS_SLOWLY.format(terraform=ROOT / "scripts" / "terraform", root=own.root)
    terraform.write_text(text)
    terraform.chmod(0o755)
    with subprocess.Popen(
        own.arguments("apply", "dev", "--terraform", str(terraform)),
        cwd=own.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own.variables(lenient),
        start_new_session=True,
    ) as process:
        _wait_for(own.root / "started")
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert (own.root / "ended").exists()
    assert "Still waiting for Terraform to finish" in errors


def test_an_embedded_aws_that_dies_in_mid_apply_is_an_engine_error(
    own: Repository, lenient: dict[str, str]
) -> None:
    own.environment("dev", _slow(own.root))
    with subprocess.Popen(
        own.arguments("apply", "dev"),
        cwd=own.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own.variables(lenient),
    ) as process:
        _wait_for(own.root / "started")
        os.kill(json.loads(own.run("local", "status", "--json").stdout)["pid"], signal.SIGKILL)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 3, errors
    assert "terraform apply failed" in errors
    assert "The embedded AWS is gone" in errors
    kept = re.search(r"It is kept in (\S+\.tfstate), the only record", errors)
    assert kept, errors
    state = Path(kept.group(1))
    assert "aws_s3_bucket" in state.read_text()
    assert state.stat().st_mode & 0o777 == 0o600
    state.unlink()
    assert "Traceback" not in errors


def test_two_applies_at_once_meet_at_the_lock(own: Repository, lenient: dict[str, str]) -> None:
    own.environment("dev", _held(own.root))
    with subprocess.Popen(
        own.arguments("apply", "dev"),
        cwd=own.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own.variables(lenient),
    ) as first:
        _wait_for(own.root / "started")
        try:
            second = own.run("apply", "dev", env=lenient)
        finally:
            (own.root / "go").touch()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert second.returncode == 3
    assert "Error acquiring the state lock" in second.stderr
    assert re.search(r"If it was killed, .*`lockgate unlock dev --state \S+`", second.stderr)


def test_a_real_account_is_not_touched_without_a_yes(own: Repository) -> None:
    own.environment("dev", QUEUE)
    for command in ("apply", "destroy"):
        finished = own.run(command, "dev", "--target", "aws")
        assert finished.returncode == 2
        assert f"To {command} dev in a real account without a terminal, give --yes" in (
            finished.stderr
        )


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.05)


def test_terraform_finishes_an_apply_whose_lockgate_was_killed(
    own: Repository, lenient: dict[str, str], tmp_path: Path
) -> None:
    own.environment("dev", _slow(own.root))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    own.run("local", "up")
    with subprocess.Popen(
        own.arguments("apply", "dev"),
        cwd=own.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=own.variables({**lenient, "TMPDIR": str(scratch)}),
    ) as process:
        _wait_for(own.root / "started")
        process.kill()
    assert processes.none_of(scratch, 60)
    again = own.run("apply", "dev", env=lenient)
    assert again.returncode == 0, again.stderr  # the lock was released, and the state saved
    assert "dev is as it should be." in again.stdout
