"""Judges recorded mutants: a fault is found when its own rule fails and names what is wrong."""

from __future__ import annotations

from functools import lru_cache

from lockgate_policies.catalogue.finding import Finding, Verdict
from lockgate_policies.catalogue.judgement import judge_for_strategy
from lockgate_policies.catalogue.rule_files import RuleFile, load_rules
from lockgate_policies.model.architecture import Architecture, read_architecture
from lockgate_policies.model.settings import parse_settings
from tests.policies.mutation.mutants import MUTANTS
from tests.policies.mutation.recording import ENVIRONMENT, Subject
from tests.policies.mutation.variants import VARIANTS
from tests.policies.recorded_plans import KINDS, RESOLVED


def load_subjects() -> list[Subject]:
    """The reference, every mutant and every variant, in every kind of plan."""
    return [
        subject
        for kind in KINDS
        for subject in (
            Subject(kind=kind),
            *(Subject(mutant, kind=kind) for mutant in MUTANTS),
            *(Subject(variant=variant, kind=kind) for variant in VARIANTS),
        )
    ]


@lru_cache(maxsize=1)
def rule_files() -> dict[str, RuleFile]:
    """The rules by ID."""
    return {file.id: file for file in load_rules()}


def architecture_of(subject: Subject) -> Architecture:
    """The architecture of a recorded plan, with the settings it was recorded with."""
    document = subject.load()
    settings = parse_settings(document["lockgate"]["settings"], ENVIRONMENT)
    return read_architecture(document, settings, ENVIRONMENT)


def findings(subject: Subject, rule: str) -> tuple[Finding, ...]:
    """What a rule says of a recorded plan."""
    return judge_for_strategy(rule_files()[rule], architecture_of(subject)).findings


def kills(subject: Subject) -> bool:
    """Tell whether a mutant's own rule fails and names the mutated resource.

    The name stands in the finding's address, or in its message where the finding is on the
    environment. What a resolved plan tells of an undecidable one is to be right there.
    """
    mutant = subject.mutant
    assert mutant is not None
    if mutant.told and subject.kind == RESOLVED:
        return not any(finding.verdict.blocks for finding in findings(subject, mutant.rule))
    blocked = Verdict.UNKNOWN if mutant.undecidable else Verdict.FAIL
    return any(
        finding.verdict is blocked
        and (finding.address == mutant.names or (mutant.names and mutant.names in finding.message))
        for finding in findings(subject, mutant.rule)
    )


def survivors(subjects: list[Subject]) -> list[str]:
    """The mutants that are not killed, and what is found wrong with what is correct."""
    alive = [each.slug for each in subjects if each.mutant is not None and not kills(each)]
    for subject in subjects:
        if subject.mutant is None:
            alive += [f"{subject.slug}: {wrong}" for wrong in blocked(subject)]
    return alive


def blocked(subject: Subject) -> list[str]:
    """What the rules find wrong with something that is correct."""
    architecture = architecture_of(subject)
    return [
        f"{file.id} {finding.verdict.value} {finding.address}: {finding.message}"
        for file in rule_files().values()
        for finding in judge_for_strategy(file, architecture).findings
        if finding.verdict.blocks
    ]
