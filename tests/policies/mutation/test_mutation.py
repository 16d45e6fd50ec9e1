"""Every fault that is put into a correct environment is found by the rule that is for it.

Judged on recorded plans; ``make mutation`` plans what changed and compares with stock checkov.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from lockgate.policies.catalogue.judgement import judge
from tests.policies.mutation.killing import (
    architecture_of,
    findings,
    kills,
    load_subjects,
    rule_files,
)
from tests.policies.mutation.mutants import MUTANTS, SUPPORT
from tests.policies.mutation.recording import FaultError, Subject, kept_plans

_SUBJECTS = load_subjects()
_MUTANTS = [subject for subject in _SUBJECTS if subject.mutant is not None]


def test_the_recorded_plans_are_of_today() -> None:
    stale = [subject.slug for subject in _SUBJECTS if not subject.current]
    assert stale == [], "run `scripts/mutation.py --record` with the checkout's Python"
    assert set(kept_plans()) == {subject.slug for subject in _SUBJECTS}


def test_the_correct_environment_breaks_no_rule_and_is_judged_by_every_family() -> None:
    reference = architecture_of(Subject())
    judged = {name: judge(file, reference).findings for name, file in rule_files().items()}
    blocking = [f for found in judged.values() for f in found if f.verdict.blocks]
    assert blocking == []
    silent = {name for name, found in judged.items() if not found}
    # Its failover records are aliases, and no subnet of it hands out public addresses.
    assert silent == {"LG_FAILOVER_10", "LG_SUBNET_5"}


@pytest.mark.parametrize("subject", _MUTANTS, ids=lambda subject: subject.slug)
def test_a_fault_is_found_by_its_rule_and_named(subject: Subject) -> None:
    assert subject.mutant is not None
    assert kills(subject), [
        f"{finding.verdict.value} {finding.address}: {finding.message}"
        for finding in findings(subject, subject.mutant.rule)
    ]


def test_there_are_enough_faults_for_every_family_and_every_rule() -> None:
    assert len(MUTANTS) >= 80
    assert {mutant.rule for mutant in MUTANTS} == set(rule_files())
    assert min(Counter(mutant.family for mutant in MUTANTS).values()) >= 5
    assert len({subject.slug for subject in _SUBJECTS}) == len(_SUBJECTS)
    assert set(SUPPORT) <= {mutant.name for mutant in MUTANTS}


def test_every_fault_changes_the_reference() -> None:
    reference = Subject().sources
    assert all(subject.sources != reference for subject in _MUTANTS)


def test_a_fault_whose_text_is_gone_is_an_error() -> None:
    gone = replace(MUTANTS[0], old="this text stands nowhere")
    with pytest.raises(FaultError, match="stands 0 times"):
        _ = Subject(gone).files
