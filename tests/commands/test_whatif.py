"""Somebody asks what losing a region would do, before it happens."""

from __future__ import annotations

import json
from pathlib import Path

from lockgate.base import paths
from tests.commands.conftest import Repository

ROOT = paths.repository_root(Path(__file__))


def test_prod_survives_the_loss_of_either_region() -> None:
    finished = Repository(ROOT).run("whatif", "prod", "--json")
    assert finished.returncode == 0, finished.stderr
    document = json.loads(finished.stdout)
    assert document["survived"] is True
    assert [loss["lose"]["name"] for loss in document["losses"]] == ["us-east-1", "us-west-2"]
    assert [name["seconds"] for name in document["losses"][0]["names"] if name["judged"]] == [90]


def test_a_person_reads_tables_and_one_last_line(tmp_path: Path) -> None:
    plan = tmp_path / "prod.json"
    planned = Repository(ROOT).run("plan", "prod", "--out", str(plan))
    assert planned.returncode == 0, planned.stderr
    finished = Repository(ROOT).run(
        "whatif", "prod", "--plan", str(plan), "--lose", "us-east-1", "--lose-zone", "us-east-1a"
    )
    assert finished.returncode == 0, finished.stderr
    assert "prod without region us-east-1" in finished.stdout
    assert "10 s × 3 + TTL 60 s = 90 s" in finished.stdout
    assert "SURVIVED: without us-east-1a: www.example.com (A) goes on answering" in finished.stdout
    broken = Repository(ROOT).run("whatif", "prod", "--plan", str(plan), "--lose", "mars-1")
    assert broken.returncode == 2
    assert "'mars-1' is no region of prod. Known are: us-east-1, us-west-2." in broken.stderr


def test_a_region_with_everything_in_it_is_not_survived(repository: Repository) -> None:
    repository.environment(
        "dev",
        'provider "aws" {\n  region = "us-east-1"\n}\n'
        'resource "aws_dynamodb_table" "orders" {\n  name = "orders"\n  hash_key = "id"\n'
        '  billing_mode = "PAY_PER_REQUEST"\n  attribute {\n    name = "id"\n'
        '    type = "S"\n  }\n}\n',
    )
    finished = repository.run("whatif", "dev", "--lose", "us-east-1")
    assert finished.returncode == 1, finished.stderr
    assert "missed: aws_dynamodb_table.orders: no copy of it remains" in finished.stdout
    assert "not known: no name leads to this environment" in finished.stdout
    assert "NOT SURVIVED: without us-east-1" in finished.stdout


def test_a_plan_that_is_none_is_named(repository: Repository, tmp_path: Path) -> None:
    repository.environment("dev", 'provider "aws" {\n  region = "us-east-1"\n}\n')
    broken = tmp_path / "broken.json"
    broken.write_text("[1]")
    finished = repository.run("whatif", "dev", "--plan", str(broken))
    assert finished.returncode == 3
    assert "not a JSON object" in finished.stderr
