"""Every fault that is put into a correct environment is found by the rule that is for it.

Judged on recorded plans; ``make mutation`` plans what changed and compares with stock checkov.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.judging.static_check import judge_facts
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge_for_strategy
from lockgate_policies.catalogue.strategies import why_not_asked
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.settings import parse_settings
from lockgate_policies.model.strategy import Strategy
from tests.policies.mutation.killing import (
    architecture_of,
    blocked,
    findings,
    kills,
    load_subjects,
    rule_files,
)
from tests.policies.mutation.mutants import MUTANTS, SUPPORT
from tests.policies.mutation.recording import ENVIRONMENT, FaultError, Subject, kept_plans
from tests.policies.mutation.variants import VARIANTS
from tests.policies.recorded_plans import KINDS

_SUBJECTS = load_subjects()
_VARIANTS = [subject for subject in _SUBJECTS if subject.variant is not None]
_MUTANTS = [subject for subject in _SUBJECTS if subject.mutant is not None]
# Its rules belong to other strategies, and are shown by their cases.
_NOT_ASKED = {name for name in rule_files() if why_not_asked(Strategy.ACTIVE_PASSIVE, name)}


def test_the_recorded_plans_are_of_today() -> None:
    stale = [subject.slug for subject in _SUBJECTS if not subject.current]
    assert stale == [], "run `scripts/mutation.py --record` with the checkout's Python"
    for kind in KINDS:
        assert set(kept_plans(kind)) == {each.name for each in _SUBJECTS if each.kind == kind}


@pytest.mark.parametrize("kind", KINDS)
def test_the_correct_environment_breaks_no_rule_and_is_judged_by_every_family(kind: str) -> None:
    reference = architecture_of(Subject(kind=kind))
    judged = {
        name: judge_for_strategy(file, reference).findings for name, file in rule_files().items()
    }
    blocking = [f for found in judged.values() for f in found if f.verdict.blocks]
    assert blocking == []
    silent = {name for name, found in judged.items() if not found}
    # Its failover records are aliases, no health check sums up others, and no subnet of it hands
    # out public addresses.
    assert silent == {"LG_FAILOVER_10", "LG_FAILOVER_14", "LG_SUBNET_5", *_NOT_ASKED}


@pytest.mark.parametrize("subject", _MUTANTS, ids=lambda subject: subject.slug)
def test_a_fault_is_found_by_its_rule_and_named(subject: Subject) -> None:
    assert subject.mutant is not None
    assert kills(subject), [
        f"{finding.verdict.value} {finding.address}: {finding.message}"
        for finding in findings(subject, subject.mutant.rule)
    ]


@pytest.mark.parametrize("subject", _VARIANTS, ids=lambda subject: subject.slug)
def test_another_way_to_write_it_breaks_no_rule(subject: Subject) -> None:
    assert blocked(subject) == []


def test_a_region_argument_decides_as_provider_6_has_it() -> None:
    """Provider 6 gives resources a ``region`` of their own: one provider serves both regions.

    The engine here has 3.39, so the plan is the reference's with that argument put in, and every
    resource handed to the default provider.
    """
    document = json.loads(json.dumps(Subject().load()))
    settings = parse_settings(document["lockgate"]["settings"], ENVIRONMENT)
    before = architecture_of(Subject())
    regions = {r.address: before.region(r) for r in before.tree.resources}

    def convert(module: dict[str, Any]) -> None:
        for resource in module.get("resources", []):
            resource["values"]["region"] = regions[resource["address"]]
        for child in module.get("child_modules", []):
            convert(child)

    convert(document["planned_values"]["root_module"])
    for change in document["resource_changes"]:
        unknown = change["change"].get("after_unknown")
        if isinstance(unknown, dict):
            unknown.pop("region", None)  # buckets tell their region only after the apply, in 3.39
    text = json.dumps(document["configuration"]["root_module"])
    one = text.replace('"provider_config_key": "aws.secondary"', '"provider_config_key": "aws"')
    document["configuration"]["root_module"] = json.loads(one)
    del document["configuration"]["provider_config"]["aws.secondary"]
    after = read_architecture(document, settings, ENVIRONMENT)
    assert {r.address: after.region(r) for r in after.tree.resources} == regions
    blocking = [
        finding
        for file in rule_files().values()
        for finding in judge_for_strategy(file, after).findings
        if finding.verdict.blocks
    ]
    assert blocking == []


@pytest.mark.parametrize("subject", _SUBJECTS, ids=lambda subject: subject.slug)
def test_static_never_contradicts_the_plan(subject: Subject) -> None:
    architecture = architecture_of(subject)
    static = judge_facts(ENVIRONMENT, architecture.facts, list(rule_files().values()))
    order = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]
    for rule, verdict in static.rules.items():
        planned = [
            finding.verdict
            for finding in judge_for_strategy(rule_files()[rule], architecture).findings
        ]
        assert verdict is max(planned, key=order.index, default=Verdict.NOT_APPLICABLE), rule


def test_there_are_enough_variants() -> None:
    assert len(VARIANTS) >= 15


def test_there_are_enough_faults_for_every_family_and_every_rule() -> None:
    assert len(MUTANTS) >= 80
    # What LG_REGION_10 judges is a whole environment, and no fault in a correct one.
    assert {mutant.rule for mutant in MUTANTS} == set(rule_files()) - _NOT_ASKED - {"LG_REGION_10"}
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


def test_the_page_tells_of_as_many_faults_as_there_are() -> None:
    root = paths.repository_root(Path(__file__))
    page = (root / "docs" / "mutation.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    counted = Counter(mutant.family for mutant in MUTANTS)
    expected = {**counted, "all": counted.total()}
    assert {family: int(mutants) for family, mutants, _, _ in rows} == expected, (
        "`make mutation` prints the table"
    )
    *families, everything = ([int(each) for each in row[1:]] for row in rows)
    assert everything == [sum(column) for column in zip(*families, strict=True)]
    # Each of them is killed, which the tests above show.
    assert all(ours == mutants for mutants, ours, _ in families)
    front = " ".join((root / "README.md").read_text().split())
    assert f"of {everything[0]} faults put into" in front
    assert f"on the same plans finds {everything[2]} " in front
