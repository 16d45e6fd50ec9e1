"""What a resolved plan tells can only be believed: without it, no verdict becomes better.

A made-up value stands in no resolved plan; what is known of it (where it comes from, whose region
it has, that it was only looked up) is taken away here, at random, from plans that the real engine
made. The recorded plans are plain ones, to which the origins that their names tell are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge_for_strategy
from lockgate_policies.model.architecture import Architecture, read_architecture
from lockgate_policies.model.plan_tree import Resource
from lockgate_policies.model.plan_values import UNKNOWN, Value
from lockgate_policies.model.settings import parse_settings
from tests.policies.mutation.killing import load_subjects, rule_files
from tests.policies.mutation.recording import ENVIRONMENT, Subject

Document = dict[str, Any]
SUBJECTS = load_subjects()
MUTANTS = [subject for subject in SUBJECTS if subject.mutant is not None]
_LISTS = ("subnets", "security_groups", "target_group_arns", "vpc_zone_identifier", "subnet_ids")


def _leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, value


def _origins(plan: Architecture, resource: Resource) -> Iterator[tuple[str, list[Document]]]:
    """The origins of what is unknown in a resource and given to it, as far as names are exact."""
    for path, value in _leaves(resource.values):
        if value is not UNKNOWN or resource.expression(path) is None:
            continue
        found = plan.targets(resource, path)
        entries = [
            {"address": address, "attribute": "id", "whole": True} for address in found.addresses
        ]
        if path in _LISTS:
            yield from ((f"{path}.{index}", [entry]) for index, entry in enumerate(entries))
        elif entries:
            yield path, entries


@lru_cache(maxsize=8)
def _resolved(subject: Subject) -> Document:
    """A recorded plan, and the resolved section that it would have."""
    document = subject.load()
    plan = read_architecture(document)
    regions = {r.address: plan.region(r) for r in plan.tree.resources}
    section = {
        "version": 1,
        "regions": {
            address: region for address, region in regions.items() if region is not UNKNOWN
        },
        "references": {r.address: dict(_origins(plan, r)) for r in plan.tree.resources},
        "looked_up": {},
    }
    return {**document, "lockgate": {**document["lockgate"], "resolved": section}}


def _blocking(document: Document) -> set[str]:
    """The rules that say no."""
    own = parse_settings(document["lockgate"]["settings"], ENVIRONMENT)
    architecture = read_architecture(document, own, ENVIRONMENT)
    return {
        name
        for name, file in rule_files().items()
        if any(f.verdict.blocks for f in judge_for_strategy(file, architecture).findings)
    }


def _knowing(document: Document, **changed: Any) -> Document:
    carried = document["lockgate"]
    return {
        **document,
        "lockgate": {**carried, "resolved": {**carried["resolved"], **changed}},
    }


def _cannot_be_waived(rules: set[str]) -> bool:
    return any(not rule.waivable for name in rules if (rule := rule_files()[name].rule) is not None)


@pytest.mark.parametrize("subject", MUTANTS[::3], ids=lambda subject: subject.slug)
def test_a_fault_is_found_in_a_resolved_plan_too(subject: Subject) -> None:
    assert subject.mutant is not None
    document = _resolved(subject)
    own = parse_settings(document["lockgate"]["settings"], ENVIRONMENT)
    found = judge_for_strategy(
        rule_files()[subject.mutant.rule], read_architecture(document, own, ENVIRONMENT)
    ).findings
    wanted = Verdict.UNKNOWN if subject.mutant.undecidable else Verdict.FAIL
    assert any(f.verdict is wanted for f in found), [f.message for f in found if f.verdict.blocks]


def test_the_correct_environment_breaks_no_rule_in_a_resolved_plan() -> None:
    assert _blocking(_resolved(Subject())) == set()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(MUTANTS), st.data())
def test_who_knows_less_lets_nothing_pass(subject: Subject, data: st.DataObject) -> None:
    """A rule that no longer sees its subject is silent only where one that cannot be waived is not.

    Which load balancer stands behind a name, say: that it is not known, LG_FAILOVER_2 says once
    for all the rules about it.
    """
    full = _resolved(subject)
    section = full["lockgate"]["resolved"]
    lost = data.draw(st.randoms(use_true_random=False))
    share = data.draw(st.sampled_from([0.1, 0.5, 1.0]))
    fewer = {
        address: {path: origins for path, origins in own.items() if lost.random() >= share}
        for address, own in section["references"].items()
    }
    regions = section["regions"] if data.draw(st.booleans()) else {}
    before = _blocking(full)
    after = _blocking(_knowing(full, references=fewer, regions=regions))
    assert after, "the gate opened"
    assert before <= after or _cannot_be_waived(after), before - after


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(MUTANTS), st.data())
def test_what_is_looked_up_decides_nothing_that_it_did_not_before(
    subject: Subject, data: st.DataObject
) -> None:
    full = _resolved(subject)
    read = [r.address for r in read_architecture(full).tree.data]
    marked = data.draw(st.sets(st.sampled_from(read)) if read else st.just(set()))
    marks = {"id": True, "json": True, "name": True, "names": True, "region": True}
    after = _blocking(_knowing(full, looked_up=dict.fromkeys(marked, marks)))
    assert after >= _blocking(full) or _cannot_be_waived(after)
