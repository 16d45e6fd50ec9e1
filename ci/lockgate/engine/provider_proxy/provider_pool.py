"""The provider processes of a run: one for each distinct configuration, kept warm."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy import protocol
from lockgate.engine.provider_proxy.kept_answers import KeptAnswers
from lockgate.engine.provider_proxy.provider_process import ProviderProcess, UnknownMethod
from lockgate.engine.provider_proxy.tokens import StableText, TokenTable
from lockgate.install.provider_binary import ProviderBinary

_ANSWERS_KEPT = 4096
_LONGEST_KEPT = 1 << 20
_CONFIGURE, _SCHEMA = "Configure", "GetSchema"
_IDENTITIES = "GetResourceIdentitySchemas"
_ANSWERS = {
    _IDENTITIES: protocol.IdentitiesResponse,
    "PrepareProviderConfig": protocol.PreparedResponse,
    "ValidateResourceTypeConfig": protocol.DiagnosticsResponse,
    "ValidateDataSourceConfig": protocol.DiagnosticsResponse,
    "ValidateEphemeralResourceConfig": protocol.DiagnosticsResponse,
    _CONFIGURE: protocol.DiagnosticsResponse,
    _SCHEMA: protocol.GetSchemaResponse,
    "PlanResourceChange": protocol.PlanResponse,
    "ReadDataSource": protocol.ReadDataSourceResponse,
}
"""The questions whose answers depend on nothing else, and what their answers are."""


Start = Callable[[], tuple[ProviderProcess, bytes]]
"""Gives a process that has its configuration, and what it answered to that."""


class ConfiguredProvider:
    """A provider with its configuration. Its process starts when something new is asked."""

    def __init__(self, start: Start, kept: KeptAnswers, scope: bytes):
        """``scope`` tells its configuration from every other."""
        self._start = start
        self._kept = kept
        self._scope = scope
        self._starting = threading.Lock()
        self._process: ProviderProcess | None = None
        self._configured = b""
        self._answers: dict[tuple[str, bytes], bytes] = {}

    @property
    def started(self) -> ProviderProcess | None:
        """Its process, if it has needed one."""
        return self._process

    @property
    def ended(self) -> bool:
        """Tell whether it had a process that has ended."""
        return self._process is not None and not self._process.alive()

    def process(self) -> ProviderProcess:
        """Its process. Raises EngineError if it cannot be had."""
        with self._starting:
            if self._process is None:
                self._process, self._configured = self._start()
            return self._process

    def answer(self) -> bytes:
        """What it answers to its configuration. Raises EngineError if it cannot be had."""
        question = (self._scope, _CONFIGURE.encode())
        kept = self._kept.find(*question)
        if kept is None:
            self.process()
            kept = self._configured
            if _lasts(_CONFIGURE, kept):
                self._kept.keep(kept, *question)
        return kept

    def ask(
        self, method: str, request: bytes, about: str = "", tokens: TokenTable | None = None
    ) -> bytes:
        """Ask it once for the same thing: planning and validating depend on nothing else.

        ``tokens`` are those whose made-up texts may stand in the request.
        """
        if method not in _ANSWERS or len(request) >= _LONGEST_KEPT:
            return self.process().call(method, request, about)
        known = self._answers.get((method, request))
        if known is not None:
            return known
        stable = tokens.stable(request) if tokens else StableText(request)
        question = (self._scope, method.encode(), stable.data)
        kept = self._kept.find(*question)
        if kept is not None:
            answer = stable.as_asked(kept)
        else:
            try:
                answer = self.process().call(method, request, about)
            except UnknownMethod:
                if method != _IDENTITIES:
                    raise
                answer = b""  # one that is older than identities has none
            if _lasts(method, answer) and (lasting := stable.stable(answer)) is not None:
                self._kept.keep(lasting, *question)
        if len(self._answers) < _ANSWERS_KEPT:
            self._answers[method, request] = answer
        return answer


@dataclass
class _Entry:
    """A configuration, and how many connections use the provider that has it now."""

    provider: ConfiguredProvider
    users: int = 0


class ProviderPool:
    """Starts providers as they are asked for. Raises EngineError where one cannot be had.

    Environments differ in their default tags, and so in their configurations. A process that
    nobody uses any more is configured anew, once there are ``most`` of them.
    """

    def __init__(self, binary: ProviderBinary, proxy_url: str, most: int, kept: KeptAnswers):
        """Start the first one at once, beside whatever else is to be done, if it is needed."""
        self.binary = binary
        self._proxy_url = proxy_url
        self._most = most
        self._kept = kept
        self._lock = threading.Lock()
        self._closed = False
        self._processes: list[ProviderProcess] = []
        self._entries: dict[bytes, _Entry] = {}
        # The first answers what no configuration matters to, and then takes one as the others do.
        self._first: Future[ProviderProcess] | None = None
        self._spare: list[Future[ProviderProcess]] = []
        self._unconfigured = self._not_configured()
        self._schema = kept.find(_SCHEMA.encode())
        self._schema_lock = threading.Lock()
        if self._schema is None:
            self._first_process()

    @property
    def has_schema(self) -> bool:
        """Tell whether the provider was asked before, in this command or another."""
        return self._schema is not None

    def unconfigured(self) -> ConfiguredProvider:
        """A provider for questions that no configuration matters to."""
        with self._lock:
            if self._unconfigured.ended:
                self._unconfigured = self._not_configured()
            return self._unconfigured

    def schema(self) -> bytes:
        """The provider's schema, as it answers; it is asked once."""
        with self._schema_lock:
            if self._schema is None:
                self._schema = self.unconfigured().process().call(_SCHEMA, b"")
                if _lasts(_SCHEMA, self._schema):
                    self._kept.keep(self._schema, _SCHEMA.encode())
            return self._schema

    def take(self, request: bytes, scope: bytes) -> ConfiguredProvider:
        """The provider that is configured by this request, until it is given back.

        ``scope`` is the same for requests that differ in nothing that an answer depends on.
        """
        with self._lock:
            entry = self._entries.get(request)
            if entry is None or entry.provider.ended:
                provider = ConfiguredProvider(lambda: self._started(request), self._kept, scope)
                entry = self._entries[request] = _Entry(provider)
            entry.users += 1
            return entry.provider

    def give_back(self, provider: ConfiguredProvider) -> None:
        """Say that a connection that used it is closed."""
        with self._lock:
            for entry in self._entries.values():
                if entry.provider is provider:
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

    def _started(self, request: bytes) -> tuple[ProviderProcess, bytes]:
        """A process to configure, the spare one, one that nobody uses, or a new one; configured."""
        process = self._unused()
        if process is None:
            with self._lock:
                process = self._start_soon()
        running = process.result()
        return running, running.call(_CONFIGURE, request)

    def _unused(self) -> Future[ProviderProcess] | None:
        with self._lock:
            while self._spare:
                spare = self._spare.pop()
                if _usable(spare):
                    return spare
            started = {
                request: entry
                for request, entry in self._entries.items()
                if entry.provider.started is not None
            }
            if len(started) >= self._most:
                for request, entry in started.items():
                    process = entry.provider.started
                    if entry.users == 0 and process is not None and process.alive():
                        del self._entries[request]
                        unused: Future[ProviderProcess] = Future()
                        unused.set_result(process)
                        return unused
        return None

    def _not_configured(self) -> ConfiguredProvider:
        return ConfiguredProvider(
            lambda: (self._first_process().result(), b""), self._kept, b"not configured"
        )

    def _first_process(self) -> Future[ProviderProcess]:
        with self._lock:
            if self._first is None or not _usable(self._first):
                self._first = self._start_soon()
                self._spare.append(self._first)
            return self._first

    def _start_soon(self) -> Future[ProviderProcess]:
        future: Future[ProviderProcess] = Future()

        def start() -> None:
            try:
                process = ProviderProcess(self.binary, self._proxy_url)
                with self._lock:
                    closed = self._closed
                    self._processes.append(process)
                if closed:
                    process.close()
                    raise EngineError("The command ends.")
                future.set_result(process)
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=start, name="provider-start", daemon=True).start()
        return future


def _usable(future: Future[ProviderProcess]) -> bool:
    """Tell whether it is on its way, or there and alive."""
    if not future.done():
        return True
    return future.exception() is None and future.result().alive()


def _lasts(method: str, answer: bytes) -> bool:
    """Tell whether it would be answered so again: what went wrong may have been the moment's."""
    try:
        message = _ANSWERS[method].FromString(answer)
    except DecodeError:
        return False
    return all(diagnostic.severity != protocol.ERROR for diagnostic in message.diagnostics)


SCHEMA_IS_OPTIONAL = protocol.GetSchemaResponse(
    server_capabilities={"get_provider_schema_optional": True}
).SerializeToString()
"""Put behind a schema, it lets Terraform read it once per process, not once per alias.

Two messages one behind the other are one, by the rules of protobuf.
"""
