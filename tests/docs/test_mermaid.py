"""Mermaid comes from npm as it was looked at, or not at all."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from scripts import mermaid


def test_another_archive_is_refused(tmp_path: Path) -> None:
    archive, out = tmp_path / "mermaid.tgz", tmp_path / mermaid.FILE
    with tarfile.open(archive, "w:gz") as package:
        member = tarfile.TarInfo(f"package/dist/{mermaid.FILE}")
        member.size = 5
        package.addfile(member, io.BytesIO(b"alert"))
    with pytest.raises(UsageError, match="Nothing of it is used"):
        mermaid.unpack(archive, out)
    assert not out.exists()


def test_without_a_registry_it_says_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    assert mermaid.main() == 2
    said = capsys.readouterr().err
    assert f"`npm pack mermaid@{mermaid.VERSION}` failed" in said
    assert "see `npm config list`" in said
    assert mermaid.installed() is None
