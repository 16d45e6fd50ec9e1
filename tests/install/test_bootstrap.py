"""The checkout's own set-up: .venv from Python alone, and the launcher."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lockgate.install import slow_command
from scripts import bootstrap

ROOT = Path(__file__).resolve().parents[2]

EMPTY = "# nothing to install\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs no packages, so that its .venv is made without the network."""
    root = tmp_path / "check out"
    for linked in ("ci", "policies"):
        (root / linked).parent.mkdir(exist_ok=True)
        (root / linked).symlink_to(ROOT / linked)
    for copied in ("scripts/bootstrap.py", "scripts/lockgate", "Makefile"):
        target = root / copied
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((ROOT / copied).read_bytes())
        target.chmod(0o755)
    (root / "requirements").mkdir()
    (root / "requirements" / "dev.txt").write_text(EMPTY)
    return root


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, env=os.environ | variables, check=False
    )


def make_environment(root: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, root / "scripts" / "bootstrap.py", PIP_NO_INDEX="1")


def test_it_makes_lockgate_importable_and_a_second_time_does_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_environment(checkout)
    assert made.returncode == 0, made.stderr
    python = checkout / ".venv" / "bin" / "python"
    imported = run(
        python, "-I", "-c", "import lockgate.install.provision as p; print(p.PROVIDER_VERSION)"
    )
    assert imported.stdout == "3.39.0\n"

    def refuse_to_run(*arguments: Any, **options: Any) -> None:
        raise AssertionError(f"ran {arguments}")

    monkeypatch.setattr(slow_command, "run", refuse_to_run)
    said: list[str] = []
    bootstrap.make_environment(checkout, said.append)
    assert said == []


def test_changed_pins_make_it_anew(checkout: Path) -> None:
    make_environment(checkout)
    (checkout / "requirements" / "dev.txt").write_text(f"{EMPTY}# changed\n")
    left = checkout / ".venv" / "left"
    left.touch()
    assert "Installing dev.txt" in make_environment(checkout).stdout
    assert not left.exists()


def test_it_can_be_made_anew_by_the_python_inside_it(checkout: Path) -> None:
    make_environment(checkout)
    (checkout / ".venv" / ".complete.json").write_text(json.dumps({}))
    inside = checkout / ".venv" / "bin" / "python"
    remade = run(inside, checkout / "scripts" / "bootstrap.py", PIP_NO_INDEX="1")
    assert remade.returncode == 0, remade.stderr
    assert inside.exists()


def test_a_package_that_cannot_be_had_is_told_without_a_traceback(checkout: Path) -> None:
    pin = "nonesuch==1.0 --hash=sha256:" + "0" * 64
    (checkout / "requirements" / "dev.txt").write_text(f"{pin}\n")
    failed = make_environment(checkout)
    assert failed.returncode == 2
    assert "error: could not install dev.txt (exit code 1):" in failed.stderr
    assert "nonesuch==1.0" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", ["(3, 9, 1)", "(3, 10, 0)"])
def test_an_older_python_is_sent_away(version: str) -> None:
    script = ROOT / "scripts" / "bootstrap.py"
    program = f"import sys, runpy; sys.version_info = {version}; runpy.run_path({str(script)!r})"
    old = run(sys.executable, "-c", program)
    assert old.returncode == 1
    assert "Lockgate needs Python 3.11 or newer" in old.stderr
    assert "make setup PYTHON=" in old.stderr


def test_the_launcher_without_an_environment_says_what_to_run(checkout: Path) -> None:
    finished = run(checkout / "scripts" / "lockgate", "--version")
    assert finished.returncode == 2
    assert "is not set up. Run `make setup` in it." in finished.stderr


def test_the_launcher_works_from_anywhere_and_through_links(tmp_path: Path) -> None:
    link = tmp_path / "a link"
    link.symlink_to(ROOT / ".venv" / "bin" / "lockgate")
    finished = subprocess.run(
        [link, "--version"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert finished.stdout.startswith("lockgate ")


def test_make_help_lists_every_target() -> None:
    listed = run("make", "-C", ROOT, "help").stdout
    for target in ("setup", "check", "test", "demo", "bench", "lint", "fmt", "lock", "clean"):
        assert f"make {target} " in listed
