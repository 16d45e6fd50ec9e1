"""Small repositories to run the real engine in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lockgate.repository.environments import Environment
from lockgate.targets import local_aws

PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'

MakeEnvironment = Callable[..., Environment]


@pytest.fixture
def environment(tmp_path: Path) -> MakeEnvironment:
    """Makes an environment of a repository in a temporary directory from its files."""

    def make(main: str, name: str = "dev", **files: str) -> Environment:
        directory = tmp_path / "repository" / "envs" / name
        directory.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repository" / "lockgate.yaml").touch()
        (directory / "main.tf").write_text(main)
        for file, text in files.items():
            (directory / f"{file}.tf").write_text(text)
        return Environment(name, directory, tmp_path / "repository")

    return make


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The embedded AWS of this test process."""
    with local_aws.throw_away() as address:
        yield address
