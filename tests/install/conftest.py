"""A LOCKGATE_HOME of a test's own, complete, to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.install import provision


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complete home: checkov's environment is linked from the user's, the provider copied."""
    checkov = provision.checkov_environment().path
    provider = provision.ensure_provider().mirror.parent
    home = tmp_path / "home"
    monkeypatch.setenv("LOCKGATE_HOME", str(home))
    home.mkdir()
    (home / checkov.name).symlink_to(checkov)
    copy = home / provider.name
    shutil.copytree(provider, copy)
    # It names the mirror by its path.
    config = (provider / "terraform.rc").read_text("utf-8")
    (copy / "terraform.rc").write_text(config.replace(str(provider), str(copy)), "utf-8")
    assert paths.home() == home
    return home
