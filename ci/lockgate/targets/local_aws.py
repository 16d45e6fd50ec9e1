"""Embedded AWS servers: one for the length of a run, or one that stays up between commands."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lockgate.base import living_process, paths
from lockgate.base.errors import EngineError, UsageError
from lockgate.targets.moto_process import HOST

_START_SECONDS = 60
_STOP_SECONDS = 10
_BACKLOG = 128


@dataclass(frozen=True)
class LocalServer:
    """A server that stays up: its process, port, and when it was started (seconds since 1970)."""

    pid: int
    port: int
    started: float

    @property
    def endpoint(self) -> str:
        """The URL that every AWS service answers at."""
        return f"http://{HOST}:{self.port}"


@contextmanager
def throw_away() -> Iterator[str]:
    """An endpoint for one run; its server starts with the first connection, and ends with us.

    A plan from nothing usually asks AWS nothing at all, and then no server is ever started.
    """
    listening = _listen(0)
    reader, writer = os.pipe()
    ended, end = os.pipe()
    started: list[subprocess.Popen[bytes]] = []

    def start_when_asked() -> None:
        ready, _, _ = select.select([listening.fileno(), ended], [], [])
        if ended not in ready:
            started.append(_start(listening, parent=reader))

    watcher = threading.Thread(target=start_when_asked, daemon=True)
    watcher.start()
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        os.write(end, b".")
        watcher.join()
        for process in started:
            process.kill()
            process.wait()
        listening.close()
        for descriptor in (reader, writer, ended, end):
            os.close(descriptor)


def up(root: Path, port: int = 0) -> tuple[LocalServer, bool]:
    """The repository's server, and whether it was started just now; port 0 is any free one.

    Raises UsageError if the port is taken, EngineError if the server does not come up.
    """
    record = _record(root)
    record.parent.mkdir(parents=True, exist_ok=True)
    with record.with_suffix(".lock").open("w") as lock:
        # Two at once would each start a server, and one of them would never be found again.
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = status(root)
        if running is None:
            return _up(record, port), True
    if port not in (0, running.port):
        raise UsageError(
            f"The embedded AWS is already up on port {running.port}. "
            "Stop it with `lockgate local down` first."
        )
    return running, False


def _up(record: Path, port: int) -> LocalServer:
    log = record.with_suffix(".log")
    with _listen(port) as listening, log.open("wb") as said:
        process = _start(listening, log=said.fileno())
        server = LocalServer(process.pid, listening.getsockname()[1], time.time())
    record.write_text(json.dumps(asdict(server)))
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            record.unlink(missing_ok=True)
            words = log.read_text(errors="replace")[-2000:].strip()
            raise EngineError(f"The embedded AWS did not come up. {words or 'It said nothing.'}")
    # It outlives this process; whoever calls `down` ends it.
    process.returncode = 0
    return server


def status(root: Path) -> LocalServer | None:
    """The repository's server if it runs and answers; a record of one that died is removed."""
    record = _record(root)
    try:
        server = LocalServer(**json.loads(record.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        record.unlink(missing_ok=True)
        return None
    if living_process.lives(server.pid) and _answers(server):
        return server
    record.unlink(missing_ok=True)
    return None


def down(root: Path) -> LocalServer | None:
    """Stop the repository's server; None if there was none."""
    server = status(root)
    if server is None:
        return None
    os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while living_process.lives(server.pid):
        if time.monotonic() > deadline:
            os.kill(server.pid, signal.SIGKILL)
            break
        time.sleep(0.05)
    _record(root).unlink(missing_ok=True)
    return server


def _record(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    return paths.home() / "local" / f"{name}.json"


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"Port {port} on {HOST} cannot be used: {error.strerror}. "
            "Give another --port, or none to use any free one."
        ) from error
    return listening


def _start(
    listening: socket.socket, parent: int | None = None, log: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    command = [
        *paths.PYTHON,
        "-m",
        "lockgate.targets.moto_process",
        "--socket",
        str(listening.fileno()),
    ]
    inherited = [listening.fileno()]
    if parent is not None:
        command += ["--parent", str(parent)]
        inherited.append(parent)
    # A profile of the user's that is not there would fail what moto asks its own client.
    variables = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=inherited,
        start_new_session=True,
        env={**variables, "PYTHONPATH": paths.import_path()},
    )


def _answers(server: LocalServer) -> bool:
    try:
        return ask(server.endpoint, "GET", "/moto-api/") < 500
    except (OSError, http.client.HTTPException):
        return False


def ask(endpoint: str, method: str, path: str) -> int:
    """The status of an embedded AWS's answer to a request without a body.

    Asked directly: loopback goes by no proxy, whatever the user's shell says. Raises OSError or
    HTTPException if nobody answers.
    """
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=_START_SECONDS)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
