"""A rule's cases share a base and differ by lines; a slip in their file is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.recorded_plans import KINDS, is_current, keep, recorded, recordings_beside
from tests.policies.rule_cases import Case, CaseError, read_cases, replaced

_FILE = """\
base: |
  resource "aws_lb" "this" {
    name     = "web"
    internal = false

    access_logs {
      bucket = "logs"
    }
  }

files:
  network/vpc.tf: |
    resource "aws_vpc" "this" {}

settings:
  defaults:
    production: true

cases:
  - name: as it stands

  - name: changed
    from: https://example.com/report
    replace:
      - old: internal = false
        new: internal = true
      - old: |
          access_logs {
            bucket = "logs"
          }
        new: ''
    add: |
      resource "aws_lb" "other" {}
    settings: null
    fails: [aws_lb.this, environment]
    unknown: [aws_lb.other]
    message: is internal

  - name: another altogether
    hcl: |
      resource "aws_alb" "this" {}
    files:
      network/vpc.tf: |
        resource "aws_vpc" "that" {}
"""


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    return _read(tmp_path, _FILE)


def _read(place: Path, text: str) -> list[Case]:
    path = place / "LG_LB_1.yaml"
    path.write_text(text)
    return read_cases(path)


def test_a_case_without_a_word_is_the_base_and_passes(cases: list[Case]) -> None:
    case = cases[0]
    assert case.id == "LG_LB_1: as it stands"
    assert case.passes
    assert "internal = false" in case.files["main.tf"]
    assert case.settings == {"defaults": {"production": True}}


def test_a_case_differs_by_what_it_says(cases: list[Case], tmp_path: Path) -> None:
    case = cases[1]
    case.write(tmp_path / "root")
    assert (
        (tmp_path / "root" / "main.tf").read_text()
        == """\
resource "aws_lb" "this" {
  name     = "web"
  internal = true

}

resource "aws_lb" "other" {}
"""
    )
    assert (tmp_path / "root" / "network" / "vpc.tf").is_file()
    assert case.settings is None
    assert case.fails == {"aws_lb.this", ""}
    assert case.unknown == {"aws_lb.other"}
    assert not case.passes
    assert (case.message, case.source) == ("is internal", "https://example.com/report")


def test_a_case_may_share_nothing(cases: list[Case]) -> None:
    assert cases[2].files == {
        "main.tf": 'resource "aws_alb" "this" {}\n',
        "network/vpc.tf": 'resource "aws_vpc" "that" {}\n',
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("- name: as it stands", "- name: changed", "two cases are called 'changed'"),
        ("old: internal = false", "old: internal = no", "changed: what is to be replaced stands 0"),
        ("old: internal = false", "old: ''", "changed: what is to be replaced stands 0 times"),
        ("    unknown:", "    unkown:", "unkown"),
        ("    unknown:", "    fails:", "the key 'fails' stands here twice"),
        ("fails: [aws_lb.this, environment]", "fails: aws_lb.this", "fails"),
        ("cases:", "casses:", "casses"),
        ("cases:", "cases: [", "expected the node content"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert _FILE.count(old) == 1
    with pytest.raises(CaseError, match=r"^LG_LB_1\.yaml: ") as caught:
        _read(tmp_path, _FILE.replace(old, new))
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"^LG_LB_9\.yaml: "):
        read_cases(tmp_path / "LG_LB_9.yaml")


def test_lines_that_stand_twice_are_not_guessed_at() -> None:
    with pytest.raises(CaseError, match="stands 2 times in it: a = 1"):
        replaced("x {\n  a = 1\n}\ny {\n  a   = 1\n}\n", "a = 1", "a = 2")


def test_a_part_of_a_line_is_no_line() -> None:
    assert replaced("ttl = 300\nttl = 30\n", "ttl = 30", "ttl = 60") == "ttl = 300\nttl = 60\n"


_LINES = st.lists(st.text("abc={} ", min_size=1).filter(str.strip), min_size=1, unique_by=str.strip)


@given(_LINES, st.data())
def test_only_the_lines_that_are_named_change(lines: list[str], data: st.DataObject) -> None:
    unique = [line for line in lines if sum(line.split() == each.split() for each in lines) == 1]
    if not unique:
        return
    line = data.draw(st.sampled_from(unique))
    indent = line[: len(line) - len(line.lstrip())]
    expected = [f"{indent}NEW" if each is line else each for each in lines]
    text = "".join(f"{each}\n" for each in lines)
    assert replaced(text, line.strip(), "NEW") == "".join(f"{each}\n" for each in expected)


def test_a_recording_is_kept_until_its_case_changes(tmp_path: Path) -> None:
    first, second, third = _read(tmp_path, _FILE)
    made = {
        case.name: {kind: {"lockgate": {"recorded_from": case.sources}} for kind in KINDS}
        for case in (first, second, third)
    }
    keep(first.path, [first, second, third], made)
    assert all(is_current(case) for case in (first, second, third))
    # One is renamed and changed, one only expects something else.
    text = _FILE.replace("as it stands", "another name").replace("message: is internal", "")
    text = text.replace('"aws_alb" "this"', '"aws_alb" "that"')
    renamed, second, third = _read(tmp_path, text)
    assert [is_current(case) for case in (renamed, second, third)] == [False, True, False]
    keep(first.path, [renamed, second, third], {})
    assert set(recordings_beside(first.path)) == {"changed"}
    with pytest.raises(KeyError):
        recorded(third)
    keep(first.path, [renamed], {})
    assert not first.path.with_suffix(".json").exists()


def test_what_a_caller_does_to_a_recording_stays_its_own(tmp_path: Path) -> None:
    case = _read(tmp_path, _FILE)[0]
    document = {"lockgate": {"recorded_from": case.sources}}
    keep(case.path, [case], {case.name: dict.fromkeys(KINDS, document)})
    recorded(case)["lockgate"].clear()
    assert is_current(case)
