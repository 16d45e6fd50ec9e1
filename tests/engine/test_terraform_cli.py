"""scripts/terraform behaves as Terraform's own command line does."""

from __future__ import annotations

import http.client
import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lockgate.base import paths
from lockgate.engine.provider_arguments import provider_arguments
from lockgate.install import provision
from lockgate.install.provider_binary import bundled_provider
from lockgate.targets import provider_override
from tests.environments import PROVIDER

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
    assert _run(module, "plan", "-detailed-exitcode", "-var", "unknown=1").returncode == 1
    unknown = _run(module, "nonsense")
    assert unknown.returncode == 1
    assert 'Terraform has no command named "nonsense"' in unknown.stdout + unknown.stderr


def test_commands_with_names_after_them_are_understood(module: Path) -> None:
    """What is added where there is no terminal must not be taken for one more name."""
    (module / "main.tf").write_text(
        'resource "terraform_data" "this" {\n  input = "text"\n}\n'
        'output "text" {\n  value = terraform_data.this.output\n}\n'
    )
    assert _run(module, "apply", "-auto-approve").returncode == 0
    for arguments, said in [
        (("output", "-raw", "text"), "text"),
        (("state", "show", "terraform_data.this"), '"text"'),
        (("state", "mv", "terraform_data.this", "terraform_data.that"), "Successfully moved 1"),
        (("workspace", "new", "other"), "Created and switched"),
        (("fmt", "main.tf"), ""),
    ]:
        finished = _run(module, *arguments)
        assert finished.returncode == 0, finished.stderr
        assert said in finished.stdout


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


@contextmanager
def _slow_aws(endpoint: str, slow: str, seconds: float) -> Iterator[tuple[str, threading.Event]]:
    """An endpoint before the embedded AWS where one path waits; the event tells it was asked."""
    asked = threading.Event()

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.command == "PUT" and self.path.split("?")[0].rstrip("/") == slow:
                asked.set()
                time.sleep(seconds)
            behind = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=60)
            behind.request(self.command, self.path, body, dict(self.headers))
            answer = behind.getresponse()
            text = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            if self.command == "HEAD" or answer.status == http.client.NO_CONTENT:
                text = b""
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            behind.close()

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = pass_on

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_ctrl_c_at_a_terminal_waits_for_what_the_provider_has_begun(
    tmp_path: Path, endpoint: str
) -> None:
    """Ctrl-C reaches Terraform and its provider's process alike, in the middle of a request."""
    (tmp_path / "main.tf").write_text(
        PROVIDER
        + 'resource "aws_s3_bucket" "first" {\n  bucket = "first"\n}\n'
        + 'resource "aws_s3_bucket" "slow" {\n  bucket = "slow"\n'
        + "  depends_on = [aws_s3_bucket.first]\n}\n"
        + 'resource "aws_s3_bucket" "never" {\n  bucket = "never"\n'
        + "  depends_on = [aws_s3_bucket.slow]\n}\n"
    )
    with _slow_aws(endpoint, "/slow", 2) as (slow, asked):
        takes = provider_arguments(bundled_provider())
        override = provider_override.override(
            provider_override.local_backend(),
            provider_override.provider_override([None], slow, takes),
        )
        (tmp_path / provider_override.FILE_NAME).write_text(json.dumps(override))
        assert _run(tmp_path, "init").returncode == 0
        with subprocess.Popen(
            [TERRAFORM, "apply", "-auto-approve"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            assert asked.wait(60)
            os.killpg(process.pid, signal.SIGINT)
            assert process.stdout is not None
            said = process.stdout.read()
            assert process.wait() != 0
        assert "Interrupt received" in said
        assert _run(tmp_path, "state", "list").stdout.split() == [
            "aws_s3_bucket.first",
            "aws_s3_bucket.slow",
        ]
        assert not (tmp_path / ".terraform.tfstate.lock.info").exists()
        # Nothing is tainted or half made: only what was never begun is still to do.
        assert "1 to add, 0 to change, 0 to destroy" in _run(tmp_path, "plan").stdout


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
