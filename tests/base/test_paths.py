"""Where things are."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError


@pytest.mark.parametrize("marker", ["lockgate.yaml", ".git"])
def test_the_repository_is_the_nearest_directory_that_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "envs" / "dev").mkdir(parents=True)
    (tmp_path / "outer" / "lockgate.yaml").touch()
    (inner / marker).touch()
    assert paths.repository_root(inner / "envs" / "dev") == inner
    monkeypatch.chdir(inner / "envs")
    assert paths.repository_root() == inner


def test_outside_a_repository_the_error_says_what_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not in a repository.*lockgate\.yaml or \.git"):
        paths.repository_root(tmp_path)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LOCKGATE_HOME": "/elsewhere", "XDG_CACHE_HOME": "/cache"}, "/elsewhere"),
        ({"LOCKGATE_HOME": "~/own"}, "/home/me/own"),
        ({"XDG_CACHE_HOME": "/cache"}, "/cache/lockgate"),
        ({"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/lockgate"),
        ({}, "/home/me/.cache/lockgate"),
        ({"LOCKGATE_HOME": ""}, "/home/me/.cache/lockgate"),
    ],
)
def test_home(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str) -> None:
    for name in ("LOCKGATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert paths.home() == Path(expected)


def test_the_policies_and_pins_are_the_checkouts() -> None:
    root = paths.repository_root(Path(__file__))
    assert paths.policies_dir() == root / "policies" / "lockgate_policies"
    assert paths.requirements_dir() == root / "requirements"
