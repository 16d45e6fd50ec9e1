"""What a provider answered once is not asked again, by no command; and nobody can read it."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy.kept_answers import KeptAnswers
from lockgate.engine.provider_proxy.tokens import Origin, TokenTable
from lockgate.install.provider_binary import ProviderBinary
from tests.engine.provider_proxy.conftest import PROVIDER, plan_in, planner_of
from tests.engine.provider_proxy.fake_provider import program

TODAY = date(2026, 11, 27)
PLAN = (b"us-east-1", b"PlanResourceChange", b"a password: correct horse")


def _kept(file: Path, answer: bytes = b"battery staple" * 9, day: date = TODAY) -> None:
    answers = KeptAnswers(file, b"program", day)
    answers.keep(answer, *PLAN)
    answers.close()


def test_the_next_command_finds_what_this_one_kept(tmp_path: Path) -> None:
    file = tmp_path / "home" / "answers.sqlite"
    _kept(file)
    answers = KeptAnswers(file, b"program", TODAY)
    assert answers.find(*PLAN) == b"battery staple" * 9
    assert answers.find(b"us-west-2", *PLAN[1:]) is None
    assert KeptAnswers(file, b"another program", TODAY).find(*PLAN) is None


def test_neither_question_nor_answer_can_be_read_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    _kept(file)
    data = file.read_bytes()
    assert b"battery" not in data
    assert b"correct horse" not in data
    assert file.stat().st_mode & 0o077 == 0


def test_what_nobody_asks_for_a_month_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    _kept(file)
    for weeks in (2, 4, 6):
        again = KeptAnswers(file, b"program", TODAY + timedelta(weeks=weeks))
        assert again.find(*PLAN) is not None
        again.close()
    later = KeptAnswers(file, b"program", TODAY + timedelta(weeks=11))
    later.keep(b"x", b"another question")
    later.close()
    assert KeptAnswers(file, b"program", TODAY + timedelta(weeks=11)).find(*PLAN) is None


@pytest.mark.parametrize("broken", [b"no database at all" * 99, b""])
def test_a_file_that_is_broken_is_as_none_and_made_anew(tmp_path: Path, broken: bytes) -> None:
    file = tmp_path / "answers.sqlite"
    file.write_bytes(broken)
    assert KeptAnswers(file, b"program", TODAY).find(*PLAN) is None
    _kept(file)
    assert KeptAnswers(file, b"program", TODAY).find(*PLAN) is not None


def test_an_answer_that_was_changed_in_the_file_is_none(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    _kept(file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE answers SET sealed = x'00112233'")
    connection.close()
    assert KeptAnswers(file, b"program", TODAY).find(*PLAN) is None


def test_a_home_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, and no directory")
    answers = KeptAnswers(tmp_path / "home" / "answers.sqlite", b"program", TODAY)
    answers.keep(b"x", *PLAN)
    assert answers.find(*PLAN) == b"x"
    answers.close()


def test_made_up_texts_of_one_run_are_those_of_the_next_in_what_is_kept() -> None:
    """Every run makes other texts up; what the provider says of them differs in nothing else."""
    origins = [Origin("resource aws_vpc us-east-1 0 1", "id"), Origin("resource aws_lb", "zone_id")]

    def run(secret: bytes) -> tuple[TokenTable, bytes, bytes]:
        tokens = TokenTable(secret)
        core, other = (tokens.core(origin) for origin in origins)
        tokens.add(core, f"vpc-{core}", origins[0])
        tokens.add(other, f"Z{other.upper()}", origins[1])
        tokens.add("123456789012" if secret == b"1" else "210987654321", "account", origins[0])
        account = b"123456789012" if secret == b"1" else b"210987654321"
        asked = b"vpc-%s in Z%s of %s" % (core.encode(), other.upper().encode(), account)
        return tokens, asked, b"planned: " + asked

    first, asked, answer = run(b"1")
    second, asked_again, answer_again = run(b"2")
    assert asked != asked_again
    stable, stable_again = first.stable(asked), second.stable(asked_again)
    assert stable.data == stable_again.data
    assert len(stable.data) == len(asked)
    kept = stable.stable(answer)
    assert kept is not None
    assert stable_again.as_asked(kept) == answer_again
    lowered = stable.stable(answer.lower())
    assert lowered is None, "Terraform's text in another case could not be put back"


def test_a_second_command_starts_no_provider_and_plans_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "home", lambda: tmp_path / "home")
    binary = ProviderBinary("hashicorp/aws", "9.9.9", program("behaves", tmp_path))
    root = tmp_path / "root"
    root.mkdir()
    main = PROVIDER + 'resource "aws_vpc" "one" {}\n'
    main += 'resource "aws_vpc" "two" {\n  owner = aws_vpc.one.id\n}\n'
    (root / "main.tf").write_text(main)
    documents = []
    for _ in range(2):
        with planner_of(binary, [root]) as planner:
            documents.append(plan_in(planner, root, tmp_path / "scratch").document)
            started = planner.pool.pids()
        assert bool(started) == (len(documents) == 1)
    first, second = ({**document, "timestamp": ""} for document in documents)
    assert first == second
    (root / "main.tf").write_text(main + 'resource "aws_vpc" "three" {\n  owner = "new"\n}\n')
    with planner_of(binary, [root]) as planner:
        plan_in(planner, root, tmp_path / "scratch")
        assert planner.pool.pids(), "what is new is asked of the provider itself"


def test_what_is_refused_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "home", lambda: tmp_path / "home")
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(PROVIDER + 'resource "aws_vpc" "this" {}\n')
    binary = ProviderBinary("hashicorp/aws", "9.9.9", program("dies", tmp_path))
    for _ in range(2):
        with (
            planner_of(binary, [root]) as planner,
            pytest.raises(EngineError, match="ended in the middle of PlanResourceChange"),
        ):
            plan_in(planner, root, tmp_path / "scratch")
