"""Which rules belong to which strategy, as the table and its page have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.reports.strategy_text import in_short
from lockgate_policies.catalogue.judgement import judge_for_strategy
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.catalogue.strategies import NAMED, NOT_ASKED, why_not_asked
from lockgate_policies.model.settings import SettingsError, parse_settings
from lockgate_policies.model.strategy import Strategy
from lockgate_policies.model.strategy_inference import decide_strategy
from tests.policies.mutation.killing import architecture_of, load_subjects, rule_files
from tests.policies.mutation.recording import Subject
from tests.policies.recorded_plans import RESOLVED

_RULES = [file.id for file in load_rules()]
_PAGE = paths.repository_root(Path(__file__)) / "docs" / "strategies.md"


def test_every_strategy_has_its_row_and_every_row_names_rules_that_there_are() -> None:
    assert set(NOT_ASKED) == set(NAMED) == set(Strategy)
    for rows in NOT_ASKED.values():
        for row in rows:
            # A family that ends in "_" stands for several, any other name for one.
            covered = {name: [r for r in _RULES if r.startswith(name)] for name in row.rules}
            assert all(covered.values()), row.rules
            assert all(name in _RULES or name.endswith("_") for name in row.rules)


def test_every_rule_belongs_to_some_strategy() -> None:
    assert [r for r in _RULES if all(why_not_asked(each, r) for each in Strategy)] == []


def test_the_page_has_the_same_table() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    rows = [
        f"| `{strategy.value}` | {in_short(r for r in _RULES if row.covers(r))} | {row.why} |\n"
        for strategy, entries in NOT_ASKED.items()
        for row in entries
    ]
    assert "".join(rows) in page
    assert all(f"| `{strategy.value}` |" in page for strategy in Strategy)


def test_no_fault_makes_an_environment_be_asked_for_less() -> None:
    """Otherwise who takes the second region away would be judged as having one."""
    less = {
        subject.slug
        # As `lockgate check` plans them; the plain plans of the same faults take as long again.
        for subject in (one for one in load_subjects() if one.kind == RESOLVED)
        if not (decision := decide_strategy(architecture_of(subject))).counts
        or not decision.promises.names
    }
    assert less == set()


def test_a_rule_that_stops_an_inference_is_asked_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stops(_: object) -> None:
        raise ValueError("no strategy")

    monkeypatch.setattr("lockgate_policies.catalogue.judgement.decide_strategy", stops)
    architecture = architecture_of(Subject())
    for name in ("LG_FAILOVER_13", "LG_DATA_6"):
        assert judge_for_strategy(rule_files()[name], architecture).not_asked == ""


def test_another_strategy_is_an_error_that_names_those_that_there_are() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_settings({"environments": {"prod": {"strategy": "hot"}}}, "prod")
    assert str(refused.value).startswith("environments.prod.strategy: 'hot' is no strategy, write ")
    assert "pilot-light" in str(refused.value)
