"""The built package, installed in an empty environment outside the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    finished = subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution: both must be complete."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("lockgate-*.whl")
    return built


def test_it_carries_the_policies_and_the_pins_and_nothing_that_is_for_developers(
    wheel: Path,
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    policies = {
        path.relative_to(ROOT / "policies").as_posix() for path in (ROOT / "policies").rglob("*.py")
    }
    assert policies
    assert policies <= carried
    pins = {name for name in carried if name.startswith("lockgate/requirements/")}
    assert {name.rpartition("/")[2] for name in pins} == {
        "checkov.txt",
        "provider.txt",
        "toolkit.txt",
    }
    modules = {f"lockgate/{path.relative_to(ROOT)}" for path in (ROOT / "modules").rglob("*.tf")}
    assert modules <= carried, "lockgate init writes them"
    assert not [name for name in carried if "__pycache__" in name]
    assert all(name.startswith(("lockgate/", "lockgate_policies/")) for name in carried)


@pytest.mark.timeout(300)
def test_it_works_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    # The versions that were tested, without their hashes: with any of those pip would ask for
    # the wheel's own, which is only now built.
    pins = re.findall(r"^(\S+==.*?) \\$", (ROOT / "requirements/toolkit.txt").read_text(), re.M)
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("\n".join(pins))
    pip = (environment / "bin" / "pip", "install", "--quiet", "--no-compile")
    run(*pip, "--only-binary=:all:", "--constraint", constraints, wheel, cwd=tmp_path)

    # The pins that it carries are the checkout's, so the home that it finds is complete.
    lockgate = environment / "bin" / "lockgate"
    assert "Installing" not in run(lockgate, "setup", cwd=tmp_path).stderr
    examined = run(lockgate, "doctor", cwd=tmp_path).stdout
    assert f"in {environment}" in examined
    # Not "is not in the text": a LOCKGATE_HOME may stand in the checkout, or beside it.
    (place,) = re.findall(r"^.*\blockgate +\S+ in (\S+)$", examined, re.M)
    assert not Path(place).is_relative_to(ROOT)
    assert examined.endswith("Nothing is missing.\n")
