"""The real provider, as a process of its own: started, asked, and ended with Lockgate."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy import owned_process, protocol, short_directory
from lockgate.install.provider_binary import ProviderBinary

START_SECONDS = 60.0
CALL_SECONDS = 300.0
_LAST_WORDS_SECONDS = 5.0
_LINES_KEPT, _LONGEST_LINE = 4, 500
_NOT_PASSED_ON = ("AWS_", "TF_", "PLUGIN_", "LOCKGATE_", "HTTP", "http", "NO_PROXY", "no_proxy")

# Linux kills a process with the *thread* that started it; this one lasts as long as we do.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="provider-starter")


class UnknownMethod(Exception):
    """The provider is older than this method of the protocol, which Terraform knows how to take."""


def start_owned(command: list[str], **options: object) -> subprocess.Popen[bytes]:
    """Start a program that ends with this process, even if this one is killed."""

    def start() -> subprocess.Popen[bytes]:
        owner = (sys.executable, "-I", "-S", owned_process.__file__, str(os.getpid()))
        return subprocess.Popen([*owner, *command], start_new_session=True, **options)  # type: ignore[call-overload, no-any-return]

    return _starter.submit(start).result()


class ProviderProcess:
    """A running provider. Every failure is an EngineError that says what the provider did."""

    def __init__(
        self,
        binary: ProviderBinary,
        proxy_url: str,
        *,
        start_seconds: float = START_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ):
        """Start it; its way to anywhere but loopback is the proxy at ``proxy_url``.

        Raises EngineError if it does not start, or speaks no protocol that is spoken here.
        """
        self.binary = binary
        self._call_seconds = call_seconds
        self._log = _Tail()
        # Providers make their own sockets where temporary files go, and leave them when killed.
        self.directory = short_directory.make()
        try:
            self._process = start_owned(
                [str(binary.path)],
                env=_environment(proxy_url, self.directory),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            short_directory.remove(self.directory)
            raise EngineError(f"The provider {binary} cannot be run: {error}") from error
        assert self._process.stderr is not None
        self._log.follow(self._process.stderr.readline)
        try:
            self._channel = grpc.insecure_channel(
                self._handshake(start_seconds),
                # Each process has a connection of its own, also after one at the same address.
                options=[*protocol.CHANNEL_OPTIONS, ("grpc.use_local_subchannel_pool", 1)],
            )
        except BaseException:
            self.close()
            raise

    def _handshake(self, seconds: float) -> str:
        line = self._first_line(seconds)
        parts = line.split("|")
        if len(parts) < 5 or not parts[1].isdigit():
            raise EngineError(
                f"The provider {self.binary} ({self.binary.path}) does not answer as a provider: "
                f"{line[:200]!r}. {self._log.said(ended=not self.alive(wait=0.5))}"
            )
        spoken, network, address, kind = int(parts[1]), parts[2], parts[3], parts[4]
        if spoken != protocol.VERSION or kind != "grpc":
            raise EngineError(
                f"The provider {self.binary} speaks protocol {spoken} ({kind}); what plans with it "
                f"here speaks {protocol.VERSION}. Ask for a version of it that does."
            )
        return f"unix:{address}" if network == "unix" else address

    def _first_line(self, seconds: float) -> str:
        """The line that a plugin prints when it is ready; "" if it ends before."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + seconds
        line = b""
        while b"\n" not in line:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise EngineError(
                    f"The provider {self.binary} did not start in {seconds:.0f} s. "
                    f"{self._log.said()}"
                )
            some = os.read(self._process.stdout.fileno(), 4096)
            if not some:
                break
            line += some
        return line.split(b"\n")[0].decode("utf-8", "replace").strip()

    def call(self, method: str, request: bytes, about: str = "") -> bytes:
        """Ask the provider; raises EngineError if it dies, hangs, or refuses to answer."""
        ask: Callable[..., bytes] = self._channel.unary_unary(
            protocol.SERVICE + method, request_serializer=None, response_deserializer=None
        )
        try:
            return ask(request, timeout=self._call_seconds)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                raise UnknownMethod(method) from error
            what = f"{method} of {about}" if about else method
            ended = False
            if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
                said = f"did not answer {what} in {self._call_seconds:.0f} s"
            elif ended := not self.alive(wait=1.0):
                said = f"ended in the middle of {what} (exit code {self._process.returncode})"
            else:
                said = f"failed at {what}: {error.details()}"
            words = self._log.said(ended=ended)
            raise EngineError(f"The provider {self.binary} {said}. {words}") from error

    def alive(self, wait: float = 0.0) -> bool:
        """Tell whether it runs, after giving it ``wait`` seconds to end."""
        try:
            self._process.wait(wait)
        except subprocess.TimeoutExpired:
            return True
        return False

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def close(self) -> None:
        """End it: it holds nothing that would have to be saved."""
        if hasattr(self, "_channel"):
            self._channel.close()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        short_directory.remove(self.directory)


class _Tail:
    """The last lines that a provider wrote to its log: the words of one that dies."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._reader: threading.Thread | None = None

    def follow(self, read_line: Callable[[], bytes]) -> None:
        def read() -> None:
            try:
                while line := read_line():
                    if not line.startswith(b"{"):  # those are for Terraform's log
                        text = line.decode("utf-8", "replace").strip()[:_LONGEST_LINE]
                        self._lines = [*self._lines[-_LINES_KEPT:], text]
            except ValueError:
                return  # closed with the process

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()

    def said(self, *, ended: bool = False) -> str:
        """What it wrote last; of one that has ended, to its last word."""
        if ended and self._reader is not None:
            self._reader.join(_LAST_WORDS_SECONDS)
        return f"It said: {' / '.join(self._lines)}" if self._lines else "It said nothing."


def _environment(proxy_url: str, directory: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)
    }
    return {
        **inherited,
        protocol.MAGIC_COOKIE[0]: protocol.MAGIC_COOKIE[1],
        "PLUGIN_PROTOCOL_VERSIONS": str(protocol.VERSION),
        # It lives for seconds, and need not tidy up all the time.
        "GOGC": "400",
        "GOMEMLIMIT": "192MiB",
        "TMPDIR": str(directory),
        "TF_LOG": "ERROR",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Only so that 3.39 does not refuse a provider block without one: each gets its own.
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": proxy_url,
        "HTTP_PROXY": proxy_url,
        "HTTPS_PROXY": proxy_url,
        "NO_PROXY": "127.0.0.1,localhost",
    }
