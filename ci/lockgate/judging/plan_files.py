"""Judges plans that exist already: no engine, no environment, the same rules."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install import provision
from lockgate.judging import judged_plan, judged_records, plan_document
from lockgate.judging.checkov_process import CheckovProcess
from lockgate.judging.environment_check import Catalogue, read_catalogue
from lockgate.judging.foreign_plan import (
    has_aws,
    read_foreign_plan,
    with_known_regions,
    with_provider,
)
from lockgate.judging.joined_plan import as_known, join, join_facts, module_of
from lockgate.judging.plan_sources import PlanSource
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.waivers import Waivers, of_repository
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.judgement import companions, read_plan_file
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.plan_values import as_dict

_NO_AWS = (
    "the plan has no resource and no provider of AWS, so there is nothing in it that Lockgate "
    "could judge: hand over the plans of your AWS root modules only"
)


_SETTINGS = (
    "its plans carry different settings: plan all of them with the same lockgate.yaml, and hand "
    "them over again"
)
_RESOLVED = (
    "some of its plans are resolved and some are not: hand over what `lockgate plan --out` wrote "
    "for all of its root modules, or what `terraform show -json` wrote for all of them"
)


@dataclass(frozen=True)
class _Given:
    """A plan as it was handed over, with what it carries or what stands beside it."""

    source: PlanSource
    environment: str
    document: dict[str, Any]
    carried: dict[str, Any]


@dataclass(frozen=True)
class _Plan:
    """What is judged as one environment, or the problems that keep it from being."""

    environment: str
    file: Path | None = None
    carried: dict[str, Any] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def judge_plan_files(sources: Sequence[PlanSource], policies: Path | None = None) -> GateVerdict:
    """The verdict on plans in JSON, as ``lockgate plan --out`` or ``terraform show -json`` write.

    They are judged by Lockgate's own policies if no others are given. What is no plan fails for
    itself, and does not keep the others from being judged.

    The waivers are those of the repository that the command runs in, if it does. Raises UsageError
    if none is a plan, PolicyError if checkov gives no verdict.
    """
    catalogue = read_catalogue((policies or paths.policies_dir()).resolve())
    today = datetime.now(UTC).date()
    waivers = _waivers(today)
    with tempfile.TemporaryDirectory(prefix="lockgate-") as scratch:
        plans = _read(sources, Path(scratch))
        with CheckovProcess(
            provision.ensure_checkov(), catalogue.policies, list(builtin_checks.ON)
        ) as checkov:
            verdicts = tuple(
                waivers.apply(_judge(plan, checkov, catalogue), today) for plan in plans
            )
    return GateVerdict(verdicts, waivers.notes)


def _waivers(today: date) -> Waivers:
    try:
        root = paths.repository_root()
    except UsageError:
        return Waivers()
    return of_repository(root, load_rules(), today)


def _read(sources: Sequence[PlanSource], scratch: Path) -> list[_Plan]:
    """The environments that some plans are of, each ready to be judged."""
    by_environment: dict[str, list[_Given | _Plan]] = {}
    problems = []
    for number, source in enumerate(sources):
        given: _Given | _Plan
        try:
            given = _given(source, alone=len(sources) == 1)
        except UsageError as error:
            problems.append(str(error))
            given = _Plan(source.environment or source.name, problems=(str(error),))
        # Plans that were given one name are one environment; others are told apart below.
        by_environment.setdefault(source.environment or f"{number}/", []).append(given)
    if len(problems) == len(sources):
        raise UsageError("\n".join(problems))
    plans = []
    for number, group in enumerate(by_environment.values()):
        directory = scratch / str(number)
        directory.mkdir()
        plans.append(_judgeable(group, directory))
    return _distinct(plans, [group[0] for group in by_environment.values()])


def _given(source: PlanSource, *, alone: bool) -> _Given:
    """A plan that was handed over. Raises UsageError if it is none.

    The current directory is taken for a plan's root module only if the plan is ``alone``: it
    cannot be that of several.
    """
    document = read_foreign_plan(source.read(), source.shown)
    beside = [source.path.parent] if source.path else []
    carried = as_dict(document.get("lockgate"))
    if not carried.get("environment"):
        path = source.path or Path(source.name)
        beside_it = companions(path.resolve(), [*beside, Path.cwd()] if alone else beside)
        if not beside_it.get("hcl"):
            beside_it["environment"] = source.name
        carried = {**beside_it, **carried}
    if source.environment:
        carried = {**carried, "environment": source.environment}
    return _Given(source, str(carried["environment"]), document, carried)


def _judgeable(group: Sequence[_Given | _Plan], scratch: Path) -> _Plan:
    """The plans of one environment as the rules need them: one file, where they are not so."""
    environment = group[0].environment
    if refused := [
        problem for plan in group if isinstance(plan, _Plan) for problem in plan.problems
    ]:
        return _Plan(environment, problems=tuple(refused))
    plans = [plan for plan in group if isinstance(plan, _Given)]
    if not any(has_aws(plan.document) for plan in plans):
        return _Plan(environment, problems=(_NO_AWS,))
    if len(plans) > 1:
        return _joined(environment, plans, scratch)
    (plan,) = plans
    asked = with_provider(plan.document)
    if asked is plan.document and plan.carried == asked.get("lockgate") and plan.source.path:
        return _Plan(environment, plan.source.path, plan.carried)
    copy = scratch / (plan.source.path.name if plan.source.path else "plan.json")
    copy.write_text(_carrying(asked, plan.carried), "utf-8")
    return _Plan(environment, copy, plan.carried)


def _joined(environment: str, plans: Sequence[_Given], scratch: Path) -> _Plan:
    """The plans of an environment's root modules, as the one architecture that they are."""
    if len({bool(as_dict(plan.carried.get("resolved"))) for plan in plans}) > 1:
        return _Plan(environment, problems=(_RESOLVED,))
    settings = [plan.carried.get("settings") for plan in plans]
    if any(one != settings[0] for one in settings):
        return _Plan(environment, problems=(_SETTINGS,))
    roots: dict[str, _Given] = {}
    modules: set[str] = set()
    for plan in plans:
        root = f"{environment}/{plan.source.name}"
        if module_of(root) in modules:
            root = f"{root}-{len(modules) + 1}"
        modules.add(module_of(root))
        roots[root] = plan
    document = join({root: with_known_regions(plan.document) for root, plan in roots.items()})
    if not plans[0].carried.get("resolved"):
        document["lockgate"].pop("resolved", None)
    facts = {
        root: {"modules": as_dict(as_dict(plan.carried.get("hcl")).get("modules"))}
        for root, plan in roots.items()
    }
    carried = {
        **document["lockgate"],
        "environment": environment,
        "settings": settings[0],
        "hcl": join_facts(facts, {root: plan.source.name for root, plan in roots.items()}),
    }
    file = scratch / f"{environment}.json"
    file.write_text(_carrying(with_provider(document), carried), "utf-8")
    return _Plan(environment, file, carried, tuple(roots))


def _carrying(document: dict[str, Any], carried: dict[str, Any]) -> str:
    """The text of a plan that carries something: at its beginning, where it is looked for."""
    rest = {key: value for key, value in document.items() if key != "lockgate"}
    return json.dumps({"lockgate": carried, **rest})


def _distinct(plans: Sequence[_Plan], first: Sequence[_Given | _Plan]) -> list[_Plan]:
    """The environments with names of their own: reports tell them apart by nothing else."""
    counts = Counter(plan.environment for plan in plans)
    return [
        replace(plan, environment=f"{plan.environment} ({given.source.shown})")
        if counts[plan.environment] > 1 and isinstance(given, _Given)
        else plan
        for plan, given in zip(plans, first, strict=True)
    ]


def _judge(plan: _Plan, checkov: CheckovProcess, catalogue: Catalogue) -> EnvironmentVerdict:
    if plan.file is None:
        return EnvironmentVerdict(plan.environment, problems=plan.problems)
    checks = [*catalogue.checks, *builtin_checks.ON]
    answer = checkov.judge(plan.file.resolve(), checks)
    verdict = judged_records.environment_verdict(
        plan.environment,
        catalogue.checks,
        tuple(builtin_checks.ON),
        catalogue.rules,
        answer,
        HclFacts.from_document({"lockgate": plan.carried}),
    )
    architecture = read_plan_file(plan.file.resolve())
    if isinstance(architecture, str):  # every rule has said so
        verdict = replace(verdict, provider=plan_document.provider(plan.carried))
    else:
        verdict = judged_plan.completed(verdict, plan.file, architecture, with_losses=False)
    return as_known(verdict, plan.roots) if plan.roots else verdict
