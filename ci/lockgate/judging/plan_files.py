"""Judges plan files that exist already: no engine, no environment, the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install import provision
from lockgate.judging import judged_records, plan_document
from lockgate.judging.checkov_process import CheckovProcess
from lockgate.judging.environment_check import Catalogue, read_catalogue
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict
from lockgate.verdict.waivers import Waivers, of_repository
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.plan_values import as_dict


def judge_plan_files(plans: Sequence[Path], policies: Path | None = None) -> GateVerdict:
    """The verdict on plans in JSON, as ``lockgate plan --out`` or ``terraform show -json`` write.

    They are judged by Lockgate's own policies if no others are given.

    The waivers are those of the repository that the command runs in, if it does. Raises UsageError
    for a file that is no JSON object, PolicyError if checkov gives no verdict.
    """
    catalogue = read_catalogue((policies or paths.policies_dir()).resolve())
    today = datetime.now(UTC).date()
    waivers = _waivers(today)
    with CheckovProcess(provision.ensure_checkov(), catalogue.policies) as checkov:
        verdicts = tuple(waivers.apply(_judge(plan, checkov, catalogue), today) for plan in plans)
    return GateVerdict(verdicts, waivers.notes)


def _waivers(today: date) -> Waivers:
    try:
        root = paths.repository_root()
    except UsageError:
        return Waivers()
    return of_repository(root, load_rules(), today)


def _judge(plan: Path, checkov: CheckovProcess, catalogue: Catalogue) -> EnvironmentVerdict:
    carried = plan_document.carried(plan)
    checks = [*catalogue.checks, *builtin_checks.ON]
    answer = checkov.judge(plan.resolve(), checks)
    verdict = judged_records.environment_verdict(
        str(carried.get("environment") or plan.stem),
        catalogue.checks,
        tuple(builtin_checks.ON),
        catalogue.rules,
        answer,
        HclFacts(as_dict(as_dict(carried.get("hcl")).get("modules"))),
    )
    return replace(verdict, provider=plan_document.provider(carried))
