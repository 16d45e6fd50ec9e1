"""The provider processes of a run: one for each distinct configuration, kept warm."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy import protocol
from lockgate.engine.provider_proxy.provider_process import ProviderProcess
from lockgate.install.provider_binary import ProviderBinary

_ANSWERS_KEPT = 4096
_LONGEST_KEPT = 1 << 20


class ConfiguredProvider:
    """A provider process with its configuration, and what it answered to that."""

    def __init__(self, process: ProviderProcess, answer: bytes):
        self.process = process
        self.answer = answer
        self._answers: dict[tuple[str, bytes], bytes] = {}

    def ask(self, method: str, request: bytes, about: str = "") -> bytes:
        """Ask it once for the same thing: planning and validating depend on nothing else."""
        key = (method, request)
        known = self._answers.get(key)
        if known is None:
            known = self.process.call(method, request, about)
            if len(request) < _LONGEST_KEPT and len(self._answers) < _ANSWERS_KEPT:
                self._answers[key] = known
        return known


@dataclass
class _Entry:
    """A configuration, and how many connections use the process that has it now."""

    provider: Future[ConfiguredProvider]
    users: int = 0


class ProviderPool:
    """Starts providers as they are asked for. Raises EngineError where one cannot be had.

    Environments differ in their default tags, and so in their configurations. A process that
    nobody uses any more is configured anew, once there are ``most`` of them.
    """

    def __init__(self, binary: ProviderBinary, proxy_url: str, most: int):
        """Start the first one at once, beside whatever else is to be done."""
        self.binary = binary
        self._proxy_url = proxy_url
        self._most = most
        self._lock = threading.Lock()
        self._closed = False
        self._processes: list[ProviderProcess] = []
        self._entries: dict[bytes, _Entry] = {}
        # The first answers what no configuration matters to, and then takes one as the others do.
        self._first = self._start_soon()
        self._spare = [self._first]
        self._schema: bytes | None = None
        self._schema_lock = threading.Lock()

    def unconfigured(self) -> ConfiguredProvider:
        """A provider for questions that no configuration matters to."""
        with self._lock:
            if not _usable(self._first):
                self._first = self._start_soon()
            first = self._first
        return first.result()

    def schema(self) -> bytes:
        """The provider's schema, as it answers; it is asked once."""
        with self._schema_lock:
            if self._schema is None:
                self._schema = self.unconfigured().process.call("GetSchema", b"")
            return self._schema

    def take(self, request: bytes) -> ConfiguredProvider:
        """The provider that is configured by this request, until it is given back."""
        with self._lock:
            entry = self._entries.get(request)
            process = None
            if entry is None or not _usable(entry.provider):
                process = self._for_a_configuration()
                entry = self._entries[request] = _Entry(Future())
            entry.users += 1
        if process is not None:
            try:
                started = process.result().process
                answer = started.call("Configure", request)
                entry.provider.set_result(ConfiguredProvider(started, answer))
            except EngineError as error:
                entry.provider.set_exception(error)
        return entry.provider.result()

    def give_back(self, provider: ConfiguredProvider) -> None:
        """Say that a connection that used it is closed."""
        with self._lock:
            for entry in self._entries.values():
                if _has(entry, provider):
                    entry.users -= 1

    def close(self) -> None:
        """End every process."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in processes:
            process.close()

    def pids(self) -> list[int]:
        """The numbers of the processes that run."""
        with self._lock:
            return [process.pid for process in self._processes if process.alive()]

    def _for_a_configuration(self) -> Future[ConfiguredProvider]:
        """A process to configure: the spare one, one that nobody uses, or a new one."""
        while self._spare:
            spare = self._spare.pop()
            if _usable(spare):
                return spare
        if len(self._entries) >= self._most:
            for request, entry in self._entries.items():
                if entry.users == 0 and entry.provider.done() and _usable(entry.provider):
                    del self._entries[request]
                    return entry.provider
        return self._start_soon()

    def _start_soon(self) -> Future[ConfiguredProvider]:
        future: Future[ConfiguredProvider] = Future()

        def start() -> None:
            try:
                process = ProviderProcess(self.binary, self._proxy_url)
                with self._lock:
                    closed = self._closed
                    self._processes.append(process)
                if closed:
                    process.close()
                    raise EngineError("The command ends.")
                future.set_result(ConfiguredProvider(process, b""))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=start, name="provider-start", daemon=True).start()
        return future


def _usable(future: Future[ConfiguredProvider]) -> bool:
    """Tell whether it is on its way, or there and alive."""
    if not future.done():
        return True
    return future.exception() is None and future.result().process.alive()


def _has(entry: _Entry, provider: ConfiguredProvider) -> bool:
    future = entry.provider
    return future.done() and future.exception() is None and future.result() is provider


SCHEMA_IS_OPTIONAL = protocol.GetSchemaResponse(
    server_capabilities={"get_provider_schema_optional": True}
).SerializeToString()
"""Put behind a schema, it lets Terraform read it once per process, not once per alias.

Two messages one behind the other are one, by the rules of protobuf.
"""
