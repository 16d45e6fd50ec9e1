"""The embedded AWS: starts when it is needed, ends with who needs it, tells when it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import boto3
import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.base.living_process import lives
from lockgate.targets import local_aws


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose server's record lies in a home of its own."""
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    return tmp_path


def _gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while lives(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_it_stays_up_until_it_is_taken_down(root: Path) -> None:
    assert local_aws.status(root) is None
    server, started = local_aws.up(root)
    try:
        assert started
        assert local_aws.up(root) == (server, False)
        assert local_aws.status(root) == server
        s3 = boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        s3.create_bucket(Bucket="kept")
        assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["kept"]
        with pytest.raises(UsageError, match=r"already up on port .*lockgate local down"):
            local_aws.up(root, port=server.port - 1)
    finally:
        assert local_aws.down(root) == server
    assert local_aws.status(root) is None
    assert local_aws.down(root) is None
    assert _gone(server.pid)


def test_a_server_that_was_killed_is_noticed(root: Path) -> None:
    server, _ = local_aws.up(root)
    os.kill(server.pid, signal.SIGKILL)
    assert _gone(server.pid)
    assert local_aws.status(root) is None
    again, started = local_aws.up(root)
    try:
        assert started
        assert again.pid != server.pid
    finally:
        local_aws.down(root)


def test_two_that_start_it_at_once_get_the_same_one(root: Path) -> None:
    together = threading.Barrier(3)
    found: list[tuple[local_aws.LocalServer, bool]] = []

    def start() -> None:
        together.wait()
        found.append(local_aws.up(root))

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    servers = {server for server, _ in found}
    for server in servers:
        os.kill(server.pid, signal.SIGKILL)
    assert len(servers) == 1
    assert sorted(started for _, started in found) == [False, False, True]


def test_neither_the_users_proxy_nor_their_profile_is_in_the_way(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "production")
    server, _ = local_aws.up(root)
    try:
        assert local_aws.status(root) == server
        variables = Path(f"/proc/{server.pid}/environ").read_bytes()
        assert b"production" not in variables
        assert local_aws.ask(server.endpoint, "PUT", "/bucket") == 200
    finally:
        local_aws.down(root)


def test_a_record_that_is_not_one_is_forgotten(root: Path) -> None:
    record = local_aws._record(root)
    record.parent.mkdir(parents=True)
    record.write_text("{")
    assert local_aws.status(root) is None
    assert not record.exists()


def test_a_busy_port_is_named_with_the_way_out(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Port {port} on 127\.0\.0\.1.*Give another --port"):
            local_aws.up(root, port=port)


def _children() -> set[str]:
    """The moto servers that this process has started, by the system's own account."""
    found = set()
    for task in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for child in task.read_text().split():
            arguments = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"moto_process" in arguments:
                found.add(child)
    return found


def test_a_throw_away_server_starts_with_the_first_connection() -> None:
    before = _children()
    with local_aws.throw_away() as endpoint:
        time.sleep(0.2)
        assert _children() == before
        with urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=60) as response:
            assert response.status == 200
        assert len(_children()) == len(before) + 1
    assert _children() == before


def test_a_throw_away_server_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import time, urllib.request\n"
        "from lockgate.targets import local_aws\n"
        "with local_aws.throw_away() as endpoint:\n"
        "    urllib.request.urlopen(f'{endpoint}/moto-api/', timeout=60).read()\n"
        "    print(endpoint, flush=True)\n"
        "    time.sleep(600)\n"
    )
    package = paths.import_path()
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": package},
    ) as parent:
        assert parent.stdout is not None
        endpoint = parent.stdout.readline().strip()
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 10
    port = int(endpoint.rsplit(":", 1)[1])
    while True:
        with socket.socket() as probe:
            refused = probe.connect_ex(("127.0.0.1", port)) != 0
        if refused:
            break
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)
