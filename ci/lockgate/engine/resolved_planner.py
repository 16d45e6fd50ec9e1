"""Plans environments without an account, so that it is told where every value comes from.

Each environment is planned twice in the same warm processes. The ordinary plan is what Terraform
makes of it, refusals included; in the resolved one whatever only an apply would tell is made up.
What both say is known; docs/resolved-plan.md tells why a verdict can rest on it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from lockgate.base.errors import EngineError
from lockgate.engine.engine import Completed, Engine, message_of
from lockgate.engine.provider_proxy import made_up_state, remote_state, resolved_plan
from lockgate.engine.provider_proxy.joined_offers import offer
from lockgate.engine.provider_proxy.joins import Joins
from lockgate.engine.provider_proxy.kept_answers import KeptAnswers
from lockgate.engine.provider_proxy.made_up import Pass
from lockgate.engine.provider_proxy.named_types import (
    EVERY,
    installed_modules,
    local_modules,
    named_types,
)
from lockgate.engine.provider_proxy.no_way_out import NoWayOut, StateOutputs
from lockgate.engine.provider_proxy.plan_session import PlanSession
from lockgate.engine.provider_proxy.provider_pool import ProviderPool
from lockgate.engine.provider_proxy.recorded_answers import RecordedAnswers
from lockgate.engine.provider_proxy.refusals import learn
from lockgate.engine.provider_proxy.server import Lane, ProviderProxy
from lockgate.engine.terraform_process import TerraformProcess, start
from lockgate.engine.unknown_variables import unknown_values
from lockgate.install.provider_binary import ProviderBinary
from lockgate.install.provider_store import ProviderStore
from lockgate_policies.hcl.blocks import Expression

_MOST_REFUSALS = 6
_MOST_SETTLINGS = 2
_FIRST_REGION_PER_RESOURCE = 6
_REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
# Batch work that ends soon: Terraform's own default tidies up for more than half of its time.
_GARBAGE_COLLECTION = {"GOGC": "400", "GOMEMLIMIT": "288MiB"}
_REGIONS = 2


@dataclass(frozen=True)
class Resolved:
    """How an environment was planned."""

    changes: bool
    assumed_region: bool
    """A provider without a region was given the primary one."""


@dataclass(frozen=True)
class JoinedRoot:
    """One of several root modules of an environment: its name, and what joins it to the others."""

    root: str
    joins: Joins


@dataclass(frozen=True)
class PlanRequest:
    """What is planned, and how.

    ``scratch`` is for plan files, ``arguments`` are more for ``plan``, and ``unknown`` holds the
    types of the variables that nobody knows, ``examples`` two values of some. ``recorded`` is what
    an account answered before.
    """

    directory: Path
    scratch: Path
    primary_region: str
    arguments: Sequence[str] = ()
    unknown: Mapping[str, Expression | None] = field(default_factory=dict)
    joined: JoinedRoot | None = None
    recorded: RecordedAnswers | None = None
    examples: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Way:
    lane: Lane
    terraform: TerraformProcess


class ResolvedPlanner:
    """Plans as many environments side by side as it has ways in to the provider: ``ways``.

    There are fewer while the provider has not been asked anything yet.
    """

    def __init__(
        self,
        engine: Engine,
        binary: ProviderBinary,
        environment: Mapping[str, str],
        directories: Sequence[Path],
        ways: int,
    ):
        """Start what is shared: the provider's processes, and what stands for the network.

        What is reached for there, and refused, is recorded in ``refused``.

        ``directories`` are those of the environments, ``environment`` is what Terraform gets as
        its own.
        """
        self._binary = binary
        self._engine = engine
        self._open = ExitStack()
        self._with_network = {**environment, **_plugin_cache()}
        self._one_install = threading.Lock()
        self._store = ProviderStore.at_home()
        self._outputs = remote_state.outputs_read(directories)
        self._named = named_types(local_modules(directories))
        self.refused: list[str] = []
        way_out = self._no_way_out(lambda _: {})
        kept = KeptAnswers.at_home(binary)
        self._open.callback(kept.close)
        self.pool = ProviderPool(binary, way_out.url, _REGIONS * ways, kept)
        self._open.callback(self.pool.close)
        self.proxy = ProviderProxy(self.pool, way_out.url)
        self._open.callback(self.proxy.close)
        self._ways: queue.SimpleQueue[_Way] = queue.SimpleQueue()
        if not self.pool.has_schema:
            # Every way will have providers of its own: more than there are cores take memory alone.
            ways = min(ways, max(2, os.cpu_count() or 1))
        for _ in range(ways):
            self._ways.put(self._way(environment))

    def _no_way_out(self, outputs: StateOutputs) -> NoWayOut:
        server = NoWayOut(outputs, self.refused)
        self._open.callback(server.close)
        return server

    def _way(self, environment: Mapping[str, str]) -> _Way:
        lane = self.proxy.lane()
        lane.types = self._named
        self._open.callback(lane.close)
        way_out = self._no_way_out(
            lambda place: remote_state.outputs(place, self._outputs, lane.session)
        )
        names = [f"{registry}/{self._binary.source}" for registry in _REGISTRIES]
        own = environment.get("TF_CLI_CONFIG_FILE", os.devnull)
        terraform = start(
            self._engine,
            {
                **environment,
                **_GARBAGE_COLLECTION,
                **way_out.environment(),
                "TF_CLI_CONFIG_FILE": str(self._store.configuration(Path(own))),
                "TF_REATTACH_PROVIDERS": lane.reattach(names),
            },
        )
        self._open.callback(terraform.close)
        return _Way(lane, terraform)

    def __enter__(self) -> ResolvedPlanner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process, also in the middle of a plan."""
        self._open.close()

    def plan(self, request: PlanRequest, out: Path) -> Resolved:
        """Plan a root module, and write the resolved plan's JSON to ``out``.

        Raises EngineError with Terraform's own message.
        """
        way = self._ways.get()
        joined = request.joined
        session = PlanSession(request.primary_region, recorded=request.recorded)
        if joined is not None:
            session.join(joined.root, joined.joins)
        way.lane.session = session
        try:
            run = _Run(way.terraform, session, request)
            if not run.init():
                with self._one_install:
                    # Another environment may have brought what is missing, meanwhile.
                    if not run.init():
                        self._init_with_network(way, request.directory)
            self._must_know_types(way, request.directory)
            changes, ordinary = run.plan(Pass.ORDINARY)
            knowledge = self._knowledge(session)
            resolved = run.resolved()
            try:
                merged = resolved_plan.merge(ordinary, resolved, knowledge)
            except resolved_plan.Disagreement:
                # A part of something looked up, say, is a key of `for_each`.
                session.same_look_ups = True
                resolved = run.resolved()
                merged = resolved_plan.merge(ordinary, resolved, knowledge)
            if joined is not None:
                offer(joined.root, joined.joins, ordinary, resolved, merged)
            for name in request.unknown:
                merged.document.get("variables", {}).pop(name, None)
        finally:
            way.lane.end()
            self._ways.put(way)
        out.write_bytes(msgspec.json.encode(merged.document))
        return Resolved(changes, session.assumed_region)

    def _must_know_types(self, way: _Way, directory: Path) -> None:
        """See to it that Terraform has the schema of every type that the configuration names.

        What all environments name was guessed; modules that ``init`` brought can name others.
        """
        try:
            named = named_types(installed_modules(directory))
        except (OSError, ValueError, LookupError, TypeError):
            named = EVERY  # Terraform says what is wrong
        known = way.lane.types
        if known is not EVERY and (named is EVERY or not named <= known):
            way.lane.types = EVERY
            way.terraform.restart()

    def _init_with_network(self, way: _Way, directory: Path) -> None:
        """Modules and other providers come from where they always do; nothing is planned here."""
        names = [f"{registry}/{self._binary.source}" for registry in _REGISTRIES]
        reattach = {"TF_REATTACH_PROVIDERS": way.lane.reattach(names)}
        self._engine.init(directory, {**self._with_network, **reattach})
        self._store.keep(directory / ".terraform" / "providers")

    def _knowledge(self, session: PlanSession) -> resolved_plan.Knowledge:
        schema = self.proxy.schema

        def is_set(mode: str, type_name: str, path: tuple[str, ...]) -> bool:
            find = schema.resource if mode == "managed" else schema.data_source
            block = find(type_name)
            return block is not None and block.is_set(path)

        return resolved_plan.Knowledge(
            str(self._binary),
            session.answers,
            session.tokens.find,
            session.tokens.as_ordinary,
            session.is_null_for_certain,
            is_set,
            session.joins.addresses if session.joins else {},
            _major(self._binary.version) >= _FIRST_REGION_PER_RESOURCE,
        )


class _Run:
    """The commands of one environment."""

    def __init__(self, terraform: TerraformProcess, session: PlanSession, request: PlanRequest):
        self._terraform = terraform
        self._session = session
        self._directory = request.directory
        self._scratch = request.scratch
        self._arguments = request.arguments
        self._unknown = request.unknown
        self._examples = request.examples

    def init(self) -> bool:
        """``terraform init`` without the network; tell whether it can be done so."""
        return self._run(["init", "-input=false", "-no-color"], "init").exit_code == 0

    def resolved(self) -> dict[str, Any]:
        """The resolved pass, and once more for the data sources that wait for what it plans."""
        _, plan = self.plan(Pass.RESOLVED)
        for _ in range(_MOST_SETTLINGS):
            waiting = made_up_state.waiting(plan)
            if not waiting:
                break
            state = self._scratch / "made-up.tfstate"
            state.write_bytes(msgspec.json.encode(made_up_state.state_of(plan)))
            try:
                _, settled = self.plan(Pass.RESOLVED, [f"-state={state}", "-refresh=false"])
            except EngineError:
                break  # what it would have told besides stays unknown
            plan = settled
            if made_up_state.waiting(plan) == waiting:
                break
        return plan

    def plan(self, plan_pass: Pass, extra: Sequence[str] = ()) -> tuple[bool, dict[str, Any]]:
        """``terraform plan`` and ``show -json``; whether it changes anything, and the plan.

        Where it is refused for what was made up, that is made in another way, or not at all.
        """
        file = self._scratch / f"{plan_pass.value}.tfplan"
        arguments = ["plan", "-input=false", "-no-color", "-lock=false", "-detailed-exitcode"]
        for attempt in range(_MOST_REFUSALS):
            self._session.begin(plan_pass)
            given = [*self._given(plan_pass), *self._arguments]
            said = self._run([*arguments, *given, *extra, f"-out={file}"], plan_pass.value)
            if said.exit_code in (0, 2):
                return said.exit_code == 2, self._show(file)
            message = message_of("terraform plan", said)
            if self._session.trouble:
                raise EngineError(f"{self._session.trouble}\n{message}")
            session = self._session
            last = attempt == _MOST_REFUSALS - 1
            if last or not learn(message, session.shapes, session.tokens, session.answers):
                break
        if plan_pass is Pass.RESOLVED:
            message += "\nThis was planned with made-up values for what only an apply tells."
        raise EngineError(message)

    def _given(self, plan_pass: Pass) -> list[str]:
        """The variables that nobody knows, which whoever gives them a value knows after all."""
        if not self._unknown:
            return []
        file = self._scratch / f"unknown-{plan_pass.value}.tfvars.json"
        values = unknown_values(self._unknown, plan_pass, self._examples)
        file.write_bytes(msgspec.json.encode(values))
        return [f"-var-file={file}"]

    def _show(self, file: Path) -> dict[str, Any]:
        out = self._scratch / f"{file.name}.json"
        said = self._run(["show", "-json", "-no-color", str(file)], out.name)
        if said.exit_code != 0:
            raise EngineError(message_of("terraform show", said))
        plan: dict[str, Any] = msgspec.json.decode(out.read_bytes())
        return plan

    def _run(self, arguments: list[str], name: str) -> Completed:
        out = self._scratch / name
        said = self._terraform.run(arguments, self._directory, out)
        output = "" if arguments[0] == "show" else out.read_text("utf-8", "replace")
        return Completed(said.exit_code, output, said.errors)


def _plugin_cache() -> dict[str, str]:
    """The user's own, for what is installed by their own configuration."""
    own = os.environ.get("TF_PLUGIN_CACHE_DIR")
    return {"TF_PLUGIN_CACHE_DIR": own} if own and Path(own).is_dir() else {}


def _major(version: str) -> int:
    first = version.split(".")[0]
    return int(first) if first.isdigit() else 0
