"""lockgate local: the embedded AWS that stays up between commands."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Repository


@pytest.fixture
def own(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Repository]:
    """A repository whose server is stopped at the end; its record lies in a home of its own."""
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    yield repository
    repository.run("local", "down")


def test_up_status_and_down_say_the_same_however_often(own: Repository) -> None:
    assert "not up. Start it with `lockgate local up`" in own.run("local", "status").stdout
    first = own.run("local", "up")
    again = own.run("local", "up")
    status = own.run("local", "status")
    assert (first.returncode, again.returncode, status.returncode) == (0, 0, 0)
    address = first.stdout.split("http://")[1]
    assert again.stdout == f"The embedded AWS was up already at http://{address}"
    assert address.split(" ")[0] in status.stdout
    down = own.run("local", "down")
    assert down.returncode == 0
    assert "is stopped, all in it is gone" in down.stdout
    none = own.run("local", "down")
    assert (none.returncode, none.stdout) == (0, "The embedded AWS was not up.\n")
    ended = own.run("local", "status", "--json")
    assert (ended.returncode, json.loads(ended.stdout)) == (1, {"up": False})


def test_one_that_was_killed_is_noticed_and_its_record_removed(
    own: Repository, tmp_path: Path
) -> None:
    server = json.loads(own.run("local", "up", "--json").stdout)
    (record,) = (tmp_path / "home" / "local").glob("*.json")
    os.kill(server["pid"], signal.SIGKILL)
    assert own.run("local", "status").returncode == 1
    assert not record.exists()
    assert own.run("local", "down").stdout == "The embedded AWS was not up.\n"


def test_a_port_that_is_taken_is_a_usage_error_and_leaves_no_record(
    own: Repository, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finished = own.run("local", "up", "--port", str(port))
    assert finished.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use" in finished.stderr
    assert list((tmp_path / "home" / "local").glob("*.json")) == []
