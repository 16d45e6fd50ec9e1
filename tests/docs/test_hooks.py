"""The pre-commit hooks: those for other repositories, this repository's own, and .editorconfig.

pre-commit runs a hook's `entry`, then its `args`, then the names of the staged files that match, in
the repository: https://pre-commit.com/#creating-new-hooks. So do these tests.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from lockgate.base import paths
from tests.commands.conftest import PROVIDERS

ROOT = paths.repository_root(Path(__file__))
Hook = dict[str, Any]


def hooks(text: str) -> dict[str, Hook]:
    """Hooks by their ID."""
    return {hook["id"]: hook for hook in yaml.safe_load(text)}


FOR_OTHERS = hooks((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
CONFIGURED = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
OWN = {hook["id"]: hook for repo in CONFIGURED["repos"] for hook in repo["hooks"]}


def staged(repository: Path) -> list[str]:
    """What would be committed."""
    command = ["git", "diff", "--cached", "--name-only", "--diff-filter=d"]
    return subprocess.check_output(command, cwd=repository, text=True).split()


def run(hook: Hook, repository: Path, names: list[str]) -> subprocess.CompletedProcess[str] | None:
    """Run a hook as pre-commit does; None where it skips it."""
    matching = [name for name in names if re.search(hook.get("files", ""), name)]
    if not matching:
        return None
    given = matching if hook.get("pass_filenames", True) else []
    programs = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [*shlex.split(hook["entry"]), *hook.get("args", []), *given],
        cwd=repository,
        env={**os.environ, "PATH": programs},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Somebody's repository, with an environment that keeps the rules that need no plan."""
    write(tmp_path, "envs/dev/versions.tf", PROVIDERS)
    write(tmp_path, "lockgate.yaml", "version: 1\n")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        names = ["-c", "user.name=ann", "-c", "user.email=ann@example.com"]
        subprocess.run(["git", *names, *command], cwd=tmp_path, check=True)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def commit(root: Path, name: str, text: str) -> list[str]:
    """Stage a change, and say what pre-commit would give to hooks."""
    write(root, name, text)
    subprocess.run(["git", "add", name], cwd=root, check=True)
    return staged(root)


def test_what_others_install_is_a_program_of_this_package() -> None:
    assert list(FOR_OTHERS) == ["lockgate-static", "lockgate-guard"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    for hook in FOR_OTHERS.values():
        assert hook["language"] == "python", "pre-commit then installs this package by pip"
        assert shlex.split(hook["entry"])[0] in scripts


def test_the_static_hook_stops_a_commit_that_breaks_a_rule(theirs: Path) -> None:
    hook = FOR_OTHERS["lockgate-static"]
    kept = run(hook, theirs, commit(theirs, "envs/dev/main.tf", "locals {}\n"))
    assert kept is not None
    assert kept.returncode == 0, kept.stdout + kept.stderr
    unlocked = re.sub(r" +use_lockfile = true\n", "", PROVIDERS)
    names = commit(theirs, "envs/dev/versions.tf", unlocked)
    broken = run(hook, theirs, names)
    assert broken is not None
    assert broken.returncode == 1
    assert "LG_STATE_1" in broken.stdout


def test_the_static_hook_is_skipped_where_nothing_it_reads_is_committed(theirs: Path) -> None:
    hook = FOR_OTHERS["lockgate-static"]
    assert run(hook, theirs, commit(theirs, "notes.md", "words\n")) is None
    for name in ("envs/a/b.tf", "envs/a/b.tf.json", "a.tofu", "x.auto.tfvars", "waivers.yaml"):
        assert re.search(hook["files"], name), name


def test_the_guard_hook_stops_a_commit_that_would_run_code(theirs: Path) -> None:
    hook = FOR_OTHERS["lockgate-guard"]
    fine = run(hook, theirs, commit(theirs, "envs/dev/main.tf", 'locals {\n  a = "b"\n}\n'))
    assert fine is not None
    assert fine.returncode == 0, fine.stdout + fine.stderr
    program = 'data "external" "it" {\n  program = ["sh", "-c", "id"]\n}\n'
    refused = run(hook, theirs, commit(theirs, "envs/dev/main.tf", program))
    assert refused is not None
    assert refused.returncode == 1
    assert "envs/dev/main.tf:1" in refused.stdout


def test_our_own_hooks_need_no_network_and_pass() -> None:
    assert [repo["repo"] for repo in CONFIGURED["repos"]] == ["local"]
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    for name, hook in OWN.items():
        assert hook["language"] == "system", name
        if name == "types":
            continue  # as `make lint` does, and not twice
        python = "types_or" in hook
        done = run(hook, ROOT, [file for file in files if not python or file.endswith(".py")])
        assert done is not None, name
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


def test_our_own_hooks_stop_what_is_not_in_order(tmp_path: Path) -> None:
    write(tmp_path, "bad.py", "import os\nx = {  }\n")
    for name in ("ruff-check", "ruff-format"):
        program, *options = shlex.split(OWN[name]["entry"])
        assert program == ".venv/bin/python"
        command = [sys.executable, *options, "--config", str(ROOT / "pyproject.toml"), "bad.py"]
        assert (
            subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
        )


def test_files_are_as_the_editors_are_told() -> None:
    """UTF-8, a line feed at each end and no blanks before it, tabs in Makefiles only."""
    listed = subprocess.check_output(["git", "ls-files", "--eol"], cwd=ROOT, text=True)
    for line in listed.splitlines():
        kind, name = line.split()[0], line.partition("\t")[2]
        path = ROOT / name
        recorded = name.startswith("tests/") and path.suffix in (".json", ".txt")
        if kind == "i/-text" or recorded or path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8")
        assert kind in ("i/lf", "i/none"), name
        assert text == "" or text.endswith("\n"), name
        assert not re.search(r"[ \t]$", text, re.MULTILINE), name
        assert "\n\t" not in text or path.name == "Makefile", name
