"""The provider that Terraform talks to: the real one, but for what nobody can know yet."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy import look_ups, protocol
from lockgate.engine.provider_proxy.joins import LISTS, LookUp
from lockgate.engine.provider_proxy.left_empty import leave_empty, may_be_left_empty
from lockgate.engine.provider_proxy.made_up import Maker, Pass, fill
from lockgate.engine.provider_proxy.named_types import EVERY
from lockgate.engine.provider_proxy.plan_session import MadeAnswer, PlanSession
from lockgate.engine.provider_proxy.private_socket import PrivateSocket
from lockgate.engine.provider_proxy.provider_configuration import without_ways_out
from lockgate.engine.provider_proxy.provider_pool import (
    SCHEMA_IS_OPTIONAL,
    ConfiguredProvider,
    ProviderPool,
)
from lockgate.engine.provider_proxy.provider_process import UnknownMethod
from lockgate.engine.provider_proxy.provider_schema import Block, ProviderSchema
from lockgate.engine.provider_proxy.tokens import TokenTable
from lockgate.engine.provider_proxy.values import UNKNOWN, NotAValue, decode, encode

_T = TypeVar("_T")
_THREADS = 32
_IMPORTED = b"lockgate: imported"
_VALIDATIONS = frozenset(
    {"ValidateResourceTypeConfig", "ValidateDataSourceConfig", "ValidateEphemeralResourceConfig"}
)
_ANSWERED_EMPTY = frozenset({"Stop", "CloseEphemeralResource", "RenewEphemeralResource"})


class Lane:
    """A way in for one Terraform process, which plans one environment after the other."""

    def __init__(self, socket: PrivateSocket, release: Callable[[Lane], None]):
        self._socket = socket
        self._release = release
        self.session: PlanSession | None = None
        self.types: frozenset[str] | None = EVERY
        """The types whose schemas Terraform gets; it keeps them as long as its process lasts."""

    def reattach(self, addresses: list[str]) -> str:
        """What `TF_REATTACH_PROVIDERS` must hold for Terraform to come this way."""
        provider = {
            "Protocol": "grpc",
            "ProtocolVersion": protocol.VERSION,
            "Pid": os.getpid(),
            # Terraform must not end what it did not start.
            "Test": True,
            "Addr": {"Network": "unix", "String": self._socket.path},
        }
        return json.dumps(dict.fromkeys(addresses, provider))

    def end(self) -> None:
        """Say that the environment is planned: Terraform leaves its connections open."""
        self.session = None
        self._release(self)

    def close(self) -> None:
        """Let nobody in any more."""
        self._socket.close()


@dataclass
class _Connection:
    """One instance of the provider, as Terraform sees it: an alias in one pass of one plan."""

    lane: Lane
    provider: ConfiguredProvider | None = None
    region: str = ""
    exact_region: str | None = None

    @property
    def session(self) -> PlanSession:
        session = self.lane.session
        if session is None:
            raise EngineError("Nothing is being planned here.")
        return session

    @property
    def tokens(self) -> TokenTable | None:
        """Whose made-up texts differ from run to run; those of the ordinary pass do not."""
        return self.session.tokens if self.session.plan_pass is Pass.RESOLVED else None


class ProviderProxy:
    """The server; ``lane`` opens a way in for each Terraform process."""

    def __init__(self, pool: ProviderPool, endpoint: str):
        """Serve in front of the providers of ``pool``; ``endpoint`` stands for all of AWS."""
        self._pool = pool
        self._endpoint = endpoint
        self._connections: dict[str, _Connection] = {}
        self._schema: ProviderSchema | None = None
        self._schema_lock = threading.Lock()
        self._server = grpc.server(
            ThreadPoolExecutor(_THREADS, thread_name_prefix="provider-proxy"),
            options=[*protocol.CHANNEL_OPTIONS, ("grpc.so_reuseport", 0)],
        )
        self._server.add_generic_rpc_handlers((_Handlers(self._serve),))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def lane(self) -> Lane:
        """A way in that is nobody else's."""
        lanes: list[Lane] = []
        socket = PrivateSocket(
            self.port,
            lambda name: self._connections.update({name: _Connection(lanes[0])}),
            self._forget,
        )
        lanes.append(Lane(socket, self._release))
        return lanes[0]

    def _release(self, lane: Lane) -> None:
        for name, connection in list(self._connections.items()):
            if connection.lane is lane:
                self._forget(name)

    def _forget(self, name: str) -> None:
        connection = self._connections.pop(name, None)
        if connection is not None and connection.provider is not None:
            self._pool.give_back(connection.provider)

    def close(self) -> None:
        """Stop serving."""
        self._server.stop(grace=None).wait()

    @property
    def schema(self) -> ProviderSchema:
        """The provider's schema."""
        with self._schema_lock:
            if self._schema is None:
                self._schema = _parsed(ProviderSchema, self._pool.schema(), "GetSchema")
            return self._schema

    def _serve(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        connection = self._connections.get(context.peer())
        if connection is None:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "This provider is not yours.")
            raise AssertionError  # `abort` has raised
        try:
            return self._answer(method, request, connection)
        except UnknownMethod:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, method)
        except EngineError as error:
            message = str(error)
        except (DecodeError, NotAValue) as error:
            message = f"Terraform's question {method} cannot be read: {error}"
        if connection.lane.session is not None:
            connection.lane.session.note_trouble(message)
        context.abort(grpc.StatusCode.UNAVAILABLE, message)
        raise AssertionError

    def _answer(self, method: str, request: bytes, connection: _Connection) -> bytes:
        special = _SPECIAL.get(method)
        if special is not None:
            answer: bytes = special(self, request, connection)
            return answer
        if method in _ANSWERED_EMPTY:
            return b""
        if method in _VALIDATIONS:
            if connection.session.plan_pass is Pass.RESOLVED:
                # The ordinary pass has validated the configuration as it is.
                return b""
            request = _without_made_up(request, connection.session.tokens)
        provider = connection.provider or self._pool.unconfigured()
        return provider.ask(method, request, tokens=connection.tokens)

    def _get_schema(self, _request: bytes, connection: _Connection) -> bytes:
        types = connection.lane.types
        schema = self._pool.schema() if types is EVERY else self.schema.only(types)
        return b"".join((schema, SCHEMA_IS_OPTIONAL))

    def _configure(self, request: bytes, connection: _Connection) -> bytes:
        message = protocol.ConfigureRequest.FromString(request)
        config = decode(message.config.msgpack)
        session = connection.session
        stripped = without_ways_out(
            self.schema.provider, config, session.primary_region, self._endpoint
        )
        message.config.msgpack = encode(stripped.value)
        connection.region = str(stripped.value["region"])
        connection.exact_region = stripped.region if session.configured(config) else None
        session.assumed_region |= stripped.assumed
        if connection.provider is not None:
            self._pool.give_back(connection.provider)
        configured = message.SerializeToString(deterministic=True)
        # The port is another in every run, and no answer depends on it.
        scope = configured.replace(self._endpoint.encode(), b"endpoint")
        connection.provider = self._pool.take(configured, scope)
        return connection.provider.answer()

    def _plan(self, request: bytes, connection: _Connection) -> bytes:
        asked = protocol.PlanRequest.FromString(request)
        imported = asked.prior_private == _IMPORTED
        if imported:
            # It is planned as if it were made: of what there is, only the ID is known.
            asked.prior_state.msgpack = encode(None)
            asked.prior_private = b""
            request = asked.SerializeToString()
        provider = _configured(connection)
        answer = provider.ask("PlanResourceChange", request, asked.type_name, connection.tokens)
        session = connection.session
        config = decode(asked.config.msgpack or b"\xc0") or {}
        session.count_nulls(asked.type_name, config)
        ordinary = session.plan_pass is Pass.ORDINARY and not imported
        if ordinary and not may_be_left_empty(asked.type_name):
            return answer
        planned = _parsed(protocol.PlanResponse.FromString, answer, asked.type_name)
        state = _parsed(decode, planned.planned_state.msgpack or b"\xc0", asked.type_name)
        if state is None:
            return answer
        prior, config = decode(asked.prior_state.msgpack or b"\xc0"), decode(asked.config.msgpack)
        if not leave_empty(asked.type_name, prior, config, state) and ordinary:
            return answer
        if imported:
            del planned.requires_replace[:]
            state["id"] = decode(asked.proposed_new_state.msgpack)["id"]
        if session.plan_pass is Pass.RESOLVED:
            # What is there is made up: it is changed in place, and stays what it is called.
            del planned.requires_replace[:]
            block = self._known(self.schema.resource(asked.type_name), asked.type_name)
            canonical = session.tokens.canonical(asked.config.msgpack)
            question = hashlib.sha256(canonical.encode()).hexdigest()[:16]
            call = session.named(f"resource {asked.type_name} {connection.region} {question}")
            call = f"{call} {session.occurrence(call)}"
            maker = self._maker(asked.type_name, call, connection, looked_up=False)
            state = fill(block, state, maker)
            names = {path[0] for path in maker.made}
            not_given = frozenset(name for name in names if config.get(name) is None)
            self._record(maker, connection, not_given)
        planned.planned_state.msgpack = encode(state)
        return bytes(planned.SerializeToString())

    def _read_data_source(self, request: bytes, connection: _Connection) -> bytes:
        asked = protocol.LookUpRequest.FromString(request)
        if not look_ups.needs_an_account(asked.type_name):
            provider = _configured(connection)
            return provider.ask("ReadDataSource", request, asked.type_name, connection.tokens)
        state = self._looked_up("data", self.schema.data_source, asked, connection)
        return bytes(protocol.ReadDataSourceResponse(state={"msgpack": state}).SerializeToString())

    def _open_ephemeral(self, request: bytes, connection: _Connection) -> bytes:
        asked = protocol.LookUpRequest.FromString(request)
        state = self._looked_up("ephemeral", self.schema.ephemeral, asked, connection)
        return bytes(protocol.OpenEphemeralResponse(result={"msgpack": state}).SerializeToString())

    def _looked_up(
        self,
        kind: str,
        find: Callable[[str], Block | None],
        asked: Any,
        connection: _Connection,
    ) -> bytes:
        config = decode(asked.config.msgpack)
        block = self._known(find(asked.type_name), asked.type_name)
        question = connection.session.tokens.canonical(asked.config.msgpack)
        session = connection.session
        name = look_ups.call_name(kind, asked.type_name, question, connection.region)
        call = session.named(name)
        maker = self._maker(asked.type_name, call, connection, looked_up=True)
        joined = self._joined(asked.type_name, config, connection) if kind == "data" else {}
        state = look_ups.answer(block, config, maker, joined)
        self._record(maker, connection)
        return encode(state)

    def _joined(
        self, type_name: str, config: Mapping[str, Any], connection: _Connection
    ) -> Mapping[str, Any]:
        """What another root module tells of what this one looks up, or the account once told."""
        session = connection.session
        if session.joins is not None and (told := self._of_others(type_name, config, connection)):
            return told
        if session.recorded is None:
            return {}
        return session.recorded.find(type_name, connection.region, config)

    def _of_others(
        self, type_name: str, config: Mapping[str, Any], connection: _Connection
    ) -> Mapping[str, Any]:
        session = connection.session
        assert session.joins is not None
        look_up = LookUp(session.root, type_name, connection.region, config)
        if type_name in LISTS:
            ids = session.joins.identifiers(look_up, LISTS[type_name], session.plan_pass)
            return {"ids": ids} if ids is not None else {}
        return session.joins.data(look_up, session.plan_pass) or {}

    def _import(self, request: bytes, connection: _Connection) -> bytes:
        asked = protocol.ImportRequest.FromString(request)
        block = self._known(self.schema.resource(asked.type_name), asked.type_name)
        resource = {
            "type_name": asked.type_name,
            "state": {"msgpack": encode(look_ups.imported(block, asked.id))},
            "private": _IMPORTED,
        }
        answer = protocol.ImportResponse(imported_resources=[resource])
        return bytes(answer.SerializeToString())

    def _read_resource(self, request: bytes, _connection: _Connection) -> bytes:
        asked = protocol.ReadResourceRequest.FromString(request)
        answer = protocol.ReadResourceResponse(private=asked.private)
        answer.new_state.CopyFrom(asked.current_state)
        return bytes(answer.SerializeToString())

    def _maker(
        self, type_name: str, call: str, connection: _Connection, *, looked_up: bool
    ) -> Maker:
        session = connection.session
        return Maker(
            type_name,
            call,
            connection.region,
            session.plan_pass,
            session.tokens,
            session.shapes,
            looked_up,
            session.same_look_ups,
        )

    def _record(
        self, maker: Maker, connection: _Connection, not_given: frozenset[str] = frozenset()
    ) -> None:
        connection.session.record(
            maker.call,
            MadeAnswer(
                maker.type_name,
                maker.looked_up,
                connection.exact_region,
                frozenset(maker.made),
                not_given,
            ),
        )

    def _known(self, block: Block | None, type_name: str) -> Block:
        if block is None:
            raise EngineError(f"The provider {self._pool.binary} has no {type_name}.")
        return block


_SPECIAL: dict[str, Callable[[ProviderProxy, bytes, _Connection], bytes]] = {
    "GetSchema": ProviderProxy._get_schema,
    "Configure": ProviderProxy._configure,
    "PlanResourceChange": ProviderProxy._plan,
    "ReadDataSource": ProviderProxy._read_data_source,
    "OpenEphemeralResource": ProviderProxy._open_ephemeral,
    "ImportResourceState": ProviderProxy._import,
    "ReadResource": ProviderProxy._read_resource,
}


def _configured(connection: _Connection) -> ConfiguredProvider:
    if connection.provider is None:
        raise EngineError("Terraform asks a provider that it has not configured.")
    return connection.provider


def _without_made_up(request: bytes, tokens: TokenTable) -> bytes:
    """A question for a validation, with what was looked up as unknown: nobody gave it its form."""
    if tokens.is_empty:
        return request
    asked = protocol.LookUpRequest.FromString(request)

    def unknown_if_made_up(value: Any) -> Any:
        if isinstance(value, str):
            return UNKNOWN if tokens.find(value) else value
        if isinstance(value, list):
            return [unknown_if_made_up(member) for member in value]
        if isinstance(value, dict):
            return {name: unknown_if_made_up(member) for name, member in value.items()}
        return value

    config = decode(asked.config.msgpack)
    asked.config.msgpack = encode(unknown_if_made_up(config))
    return bytes(asked.SerializeToString())


def _parsed(parse: Callable[[bytes], _T], data: bytes, about: str) -> _T:
    try:
        return parse(data)
    except (DecodeError, NotAValue, ValueError) as error:
        raise EngineError(f"The provider's answer about {about} cannot be read: {error}") from error


class _Handlers(grpc.GenericRpcHandler):  # type: ignore[type-arg] # only a stub has them
    """Every method of the provider's service, as bytes."""

    def __init__(self, serve: Callable[[str, bytes, grpc.ServicerContext], bytes]):
        self._serve = serve

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """The handler of a method; None, which is "unimplemented", for other services."""
        name: str = handler_call_details.method
        if not name.startswith(protocol.SERVICE):
            return None
        method = name.removeprefix(protocol.SERVICE)
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._serve(method, request, context)
        )
