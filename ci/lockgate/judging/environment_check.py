"""Checks environments: plan side by side, judge every plan in one warm checkov."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lockgate.base import paths
from lockgate.base.errors import EngineError, LockgateError, PolicyError
from lockgate.base.paths import look_ups_file
from lockgate.engine.dialect import dialect_of_plan
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.install import provision
from lockgate.judging import judged_plan, judged_records, plan_document
from lockgate.judging.base_revision import JudgedBy
from lockgate.judging.checkov_process import CheckovProcess
from lockgate.judging.environment_facts import environment_facts
from lockgate.judging.joined_plan import as_known
from lockgate.judging.plan_making import PlanMaker, ResolvedPlans, Say
from lockgate.judging.recorded_look_ups import Recorded, read_recorded
from lockgate.judging.side_by_side import side_by_side
from lockgate.repository.environments import Environment, discover, select
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.verdict import losses
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.waivers import read_waivers
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule import Rule
from lockgate_policies.catalogue.rule_files import load_rules, rule_id, rule_paths
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.hcl_reader import HclError
from lockgate_policies.model.settings import Settings


@dataclass(frozen=True)
class Catalogue:
    """The checks that must report, and the rules behind those that are Lockgate's own."""

    policies: Path
    checks: tuple[str, ...]
    rules: dict[str, Rule]

    @property
    def unwaivable(self) -> frozenset[str]:
        """The rules that cannot be waived."""
        return frozenset(name for name, rule in self.rules.items() if not rule.waivable)


def read_catalogue(policies: Path) -> Catalogue:
    """What a policies directory promises by its file names.

    Raises PolicyError when it promises nothing: no policies is not a pass.
    """
    checks = tuple(rule_id(path) for path in rule_paths(policies / "rules"))
    if not checks:
        raise PolicyError(f"{policies} holds no policy (rules/<family>/lg_<family>_<n>.py)")
    rules = {file.id: file.rule for file in load_rules() if file.rule is not None}
    return Catalogue(policies, checks, rules)


def attach_facts(environment: Environment, plan: Path, settings: object) -> HclFacts:
    """Attach to a plan's JSON file what judging it needs, so that it can be judged anywhere.

    Raises EngineError for HCL that does not parse.
    """
    try:
        dialect = dialect_of_plan(plan.read_bytes(), environment)
        facts = environment_facts(environment, dialect)
    except HclError as error:
        raise EngineError(str(error)) from error
    carried = {"environment": environment.name, "settings": settings, "hcl": facts}
    plan_document.attach(plan, carried)
    return HclFacts.from_document({"lockgate": {"hcl": facts}})


def _asks_where_values_lead(catalogue: Catalogue, environments: Sequence[Environment]) -> bool:
    """Whether anything is asked that a plan against a target does not tell by itself."""
    several = any(environment.parts or environment.whole for environment in environments)
    return several or any(not rule.static for rule in catalogue.rules.values())


class Judge:
    """Judges plan files of environments, with their settings and HCL, in one warm checkov."""

    def __init__(
        self,
        environments: Sequence[Environment],
        python: Path,
        catalogue: Catalogue,
        base: JudgedBy | None = None,
        resolve: Engine | None = None,
    ):
        """Read the settings; raises UsageError if they are not usable. Starts checkov.

        ``base`` holds the settings and waivers to judge by, instead of the repository's own.
        ``resolve`` is the engine that resolves plans which were made against a target.
        """
        judging = {
            environment.root: base.directory if base else environment.root
            for environment in environments
        }
        self._judging = judging
        self._base_notes = (base.note,) if base else ()
        self._remarks: list[str] = []
        self._wholes: dict[str, EnvironmentVerdict] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._one_whole = threading.Lock()
        self._settings = {
            root: read_settings_document(directory) for root, directory in judging.items()
        }
        for environment in environments:
            settings_for(self._settings[environment.root], environment.name)
        self._catalogue = catalogue
        self._today = datetime.now(UTC).date()
        known = {*catalogue.checks, *builtin_checks.ON}
        self._waivers = {
            root: read_waivers(directory, known, catalogue.unwaivable, self._today)
            for root, directory in judging.items()
        }
        self._resolved = (
            ResolvedPlans(
                environments,
                resolve,
                ProviderChoice.of_this_run(resolve),
                self.settings_of,
                1,
                self.recorded_of,
            )
            if resolve and _asks_where_values_lead(catalogue, environments)
            else None
        )
        self._checkov = CheckovProcess(python, catalogue.policies, list(builtin_checks.ON))

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, environment: Environment, plan: Path) -> EnvironmentVerdict:
        """The verdict on a plan's JSON file, which gets its HCL facts and settings attached.

        A plan against a target also gets what a plan from nothing tells of the same configuration:
        where its references lead. Where that cannot be had, it is judged by their names.

        A part of an environment is judged as the environment that it is a part of, which is
        planned for that: what a region's own root module promises, only all of them keep.

        Raises EngineError for HCL that does not parse, PolicyError if checkov gives no verdict.
        """
        if self._resolved is not None and environment.whole:
            return replace(self._of_whole(environment), environment=environment.name)
        if self._resolved is not None and not environment.parts:
            try:
                self._resolved.resolve(environment, plan)
            except LockgateError as error:
                reason = str(error).splitlines()[0]
                self._remarks.append(
                    f"{environment.name} is judged by what its references are called, as its "
                    f"resolved plan cannot be made: {reason}"
                )
        facts = attach_facts(environment, plan, self._settings[environment.root])
        checks = [*self._catalogue.checks, *builtin_checks.ON]
        answer = self._checkov.judge(plan, checks)
        verdict = judged_records.environment_verdict(
            environment.name,
            self._catalogue.checks,
            tuple(builtin_checks.ON),
            self._catalogue.rules,
            answer,
            facts,
        )
        settings = settings_for(self._settings[environment.root], environment.name)
        architecture = losses.read_plan_file(plan, settings, environment.name)
        verdict = judged_plan.completed(verdict, plan, architecture, with_losses=True)
        for entry in plan_document.carried(plan).get("recorded", []):
            verdict = self._on_record(verdict, entry, settings)
        if environment.parts:
            verdict = as_known(verdict, [part.name for part in environment.parts])
        return self._waivers[environment.root].apply(verdict, self._today)

    def order_of(self, environment: Environment) -> tuple[Environment, ...]:
        """The root modules of an environment, in the order in which they can be applied.

        Raises EngineError if they cannot be planned, or look each other up in a circle.
        """
        if not environment.parts:
            return (environment,)
        self._whole(environment)
        by_name = {part.name: part for part in environment.parts}
        return tuple(by_name[name] for name in self._orders[environment.name])

    def _of_whole(self, part: Environment) -> EnvironmentVerdict:
        known = self._wholes.get(part.whole)
        if known is None:
            (whole,) = select(discover(part.root), [part.whole])
            known = self._whole(whole)
        return known

    def _whole(self, whole: Environment) -> EnvironmentVerdict:
        """The verdict on all root modules together, which is made once."""
        assert self._resolved is not None
        with self._one_whole:
            if whole.name not in self._wholes:
                with tempfile.TemporaryDirectory(prefix="lockgate-whole-") as scratch:
                    plan = Path(scratch) / "plan.json"
                    self._resolved.plan(whole, plan, lambda _name, _remark: None)
                    roots = plan_document.carried(plan)["roots"]
                    self._orders[whole.name] = tuple(roots.values())
                    self._wholes[whole.name] = self.judge(whole, plan)
            return self._wholes[whole.name]

    def _on_record(
        self, verdict: EnvironmentVerdict, entry: dict[str, Any], settings: Settings
    ) -> EnvironmentVerdict:
        """Say how old the recorded look-ups are that a plan was made with; too old is no pass."""
        file = look_ups_file(entry["environment"])
        days = f"{entry['days']} day{'' if entry['days'] == 1 else 's'}"
        told = f"account {entry['account']} answered {days} ago ({file})"
        self._remarks.append(f"{verdict.environment} is judged on what {told}")
        most = settings.recorded_look_ups_maximum_days
        if entry["days"] <= most:
            return verdict
        problem = (
            f"it rests on what {told}, and recorded_look_ups_maximum_days is {most}: run `lockgate "
            f"record {entry['environment']} --target aws`, and commit the file"
        )
        return replace(verdict, problems=(*verdict.problems, problem))

    def recorded_of(self, environment: Environment) -> Recorded | None:
        """The look-ups that are recorded of an environment where it is judged by. UsageError."""
        directory = self._judging.get(environment.root, environment.root)
        return read_recorded(directory, environment.name, datetime.now(UTC))

    def settings_of(self, environment: Environment) -> Settings:
        """The settings that an environment is judged by."""
        return settings_for(self._settings[environment.root], environment.name)

    def notes(self, verdicts: Sequence[EnvironmentVerdict]) -> tuple[str, ...]:
        """What is to be said of the waivers, after these verdicts."""
        notes: dict[str, None] = dict.fromkeys([*self._base_notes, *self._remarks])
        for waivers in self._waivers.values():
            notes.update(dict.fromkeys([*waivers.notes, *waivers.unused(verdicts)]))
        return tuple(notes)

    def close(self) -> None:
        """End checkov, and what resolves, also in the middle of a judgement."""
        if self._resolved is not None:
            self._resolved.stop()
        self._checkov.close()


@contextmanager
def open_judge(
    environments: Sequence[Environment],
    policies: Path | None = None,
    base: JudgedBy | None = None,
    resolve: Engine | None = None,
) -> Iterator[Judge]:
    """A judge of environments, by Lockgate's own policies if no others are given.

    ``base`` holds what to judge by instead, ``resolve`` is the engine that resolves plans which
    were made against a target. Raises UsageError if settings or waivers are not
    usable, PolicyError if there are no policies.
    """
    judging = base.policies if base else (policies or paths.policies_dir()).resolve()
    catalogue = read_catalogue(judging)
    with Judge(environments, provision.ensure_checkov(), catalogue, base, resolve) as judge:
        yield judge


def check(
    environments: Sequence[Environment], plans: PlanMaker, judge: Judge, say: Say
) -> GateVerdict:
    """Plan and judge the environments side by side. ``say(environment, doing)`` tells progress.

    An environment that cannot be planned does not keep the others from being judged.
    """

    def run(environment: Environment, plan: Path) -> EnvironmentVerdict:
        say(environment.name, "planning")
        try:
            plans.plan(environment, plan, say)
            say(environment.name, "judging")
            verdict = judge.judge(environment, plan)
        except EngineError as error:
            say(environment.name, "could not be planned")
            return EnvironmentVerdict(
                environment.name, engine_error=str(error), directory=environment.inside
            )
        verdict = replace(verdict, directory=environment.inside)
        say(environment.name, "passes" if verdict.passes else "does not pass")
        return verdict

    def stop() -> None:
        plans.stop()
        judge.close()

    verdicts = side_by_side(environments, run, stop)
    return GateVerdict(verdicts, judge.notes(verdicts))
