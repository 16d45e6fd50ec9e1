"""``lockgate environments``, and what ``lockgate init`` makes of environments that are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lockgate.commands import environments, init

BACKEND = 'terraform {\n  backend "s3" {}\n}\nprovider "aws" {}\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one root module for two environments, and an example."""
    files = {"infra/main.tf": BACKEND, "infra/dev.tfvars": "", "infra/prod.tfvars": ""}
    files["examples/one/main.tf"] = BACKEND
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*arguments: str) -> str:
    outcome = CliRunner().invoke(environments.command, list(arguments), standalone_mode=False)
    assert outcome.exception is None, outcome.exception
    return outcome.stdout


@pytest.mark.usefixtures("root")
def test_it_says_what_was_found_how_it_is_called_and_what_was_left_out() -> None:
    assert said() == (
        "dev: infra (says in main.tf where its state is, with infra/dev.tfvars)\n"
        "prod: infra (says in main.tf where its state is, with infra/prod.tfvars)\n"
        "\nLeft out:\n"
        "  examples/one: stands in examples/\n"
    )


@pytest.mark.usefixtures("root")
def test_a_program_gets_the_same() -> None:
    answer = json.loads(said("--json"))
    assert answer["left_out"] == [{"directory": "examples/one", "why": "stands in examples/"}]
    assert [entry["environment"] for entry in answer["environments"]] == ["dev", "prod"]
    assert answer["environments"][1]["var_files"] == ["infra/prod.tfvars"]


def test_what_init_writes_is_what_is_there_then(root: Path) -> None:
    outcome = CliRunner().invoke(init.command, [], standalone_mode=False)
    assert outcome.exception is None, outcome.exception
    assert "Your environments are dev, prod." in outcome.stdout
    assert "#   examples/one: stands in examples/" in (root / "lockgate.yaml").read_text()
    assert said() == (
        "dev: infra (is named in lockgate.yaml, with infra/dev.tfvars)\n"
        "prod: infra (is named in lockgate.yaml, with infra/prod.tfvars)\n"
    )
