"""The changelog keeps the form of keepachangelog.com, and knows the version that this is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lockgate import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
# https://keepachangelog.com/en/1.1.0/#how
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
# https://semver.org, without build metadata, and the day of the release.
RELEASE = re.compile(r"\[(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\] - \d{4}-\d{2}-\d{2}")


def faults(changelog: str) -> list[str]:
    """What in a changelog is not of the form."""
    versions = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    faults = [] if versions[:1] == ["[Unreleased]"] else ["the first version is not [Unreleased]"]
    faults += [f"{name} is no release" for name in versions[1:] if not RELEASE.fullmatch(name)]
    kinds = re.findall(r"^### (.+)$", changelog, re.MULTILINE)
    return faults + [f"{kind} is no kind of change" for kind in kinds if kind not in KINDS]


def test_the_changelog_has_the_form() -> None:
    assert faults((ROOT / "CHANGELOG.md").read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("changelog", "fault"),
    [
        ("## [1.0.0] - 2026-01-31\n", "the first version is not [Unreleased]"),
        ("## [Unreleased]\n## 1.0\n", "1.0 is no release"),
        ("## [Unreleased]\n### New\n", "New is no kind of change"),
    ],
)
def test_another_form_is_seen(changelog: str, fault: str) -> None:
    assert faults(changelog) == [fault]


def test_this_version_has_its_release() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\] - ", changelog, re.MULTILINE)


def test_every_command_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", changelog))))
    files = (ROOT / "ci" / "lockgate" / "commands").glob("[a-z]*.py")
    assert {path.stem.replace("_", "-") for path in files} - named == set()


def test_upgrade_notes_know_this_version() -> None:
    notes = (ROOT / "docs" / "upgrading.md").read_text("utf-8")
    assert f"\n## To {__version__}\n" in notes
