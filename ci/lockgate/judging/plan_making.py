"""How an environment's plan comes about: resolved, without an account, or by a target."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.engine import Engine, stop_all
from lockgate.engine.environment_engine import engine_of
from lockgate.engine.missing_variables import ways_to_give
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.engine.provider_proxy.regions import REGIONS
from lockgate.engine.provider_proxy.resolution_transfer import transfer
from lockgate.engine.resolved_planner import JoinedRoot, PlanRequest, ResolvedPlanner
from lockgate.engine.unknown_variables import another_example
from lockgate.install.provider_binary import ProviderBinary
from lockgate.judging import plan_document
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.joined_roots import plan_joined
from lockgate.judging.recorded_look_ups import Recorded
from lockgate.judging.side_by_side import workers
from lockgate.judging.variable_types import refuse_sensitive, variable_types
from lockgate.repository.environments import Environment
from lockgate.targets.accountless_workspace import accountless_environment, accountless_workspace
from lockgate.targets.target import Target
from lockgate.targets.target_selection import for_check
from lockgate_policies.model.settings import Settings

Say = Callable[[str, str], None]
SettingsOf = Callable[[Environment], Settings]
RecordedOf = Callable[[Environment], Recorded | None]


def no_record(_: Environment) -> None:
    """Nothing is recorded of any environment."""


class PlanMaker(Protocol):
    """Makes plans to judge, several side by side."""

    def plan(self, environment: Environment, out: Path, say: Say) -> None:
        """Write the environment's plan in JSON to ``out``; ``say(environment, what)`` remarks.

        Raises EngineError with Terraform's own message, its files as paths in the repository.
        """
        ...

    def stop(self) -> None:
        """Stop what is under way."""
        ...


class TargetPlans:
    """Plans against a target, with the state and the account that it has."""

    def __init__(self, target: Target, engine: Engine):
        self._target = target
        self._engine = engine

    def plan(self, environment: Environment, out: Path, say: Say) -> None:
        """The plan as Terraform makes it there. Raises UsageError for several root modules."""
        if environment.parts:
            parts = ", ".join(part.name for part in environment.parts)
            raise UsageError(
                f"{environment.name} has several root modules, which are judged as one where they "
                f"are planned without an account: leave --target out. Or name one of them: {parts}."
            )
        plan_environment(environment, self._target, engine_of(environment, self._engine), out)

    def stop(self) -> None:
        """Ask every engine to stop gracefully."""
        stop_all()


class ResolvedPlans:
    """Resolved plans, from nothing and without an account: see docs/resolved-plan.md.

    Environments that are planned with one provider share its processes.
    """

    def __init__(
        self,
        environments: Sequence[Environment],
        engine: Engine,
        choice: ProviderChoice,
        settings_of: SettingsOf,
        side_by_side: int,
        recorded_of: RecordedOf = no_record,
    ):
        self._environments = environments
        self._engine = engine
        self._choice = choice
        self._settings_of = settings_of
        self._recorded_of = recorded_of
        self._ways = min(side_by_side, len(environments)) or 1
        self._lock = threading.Lock()
        self._planners: dict[tuple[ProviderBinary, Engine], ResolvedPlanner] = {}
        self._closed = False

    def plan(self, environment: Environment, out: Path, say: Say) -> None:
        """The resolved plan; that of several root modules is one, as ``join`` makes it.

        Raises EngineError with Terraform's own message.
        """
        if environment.parts:
            plan_joined(environment, out, partial(self._plan, say=say))
        else:
            self._plan(environment, out, say=say)

    def _plan(
        self,
        environment: Environment,
        out: Path,
        joined: JoinedRoot | None = None,
        *,
        say: Say,
    ) -> None:
        settings = self._settings_of(environment)
        region = _region_of_directory(environment) or settings.primary_region
        planner = self._planner(
            self._choice.of(
                environment, settings.provider, lambda remark: say(environment.name, remark)
            ),
            engine_of(environment, self._engine),
        )
        unknown = variable_types(environment)
        recorded = self._recorded_of(environment)
        refuse_sensitive(environment)
        with accountless_workspace(environment, {}) as workspace:
            request = PlanRequest(
                workspace.directory,
                workspace.scratch,
                region,
                workspace.arguments,
                unknown,
                joined,
                recorded.answers if recorded else None,
                environment.inputs.examples,
            )
            try:
                planned = planner.plan(request, out)
            except EngineError as error:
                said = workspace.in_repository(str(error))
                more = ways_to_give(said, environment.name)
                more += another_example(said, unknown, environment.name)
                raise EngineError(said + more) from error
        if recorded:
            carried = {
                "environment": environment.name,
                "account": recorded.answers.account,
                "days": recorded.days,
            }
            plan_document.attach(out, {"recorded": [carried]})
        if planned.assumed_region:
            say(environment.name, f"a provider without a region was given {region}")

    def resolve(self, environment: Environment, plan: Path) -> None:
        """Put what the resolved plan tells into a plan in JSON that was made against a target.

        Raises LockgateError if there is no resolved plan; the other one is as it was then.
        """
        with tempfile.TemporaryDirectory(prefix="lockgate-resolved-") as scratch:
            out = Path(scratch) / "resolved.json"
            self.plan(environment, out, lambda _name, _remark: None)
            resolution = json.loads(out.read_bytes())["lockgate"]["resolved"]
        document = json.loads(plan.read_bytes())
        plan_document.attach(plan, {"resolved": transfer(resolution, document)})

    def stop(self) -> None:
        """End every process that plans."""
        with self._lock:
            self._closed = True
            planners = list(self._planners.values())
        for planner in planners:
            planner.close()

    def _planner(self, binary: ProviderBinary, engine: Engine) -> ResolvedPlanner:
        with self._lock:
            if self._closed:
                raise EngineError("The command ends.")
            if (binary, engine) not in self._planners:
                self._planners[binary, engine] = ResolvedPlanner(
                    engine,
                    binary,
                    accountless_environment(self._choice.cli_configuration()),
                    _directories(self._environments),
                    self._ways,
                )
            return self._planners[binary, engine]


def _region_of_directory(environment: Environment) -> str | None:
    """The region that a root module's directory is called, as in ``live/us-west-2/network``.

    Such a one often names no region in its provider: who runs it there sets ``AWS_REGION``.
    """
    regions = REGIONS.intersection(Path(environment.inside).parts)
    return next(iter(regions)) if len(regions) == 1 else None


def _directories(environments: Sequence[Environment]) -> list[Path]:
    return [root.directory for environment in environments for root in environment.roots]


@contextmanager
def plans_on(
    target_name: str,
    environments: Sequence[Environment],
    engine: Engine,
    choice: ProviderChoice,
    settings_of: SettingsOf,
    recorded_of: RecordedOf = no_record,
) -> Iterator[PlanMaker]:
    """Plans to judge: from nothing and resolved, or against the user's own account."""
    if target_name == "embedded":
        with resolved_plans(environments, engine, choice, settings_of, recorded_of) as plans:
            yield plans
    else:
        with for_check(target_name, engine, lambda _: None) as account:
            yield TargetPlans(account, engine)


@contextmanager
def resolved_plans(
    environments: Sequence[Environment],
    engine: Engine,
    choice: ProviderChoice,
    settings_of: SettingsOf,
    recorded_of: RecordedOf = no_record,
) -> Iterator[ResolvedPlans]:
    """Resolved plans for the length of a command; no process is left behind."""
    plans = ResolvedPlans(environments, engine, choice, settings_of, workers(), recorded_of)
    try:
        yield plans
    finally:
        plans.stop()
