"""Waivers cover what they name until their last day, and nothing when anything is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate.verdict.waivers import parse_waivers, read_waivers
from lockgate_policies.catalogue.finding import Verdict

TODAY = date(2026, 11, 24)
ADDRESS = 'module.net["a"].aws_subnet.public["us-east-1a"]'


def _text(**changes: str) -> str:
    entry = {
        "rule": "LG_LB_4",
        "address": "module.net*",
        "environment": "dev",
        "reason": "logs come with the new bucket",
        "owner": "sre@example.com",
        "expires": "2026-11-30",
        **changes,
    }
    lines = "".join(f"    {key}: {value}\n" for key, value in entry.items())
    return f"version: 1\nwaivers:\n  -\n{lines}"


def _verdict(
    address: str = ADDRESS, verdict: Verdict = Verdict.FAIL, environment: str = "dev"
) -> EnvironmentVerdict:
    finding = EnvironmentFinding(
        environment, "LG_LB_4", "title", verdict, address, "", "message", "fix"
    )
    return EnvironmentVerdict(environment, (finding,))


def _apply(text: str, verdict: EnvironmentVerdict, today: date = TODAY) -> EnvironmentVerdict:
    return parse_waivers(text, {"LG_LB_4"}, set(), today).apply(verdict, today)


@pytest.mark.parametrize(
    ("pattern", "address", "covered"),
    [
        (ADDRESS, ADDRESS, True),
        ("'*'", ADDRESS, True),
        ("'module.net[*].aws_subnet.public[*]'", ADDRESS, True),
        ("module.net", ADDRESS, False),
        ("environment", "", True),
        ("environment", ADDRESS, False),
        ("'*'", "", True),
    ],
)
def test_an_address_may_hold_stars(pattern: str, address: str, covered: bool) -> None:
    quoted = pattern if pattern.startswith("'") else f"'{pattern}'"
    judged = _apply(_text(address=quoted), _verdict(address))
    assert (judged.blocking == ()) is covered
    assert judged.passes is covered


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    last = date(2026, 11, 30)
    assert _apply(_text(), _verdict(), last).passes
    (waived,) = _apply(_text(), _verdict(), last).waived
    assert waived.waived is not None
    assert waived.waived.days_left == 0
    day_after = last + timedelta(days=1)
    assert not _apply(_text(), _verdict(), day_after).passes
    (note,) = parse_waivers(_text(), {"LG_LB_4"}, set(), day_after).notes
    assert note == (
        "waivers.yaml:4: the waiver of LG_LB_4 for module.net* (sre@example.com) expired on "
        "2026-11-30; it waives nothing"
    )


def test_unknown_can_be_waived_too() -> None:
    assert _apply(_text(), _verdict(verdict=Verdict.UNKNOWN)).passes


def test_another_environment_is_not_covered() -> None:
    assert not _apply(_text(), _verdict(environment="prod")).passes
    assert _apply(_text(environment="'*'"), _verdict(environment="prod")).passes


def test_a_problem_is_never_waived() -> None:
    broken = EnvironmentVerdict("dev", _verdict().findings, ("LG_X_1 did not report",))
    assert not _apply(_text(), broken).passes


def test_one_waived_finding_leaves_the_others_of_its_rule() -> None:
    both = EnvironmentVerdict("dev", (*_verdict().findings, *_verdict("aws_lb.x").findings))
    judged = _apply(_text(), both)
    assert [finding.address for finding in judged.blocking] == ["aws_lb.x"]
    assert judged.rules == {"LG_LB_4": Verdict.FAIL}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("waivers: [", "waivers.yaml:1: not valid YAML, so nothing is waived"),
        ("[]", "waivers.yaml:1: must hold the keys version and waivers"),
        ("waivers: 3", "waivers.yaml:1: must hold the keys version and waivers"),
        ("rules: []", "waivers.yaml:1: must hold the keys version and waivers"),
        ("waivers: [3]", "waivers.yaml:1: a waiver is a mapping of keys"),
        (_text(until="x"), "waivers.yaml:4: unknown key 'until', known are rule, address"),
        (_text(expires="soon"), "expires must be a date such as 2026-12-31, not 'soon'"),
        (_text(expires="2026-13-01"), "expires must be a date such as 2026-12-31"),
        (_text(expires="7"), "expires must be a date such as 2026-12-31"),
        (_text(expires="2026-11-30 10:00:00"), "expires must be a date such as 2026-12-31"),
        (_text(reason="''"), "reason is missing or no text"),
        (_text(owner=""), "owner is missing or no text"),
        (_text(rule="LG_LB_99"), "there is no rule 'LG_LB_99'"),
    ],
)
def test_a_malformed_waiver_waives_nothing_and_says_so(text: str, note: str) -> None:
    waivers = parse_waivers(text, {"LG_LB_4"}, set(), TODAY)
    assert waivers.usable == ()
    assert note in waivers.notes[0]
    assert "waive" in waivers.notes[0]


def test_one_malformed_waiver_leaves_the_others() -> None:
    text = _text() + "  - {rule: LG_LB_4}\n"
    waivers = parse_waivers(text, {"LG_LB_4"}, set(), TODAY)
    assert len(waivers.usable) == 1
    assert waivers.notes == (
        "waivers.yaml:10: expires must be a date such as 2026-12-31, not ''; it waives nothing",
    )


def test_a_rule_that_cannot_be_waived_is_not() -> None:
    waivers = parse_waivers(_text(), {"LG_LB_4"}, {"LG_LB_4"}, TODAY)
    assert not waivers.apply(_verdict(), TODAY).passes
    assert "LG_LB_4 cannot be waived" in waivers.notes[0]


def test_a_waiver_that_covers_nothing_is_reported_for_the_environments_judged() -> None:
    waivers = parse_waivers(_text(), {"LG_LB_4"}, set(), TODAY)
    passing = _verdict(verdict=Verdict.PASS)
    assert waivers.unused([passing]) == [
        "waivers.yaml:4: the waiver of LG_LB_4 for module.net* in dev covers nothing: remove it"
    ]
    assert waivers.unused([_verdict()]) == []
    assert waivers.unused([_verdict(environment="prod", verdict=Verdict.PASS)]) == []


def test_notes_do_not_change_the_verdict() -> None:
    passing = _verdict(verdict=Verdict.PASS)
    assert GateVerdict((passing,), ("waivers.yaml:3: unused",)).exit_code == 0


def test_no_file_waives_nothing(tmp_path: Path) -> None:
    assert read_waivers(tmp_path, set(), set(), TODAY).usable == ()
    (tmp_path / "waivers.yaml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in read_waivers(tmp_path, set(), set(), TODAY).notes[0]


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_stop(text: str) -> None:
    assert parse_waivers(text, {"LG_LB_4"}, set(), TODAY).usable == ()


def test_a_file_nested_too_deeply_waives_nothing_and_says_so() -> None:
    waivers = parse_waivers("[" * 5000, {"LG_LB_4"}, set(), TODAY)
    assert waivers.usable == ()
    assert "not valid YAML, so nothing is waived" in waivers.notes[0]
