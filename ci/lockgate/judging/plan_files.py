"""Judges plans that exist already: no engine, no environment, the same rules."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install import provision
from lockgate.judging import judged_plan, judged_records, plan_document
from lockgate.judging.checkov_process import CheckovProcess
from lockgate.judging.environment_check import Catalogue, read_catalogue
from lockgate.judging.foreign_plan import has_aws, read_foreign_plan, with_provider
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


@dataclass(frozen=True)
class _Plan:
    """A plan that can be judged, or the problem that keeps it from being."""

    environment: str
    file: Path | None = None
    carried: dict[str, Any] | None = None
    problem: str = ""


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
    plans, problems = [], []
    for number, source in enumerate(sources):
        try:
            directory = scratch / str(number)
            plans.append(_judgeable(source, directory, alone=len(sources) == 1))
        except UsageError as error:
            problems.append(str(error))
            plans.append(_Plan(source.environment or source.name, problem=str(error)))
    if len(problems) == len(plans):
        raise UsageError("\n".join(problems))
    return _distinct(plans, sources)


def _distinct(plans: Sequence[_Plan], sources: Sequence[PlanSource]) -> list[_Plan]:
    """The plans with names of their own, as reports tell environments apart by nothing else."""
    counts = Counter(plan.environment for plan in plans)
    return [
        replace(plan, environment=f"{plan.environment} ({source.shown})")
        if counts[plan.environment] > 1
        else plan
        for plan, source in zip(plans, sources, strict=True)
    ]


def _judgeable(source: PlanSource, scratch: Path, *, alone: bool) -> _Plan:
    """A plan as checkov and the rules need it: a copy, where the file is not so itself.

    The current directory is taken for a plan's root module only if the plan is ``alone``: it
    cannot be that of several.
    """
    document = read_foreign_plan(source.read(), source.shown)
    beside = [source.path.parent] if source.path else []
    carried = as_dict(document.get("lockgate"))
    ready = bool(carried) and not source.environment
    if not carried:
        path = source.path or Path(source.name)
        carried = companions(path.resolve(), [*beside, Path.cwd()] if alone else beside)
        if not carried.get("hcl"):
            carried["environment"] = source.name
    if source.environment:
        carried = {**carried, "environment": source.environment}
    environment = str(carried.get("environment") or source.name)
    if not has_aws(document):
        return _Plan(environment, problem=_NO_AWS)
    asked = with_provider(document)
    if ready and asked is document and source.path:
        return _Plan(environment, source.path, carried)
    scratch.mkdir()
    copy = scratch / (source.path.name if source.path else "plan.json")
    copy.write_text(json.dumps({**asked, "lockgate": carried}), "utf-8")
    return _Plan(environment, copy, carried)


def _judge(plan: _Plan, checkov: CheckovProcess, catalogue: Catalogue) -> EnvironmentVerdict:
    if plan.file is None:
        return EnvironmentVerdict(plan.environment, problems=(plan.problem,))
    carried = plan.carried or {}
    checks = [*catalogue.checks, *builtin_checks.ON]
    answer = checkov.judge(plan.file.resolve(), checks)
    verdict = judged_records.environment_verdict(
        plan.environment,
        catalogue.checks,
        tuple(builtin_checks.ON),
        catalogue.rules,
        answer,
        HclFacts(as_dict(as_dict(carried.get("hcl")).get("modules"))),
    )
    architecture = read_plan_file(plan.file.resolve())
    if isinstance(architecture, str):  # every rule has said so
        return replace(verdict, provider=plan_document.provider(carried))
    return judged_plan.completed(verdict, plan.file, architecture, with_losses=False)
