"""The directory of reports: complete, whole, and never an earlier run's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.reports import report_files
from lockgate.verdict.verdict import GateVerdict
from lockgate.verdict.verdict_document import read_verdict
from tests.reports import verdicts


def test_a_directory_holds_every_report_of_one_verdict(tmp_path: Path) -> None:
    written = report_files.write(verdicts.mixed(), tmp_path / "a" / "reports")
    assert sorted(path.name for path in written) == sorted(
        path.name for path in (tmp_path / "a" / "reports").iterdir()
    )
    assert {path.name for path in written} == {
        "verdict.json",
        "report.md",
        "report.sarif",
        "junit.xml",
        "report.html",
    }
    directory = written[0].parent
    assert read_verdict(directory / "verdict.json") == verdicts.mixed()
    sentence = verdicts.mixed().sentence
    assert json.loads((directory / "verdict.json").read_text())["verdict"] == sentence
    assert sentence in (directory / "report.md").read_text()
    assert sentence in (directory / "report.sarif").read_text()
    assert sentence in (directory / "report.html").read_text()
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in written)


def test_an_earlier_verdict_is_gone_before_the_next_is_made(tmp_path: Path) -> None:
    report_files.write(verdicts.passing(), tmp_path)
    (tmp_path / "mine.txt").write_text("stays")
    report_files.prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_report_that_cannot_be_made_leaves_no_verdict_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(verdict: GateVerdict) -> str:
        raise RuntimeError("a fault of the writer")

    # A fault in a writer is what no input can cause.
    monkeypatch.setitem(report_files._WRITERS, "report.html", fails)
    with pytest.raises(RuntimeError):
        report_files.write(verdicts.passing(), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert "verdict.json" not in names
    assert not [name for name in names if name.startswith(".")]


def test_a_place_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"reports cannot be written into .*file.*--report"):
        report_files.prepare(tmp_path / "file")
    (tmp_path / "verdict.json").mkdir()
    with pytest.raises(UsageError, match="reports cannot be written into"):
        report_files.prepare(tmp_path)
