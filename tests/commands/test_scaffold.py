"""Somebody begins: an empty repository, one that has environments, one more environment."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.repository import scaffold
from tests.commands.conftest import Repository

ROOT = paths.repository_root(Path(__file__))
CHOICES = scaffold.Choices("web", "example.com", "state", "us-east-1", "us-west-2")


@pytest.fixture
def empty(tmp_path: Path) -> Repository:
    """A repository with nothing in it."""
    root = tmp_path / "empty"
    root.mkdir()
    subprocess.run(["git", "init", "-q", root], check=True)
    return Repository(root)


def _formatted(root: Path) -> None:
    found = subprocess.run(
        [ROOT / "scripts" / "terraform", "fmt", "-check", "-recursive", "-diff", root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_an_empty_repository_passes_the_gate_at_once(empty: Repository) -> None:
    begun = empty.run("init", "--service", "shop", "--domain", "shop.example.org")
    assert begun.returncode == 0, begun.stderr
    assert "wrote envs/prod/main.tf" in begun.stdout
    added = empty.run("new", "env", "qa", "--service", "shop", "--domain", "shop.example.org")
    assert added.returncode == 0, added.stderr
    assert "Put qa into pipeline.promotion in lockgate.yaml." in added.stdout
    _formatted(empty.root)
    checked = empty.run("check", "--json")
    document = json.loads(checked.stdout)
    assert document["passes"] is True, document["verdict"]
    names = [environment["environment"] for environment in document["environments"]]
    assert names == ["dev", "prod", "qa"]
    qa = (empty.root / "envs" / "qa" / "main.tf").read_text()
    assert '"10.12.0.0/16"' in qa, "dev has 10.10 and 10.11"
    assert "# DECIDE: a domain that you own" in qa
    assert (
        'bucket       = "shop-terraform-state"'
        in (empty.root / "envs" / "qa" / "versions.tf").read_text()
    )


def test_other_regions_pass_as_well(empty: Repository) -> None:
    regions = ("--primary-region", "eu-west-1", "--secondary-region", "eu-central-1")
    assert empty.run("init", *regions).returncode == 0
    checked = empty.run("check", "prod", "--json")
    assert json.loads(checked.stdout)["passes"] is True, checked.stdout + checked.stderr
    assert "us-east-1" not in (empty.root / "envs" / "prod" / "main.tf").read_text()


def test_beginning_twice_changes_nothing(empty: Repository) -> None:
    assert empty.run("init").returncode == 0
    settings = empty.root / "lockgate.yaml"
    settings.write_text("version: 1\n")
    before = {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()}
    again = empty.run("init")
    assert again.returncode == 0
    assert "kept  lockgate.yaml: it was there" in again.stdout
    assert "wrote" not in again.stdout
    assert {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()} == before


def test_environments_that_are_there_are_left_alone(empty: Repository) -> None:
    directory = empty.root / "envs" / "live"
    directory.mkdir(parents=True)
    (directory / "main.tf").write_text("# theirs\n")
    begun = empty.run("init")
    assert begun.returncode == 0, begun.stderr
    assert "Your environments are live." in begun.stdout
    assert (directory / "main.tf").read_text() == "# theirs\n"
    assert not (empty.root / "modules").exists()
    assert "promotion: [[live]]" in (empty.root / "lockgate.yaml").read_text()


def test_an_environment_is_never_written_over(empty: Repository) -> None:
    assert empty.run("init").returncode == 0
    before = (empty.root / "envs" / "dev" / "main.tf").read_bytes()
    refused = empty.run("new", "env", "dev")
    assert refused.returncode == 2
    assert "envs/dev is there already. Nothing was written." in refused.stderr
    assert (empty.root / "envs" / "dev" / "main.tf").read_bytes() == before


def test_an_environment_needs_the_modules(repository: Repository) -> None:
    refused = repository.run("new", "env", "qa")
    assert refused.returncode == 2
    assert "has no modules/two_region_service: `lockgate init` writes it" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--service", "../evil"), "'../evil' cannot name a service"),
        (("--service", "a-very-long-name-x"), "is longer than 20 characters"),
        (("--domain", "example"), "'example' is no domain name such as example.com"),
        (("--primary-region", "mars"), "'mars' is no region name"),
        (("--bucket", 'a"b'), "would not be HCL. Give --bucket"),
        (("--bucket", 'a"\n    acl    = "public-read'), "cannot be the name of a bucket"),
        (("--primary-region", "us-west-2"), "are both 'us-west-2'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    empty: Repository, arguments: tuple[str, ...], message: str
) -> None:
    refused = empty.run("init", *arguments)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert [path.name for path in empty.root.iterdir()] == [".git"]


def test_a_range_that_anything_uses_is_not_given_again() -> None:
    assert scaffold.free_block([]) == 10
    assert scaffold.free_block(['"10.10.0.0/16"', '"10.13.128.0/20"']) == 14
    with pytest.raises(UsageError, match="write the environment by hand"):
        scaffold.free_block([f"10.{number}.0.0/16" for number in range(256)])


def test_a_file_that_cannot_be_written_says_what_was(tmp_path: Path) -> None:
    (tmp_path / "envs").write_text("a file where a directory should be")
    with pytest.raises(UsageError, match=r"envs/a/main.tf cannot be written: .* before: first"):
        scaffold.write(tmp_path, {"first": "", "envs/a/main.tf": ""})


def test_no_place_in_a_template_stays_empty() -> None:
    for production in (True, False):
        files = scaffold.environment_files("qa", CHOICES, 10, production=production)
        assert not [name for name, text in files.items() if "@" in text]
