"""What is said about the rules is true: the page, the list and the explanation."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.commands.explain import command as explain
from lockgate.commands.policies import command as policies
from lockgate.judging import policy_pages
from lockgate_policies.catalogue import builtin_checks


def test_the_page_about_the_policies_is_true() -> None:
    page = paths.repository_root() / "docs" / "policies.md"
    assert page.read_text() == policy_pages.markdown(), (
        "write it again: lockgate policies --markdown > docs/policies.md"
    )


def test_the_list_holds_every_rule_and_can_be_cut_to_a_family() -> None:
    result = CliRunner().invoke(policies, ["--json"])
    ids = [rule["id"] for rule in json.loads(result.output)]
    assert len(ids) == len(set(ids)) >= 40
    result = CliRunner().invoke(policies, ["--family", "state"])
    lines = result.output.strip().splitlines()
    assert [line.split()[0] for line in lines if line.startswith("LG_")] == [
        f"LG_STATE_{number}" for number in range(1, 5)
    ]


def test_an_explanation_tells_why_how_and_from_where() -> None:
    result = CliRunner().invoke(explain, ["lg_failover_9"])
    assert result.exit_code == 0
    for part in ("LG_FAILOVER_9", "Why: ", "Fix: ", "request_interval", "Source: https://"):
        assert part in result.output


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("LG_FAILOVER_99", "Did you mean LG_FAILOVER_9"),
        ("nonsense", "`lockgate policies` lists them"),
        ("CKV_AWS_79", "a check of checkov's own, which runs beside the rules"),
        ("CKV_AWS_130", "does not run: A public subnet may give public addresses"),
    ],
)
def test_what_is_no_rule_is_answered_with_the_way_on(asked: str, answer: str) -> None:
    with pytest.raises(UsageError, match=answer):
        policy_pages.find(asked)


def test_an_unknown_family_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="Known are: region, failover, subnet"):
        policy_pages.rules("network")


def test_no_check_of_checkovs_own_is_on_and_off() -> None:
    assert not set(builtin_checks.ON) & set(builtin_checks.OFF)
