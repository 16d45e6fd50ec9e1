"""Checks environments: plan side by side, judge every plan in one warm checkov."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from lockgate import judged_records, plan_document
from lockgate.checkov_process import CheckovProcess
from lockgate.engine import Engine
from lockgate.environments import Environment
from lockgate.errors import EngineError, PolicyError
from lockgate.planning import plan_environment
from lockgate.policies.catalogue.rule import Rule
from lockgate.policies.catalogue.rule_files import load_rules, rule_id, rule_paths
from lockgate.policies.model.hcl_facts import HclFacts
from lockgate.policies.model.hcl_reader import HclError, read_facts
from lockgate.settings import read_settings_document, settings_for
from lockgate.target import Target
from lockgate.verdict import EnvironmentVerdict, GateVerdict

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Catalogue:
    """The checks that must report, and the rules behind those that are Lockgate's own."""

    policies: Path
    checks: tuple[str, ...]
    rules: dict[str, Rule]


def read_catalogue(policies: Path) -> Catalogue:
    """What a policies directory promises by its file names.

    Raises PolicyError when it promises nothing: no policies is not a pass.
    """
    checks = tuple(rule_id(path) for path in rule_paths(policies / "rules"))
    if not checks:
        raise PolicyError(f"{policies} holds no policy (rules/<family>/lg_<family>_<n>.py)")
    rules = {file.id: file.rule for file in load_rules() if file.rule is not None}
    return Catalogue(policies, checks, rules)


def check(
    environments: Sequence[Environment],
    target: Target,
    engine: Engine,
    checkov_python: Path,
    catalogue: Catalogue,
    say: Say,
) -> GateVerdict:
    """Plan and judge the environments. ``say(environment, doing)`` tells the progress.

    Raises UsageError for settings that are not usable; an environment that cannot be planned does
    not keep the others from being judged.
    """
    documents = {each.root: read_settings_document(each.root) for each in environments}
    for each in environments:
        settings_for(documents[each.root], each.name)
    verdicts: dict[str, EnvironmentVerdict] = {}
    with (
        CheckovProcess(checkov_python, catalogue.policies) as checkov,
        tempfile.TemporaryDirectory(prefix="lockgate-plans-") as scratch,
        ThreadPoolExecutor(max_workers=max(1, min(os.cpu_count() or 1, 4))) as pool,
    ):

        def run(environment: Environment) -> EnvironmentVerdict:
            say(environment.name, "planning")
            plan = Path(scratch) / f"{environment.name}.json"
            try:
                plan_environment(environment, target, engine, plan)
                facts = read_facts(environment.directory, environment.root)
                carried = {
                    "environment": environment.name,
                    "settings": documents[environment.root],
                    "hcl": facts,
                }
                plan_document.attach(plan, carried)
            except EngineError as error:
                say(environment.name, "could not be planned")
                return EnvironmentVerdict(environment.name, engine_error=str(error))
            except HclError as error:
                say(environment.name, "could not be read")
                return EnvironmentVerdict(environment.name, engine_error=str(error))
            say(environment.name, "judging")
            answer = checkov.judge(plan, catalogue.checks)
            verdict = judged_records.environment_verdict(
                environment.name,
                catalogue.checks,
                catalogue.rules,
                answer,
                HclFacts(facts["modules"]),
            )
            say(environment.name, "passes" if verdict.passes else "does not pass")
            return verdict

        futures = {pool.submit(run, environment): environment for environment in environments}
        try:
            for future in as_completed(futures):
                verdicts[futures[future].name] = future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            checkov.close()
            raise
    return GateVerdict(tuple(verdicts[each.name] for each in environments))
