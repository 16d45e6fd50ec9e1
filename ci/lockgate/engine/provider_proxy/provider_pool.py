"""The provider processes of a run: one for each distinct configuration, kept warm."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import suppress

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


class ProviderPool:
    """Starts providers as they are asked for. Raises EngineError where one cannot be had."""

    def __init__(self, binary: ProviderBinary, proxy_url: str, expected: int = 1):
        """Start the first ``expected`` ones at once, beside whatever else is to be done."""
        self.binary = binary
        self._proxy_url = proxy_url
        self._lock = threading.Lock()
        self._closed = False
        self._processes: list[ProviderProcess] = []
        self._configured: dict[bytes, Future[ConfiguredProvider]] = {}
        self._spare = [self._start_soon() for _ in range(max(1, expected))]
        # Configured or not: the schema and the validations are the same.
        self._any = self._spare[0]
        self._schema: bytes | None = None
        self._schema_lock = threading.Lock()

    def unconfigured(self) -> ConfiguredProvider:
        """A provider for questions that no configuration matters to."""
        with self._lock:
            process = self._any
        if process.done() and (process.exception() or not process.result().process.alive()):
            fresh = self._start_soon()
            with self._lock:
                self._any = process = fresh
        return process.result()

    def schema(self) -> bytes:
        """The provider's schema, as it answers; it is asked once."""
        with self._schema_lock:
            if self._schema is None:
                self._schema = self.unconfigured().process.call("GetSchema", b"")
            return self._schema

    def configured(self, request: bytes) -> ConfiguredProvider:
        """The provider that was configured by this request; one that died is started again."""
        with self._lock:
            provider = self._configured.get(request)
            if provider is not None and provider.done() and not _usable(provider):
                provider = None
            mine = provider is None
            if provider is None:
                provider = self._configured[request] = Future()
                spare = self._spare.pop(0) if self._spare else None
        if mine:
            try:
                start = spare or self._start_soon()
                if spare is not None and spare.done() and not _usable(spare):
                    start = self._start_soon()
                started = start.result()
                answer = started.process.call("Configure", request)
                provider.set_result(ConfiguredProvider(started.process, answer))
            except BaseException as error:
                provider.set_exception(error)
                if not isinstance(error, Exception):
                    raise
        return provider.result()

    def close(self) -> None:
        """End every process."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in processes:
            process.close()
        for starting in self._spare:
            with suppress(Exception):
                starting.result().process.close()

    def pids(self) -> list[int]:
        """The numbers of the processes that run."""
        with self._lock:
            return [process.pid for process in self._processes if process.alive()]

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
    return future.exception() is None and future.result().process.alive()


SCHEMA_IS_OPTIONAL = protocol.GetSchemaResponse(
    server_capabilities={"get_provider_schema_optional": True}
).SerializeToString()
"""Put behind a schema, it lets Terraform read it once per process, not once per alias.

Two messages one behind the other are one, by the rules of protobuf.
"""
