"""What the drill finds wrong, the gate had found in the plan: the table in docs/failover.md.

The environments are prod as it stands and five of its mutants, as Terraform planned them; what
recorded them is ``.venv/bin/python scripts/mutation.py --record``. The rules judge each plan, and
the same plan, put into an AWS API, is what ``lockgate drill`` drills.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lockgate import cli
from lockgate.base import paths
from lockgate.targets import aws_api, local_aws
from lockgate.targets.embedded_target import STATE_BUCKET
from lockgate_policies.catalogue.judgement import judge_for_strategy
from tests.drill.planned_account import apply_plan
from tests.policies.mutation.killing import architecture_of, load_subjects, rule_files
from tests.policies.mutation.recording import Subject

ROOT = paths.repository_root(Path(__file__))
IN_TIME, LATE, NEVER = "recovers in time", "recovers late", "does not recover"
# What the environment is called in the table, the mutant that it is, and what the drill says.
CASES = [
    ("prod as it is", None, IN_TIME),
    ("no health check on the primary record", "the PRIMARY has no health check", NEVER),
    ("both records in one region", "both records lead to the primary region", NEVER),
    ("an inverted health check", "the health check is inverted", NEVER),
    ("a TTL of 300 seconds", "a TTL of five minutes", LATE),
    (
        "a health check that probes the other region",
        "the PRIMARY's health check probes the secondary region",
        NEVER,
    ),
]
_TABLE = "| environment | the drill | the gate |"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """A repository, and what makes clients of its account."""
    root = tmp_path_factory.mktemp("agreement")
    with local_aws.throw_away() as endpoint, pytest.MonkeyPatch.context() as patch:
        client = cache(lambda service, region: aws_api.client(service, region, endpoint))
        client("s3", "us-east-1").create_bucket(Bucket=STATE_BUCKET)
        patch.setenv("LOCKGATE_ENDPOINT", endpoint)
        yield root, client


def subject(mutant: str | None) -> Subject:
    """The mutant of a name; the reference without one."""
    if mutant is None:
        return Subject()
    return next(
        subject for subject in load_subjects() if subject.mutant and subject.mutant.name == mutant
    )


def failed_rules(found: Subject) -> list[str]:
    """The IDs of the rules that the gate fails an environment for."""
    architecture = architecture_of(found)
    return [
        file.id
        for file in rule_files().values()
        if any(
            finding.verdict.blocks for finding in judge_for_strategy(file, architecture).findings
        )
    ]


def said(timelines: list[dict[str, Any]]) -> str:
    """What a drill of all names of an environment says, in the table's words."""
    if any(timeline["took"] is None for timeline in timelines):
        return NEVER
    return IN_TIME if all(timeline["passes"] for timeline in timelines) else LATE


@pytest.mark.parametrize(("title", "mutant", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_drill_and_the_gate_agree(
    account: tuple[Path, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    title: str,
    mutant: str | None,
    expected: str,
) -> None:
    (root, client), found = account, subject(mutant)
    name = f"case{[case[0] for case in CASES].index(title)}"
    settings = found.files["lockgate.yaml"].replace("  prod:", f"  {name}:")
    (root / "lockgate.yaml").write_text(settings.partition("pipeline:")[0])
    (root / "envs" / name).mkdir(parents=True)
    (root / "envs" / name / "main.tf").write_text("")
    monkeypatch.chdir(root)
    apply_plan(name, architecture_of(found), client)

    # Other tests run beside this one, and a machine that is late for once proves nothing.
    for scale in ("50", "25", "12"):
        code = cli.main(["drill", name, "--time-scale", scale, "--json"])
        out, err = capsys.readouterr()
        verdict = said(json.loads(out)["drills"])
        if verdict == expected:
            break

    assert verdict == expected, err
    assert code == (0 if expected == IN_TIME else 1)
    rules = failed_rules(found)
    assert bool(rules) is (expected != IN_TIME), "the gate passes just what recovers in time"
    row = f"| {title} | {verdict} | {', '.join(rules) or 'passes'} |"
    assert row in (ROOT / "docs" / "failover.md").read_text().splitlines()


def test_the_table_has_these_rows_and_no_others() -> None:
    lines = (ROOT / "docs" / "failover.md").read_text().splitlines()
    begin = lines.index(_TABLE) + 2
    rows = [line.split(" | ")[0].removeprefix("| ") for line in lines[begin : begin + len(CASES)]]
    assert rows == [title for title, _, _ in CASES]
    assert not lines[begin + len(CASES)].startswith("|")
