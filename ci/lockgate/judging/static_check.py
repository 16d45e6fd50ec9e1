"""Judges what the HCL alone decides: no engine, no plan, no checkov; for editors and hooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lockgate.base.errors import EngineError
from lockgate.engine.dialect import configured_dialect
from lockgate.judging.environment_facts import environment_facts
from lockgate.judging.judged_records import location_of
from lockgate.repository.environments import Environment
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate.verdict.waivers import of_repository
from lockgate_policies.catalogue.finding import Finding, Verdict
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import RuleFile
from lockgate_policies.model.architecture import Architecture
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.hcl_reader import HclError
from lockgate_policies.model.hcl_skeleton import skeleton


def check_static(environments: Sequence[Environment], rules: Sequence[RuleFile]) -> GateVerdict:
    """The verdict of the rules that need no plan, with the repository's waivers.

    Where a rule's answer hangs on a ``count`` or ``for_each``, it has none: only a plan can tell.
    HCL that does not parse keeps its environment from being judged.
    """
    today = datetime.now(UTC).date()
    waivers = {
        environment.root: of_repository(environment.root, rules, today)
        for environment in environments
    }
    verdicts = [
        waivers[environment.root].apply(_check_environment(environment, rules), today)
        for environment in environments
    ]
    notes = [note for waiver in waivers.values() for note in waiver.notes]
    return GateVerdict(tuple(verdicts), tuple(dict.fromkeys(notes)))


def _check_environment(environment: Environment, rules: Sequence[RuleFile]) -> EnvironmentVerdict:
    try:
        read = environment_facts(environment, configured_dialect(environment))
    except (HclError, EngineError) as error:
        return EnvironmentVerdict(
            environment.name, engine_error=str(error), directory=environment.inside
        )
    facts = HclFacts.from_document({"lockgate": {"hcl": read}})
    verdict = judge_facts(environment.name, facts, rules)
    return replace(verdict, directory=environment.inside)


def judge_facts(name: str, facts: HclFacts, rules: Sequence[RuleFile]) -> EnvironmentVerdict:
    """Judge the static rules among ``rules`` on an environment's HCL facts."""
    possible = Architecture(skeleton(facts, certain=False), facts, environment=name)
    certain = Architecture(skeleton(facts, certain=True), facts, environment=name)
    findings: list[EnvironmentFinding] = []
    problems: list[str] = []
    for file in rules:
        if file.rule is None:
            problems.append(f"the policy {file.path.name} could not be loaded: {file.error}")
            continue
        if not file.rule.static:
            continue
        judged = judge(file, possible).findings
        if _worst(judged) is not _worst(judge(file, certain).findings):
            continue
        findings += [
            EnvironmentFinding(
                environment=name,
                rule=file.id,
                title=file.rule.title,
                verdict=finding.verdict,
                address=finding.address,
                location=location_of(finding.address, facts),
                message=finding.message,
                fix=file.rule.fix,
            )
            for finding in judged
        ]
    return EnvironmentVerdict(name, tuple(findings), tuple(problems))


def needing_a_plan(verdict: EnvironmentVerdict, rules: Sequence[RuleFile]) -> list[str]:
    """The rules that this verdict says nothing about."""
    return [file.id for file in rules if file.id not in verdict.rules]


def _worst(findings: Sequence[Finding]) -> Verdict:
    order = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]
    return max((f.verdict for f in findings), key=order.index, default=Verdict.NOT_APPLICABLE)
