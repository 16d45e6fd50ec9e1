"""Tries Lockgate on repositories that are not ours: what each needs, and what is said of it.

Each checkout is copied, its NAME.yaml is laid over it as lockgate.yaml if there is one, and
`lockgate check --json` runs in the copy. Its own files stay as they are: if one of them was
another afterwards, that is an error. Nothing of a checkout runs but what planning runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
_OURS = (str(ROOT / "ci"), str(ROOT / "policies"))
sys.path[:0] = _OURS

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.base.paths import SETTINGS_FILE  # noqa: E402
from lockgate.base.safe_text import visible  # noqa: E402
from lockgate.repository.environments import overview_of  # noqa: E402

_BLOCKS = ("fail", "unknown")
_NOT_COPIED = shutil.ignore_patterns(".git", ".terraform", ".terragrunt-cache")
_EXAMPLE = """
example:
  scripts/try_repositories.py --overlays overlays ../shop ../checkout-service
      where overlays/shop.yaml, if there is one, is what shop needs in its lockgate.yaml

Terraform's CLI configuration (TF_CLI_CONFIG_FILE), LOCKGATE_TERRAFORM and TF_VAR_... are handed on.

exit codes: 0 every environment has a verdict, 1 one has none, 2 usage
"""


@dataclass
class Attempt:
    """What came of one environment; ``refusal`` is why it has no verdict."""

    environment: str
    passes: bool = False
    refusal: str = ""
    fail: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Trial:
    """One repository: where its root modules stand, what had to be said, what came of it."""

    repository: str
    layout: list[str]
    said: list[str]
    seconds: float
    attempts: list[Attempt]


def try_repository(checkout: Path, overlay: Path | None) -> Trial:
    """Check a copy of a checkout, with ``overlay`` as its settings.

    Raises:
        RuntimeError: the check changed a file of the repository.
    """
    with tempfile.TemporaryDirectory(prefix="lockgate-trial-") as base:
        copy = Path(base).resolve() / checkout.name
        shutil.copytree(checkout, copy, symlinks=True, ignore=_NOT_COPIED)
        (copy / ".git").mkdir()  # here the repository begins, as a clone would
        if overlay is not None:
            shutil.copyfile(overlay, copy / SETTINGS_FILE)
        before = _digest(copy)
        begun = time.monotonic()
        finished = subprocess.run(
            [sys.executable, "-P", "-m", "lockgate", "check", "--json"],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_OURS)},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begun
        if _digest(copy) != before:
            raise RuntimeError(f"{checkout}: the check changed files of the repository")
        layout = _layout(copy)
    said = _said(overlay)
    return Trial(checkout.name, layout, said, round(seconds, 1), _attempts(finished))


def _digest(directory: Path) -> dict[str, str]:
    """What every file of a repository holds, but for what Terraform keeps for itself."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(directory).parts
    }


def _layout(repository: Path) -> list[str]:
    """The directories of the root modules, each with how it gets its values."""
    try:
        environments = overview_of(repository).environments
    except LockgateError:
        return []
    places = []
    for environment in environments:
        for root in environment.roots:
            place = os.path.relpath(repository / root.directory, repository)
            inputs = [f"{len(root.inputs.var_files)} var files"] if root.inputs.var_files else []
            inputs += ["workspace"] if root.inputs.workspace else []
            places.append(f"{place} ({', '.join(inputs)})" if inputs else place)
    return sorted(places)


def _said(overlay: Path | None) -> list[str]:
    """The keys of a settings file, without their values."""
    document = yaml.safe_load(overlay.read_text("utf-8")) if overlay is not None else None
    return [key for key in _keys(document) if key != "version"]


def _keys(document: object) -> Iterator[str]:
    for key, value in document.items() if isinstance(document, Mapping) else ():
        below = list(_keys(value)) if key not in ("variables", "roots") else []
        yield from (f"{key}.{inner}" for inner in below)
        if not below:
            many = f" ({len(value)})" if isinstance(value, list | dict) else ""
            yield f"{key}{many}"


def _attempts(finished: subprocess.CompletedProcess[str]) -> list[Attempt]:
    """What each environment's part of the verdict says, or one refusal for all."""
    try:
        environments = json.loads(finished.stdout)["environments"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return [Attempt("(all)", refusal=_first_line(finished.stderr))]
    attempts = []
    for environment in environments:
        blocking = [entry for entry in environment["findings"] if entry["verdict"] in _BLOCKS]
        counts = {word: Counter[str]() for word in _BLOCKS}
        for entry in blocking:
            counts[entry["verdict"]][entry["rule"]] += 1
        refusal = environment["engine_error"] or "\n".join(environment["problems"])
        attempts.append(
            Attempt(
                environment["environment"],
                environment["passes"],
                _first_line(refusal),
                dict(sorted(counts["fail"].items())),
                dict(sorted(counts["unknown"].items())),
                blocking,
            )
        )
    return attempts


def _first_line(text: str) -> str:
    """What is wrong, from a message of Terraform's or of ours; empty for an empty one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if line.startswith(("Error:", "error:"))]
    return visible((named or lines or [""])[0])


def print_table(trials: Sequence[Trial]) -> None:
    """A row for each environment, and the totals."""
    table = Table(show_lines=True)
    for heading in ("Repository", "Root modules", "Said", "Environment", "Came out", "Findings"):
        table.add_column(heading, overflow="fold")
    for trial in trials:
        for number, attempt in enumerate(trial.attempts):
            own = (trial.repository, "\n".join(trial.layout), "\n".join(trial.said) or "nothing")
            table.add_row(
                *(own if number == 0 else ("", "", "")), attempt.environment, *_outcome(attempt)
            )
    console = Console(width=max(Console().width, 140))
    console.print(table, markup=False)
    console.print(summary(trials), markup=False, highlight=False)


def _outcome(attempt: Attempt) -> tuple[str, str]:
    if attempt.refusal:
        return f"no verdict: {attempt.refusal}", ""
    counts = [f"{rule} × {many}" for rule, many in attempt.fail.items()]
    counts += [f"{rule} × {many} unknown" for rule, many in attempt.unknown.items()]
    return "passes" if attempt.passes else "does not pass", "\n".join(counts)


def summary(trials: Sequence[Trial]) -> str:
    """How many have a verdict, and how much was found."""
    attempts = [attempt for trial in trials for attempt in trial.attempts]
    judged = [attempt for attempt in attempts if not attempt.refusal]
    whole = [trial for trial in trials if not any(attempt.refusal for attempt in trial.attempts)]
    fails = sum(sum(attempt.fail.values()) for attempt in judged)
    unknowns = sum(sum(attempt.unknown.values()) for attempt in judged)
    return (
        f"{len(trials)} repositories, {len(whole)} with a verdict on all that they have; "
        f"{len(attempts)} environments, {len(judged)} with a verdict; "
        f"{fails} findings fail, {unknowns} are unknown"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """0 every environment has a verdict; 1 one has none; 2 usage."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkouts", nargs="+", type=Path, metavar="CHECKOUT")
    parser.add_argument(
        "--overlays", type=Path, metavar="DIR", help="where NAME.yaml is CHECKOUT's settings"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    given = parser.parse_args(arguments)
    for directory in [*given.checkouts, *([given.overlays] if given.overlays else [])]:
        if not directory.is_dir():
            parser.error(f"{directory} is no directory")
    trials = []
    for checkout in given.checkouts:
        name = checkout.resolve().name
        overlay = given.overlays / f"{name}.yaml" if given.overlays else None
        print(f"{name}: checking", file=sys.stderr)
        trials.append(
            try_repository(
                checkout.resolve(),
                overlay if overlay is not None and overlay.is_file() else None,
            )
        )
    if given.json:
        print(json.dumps([asdict(trial) for trial in trials], indent=2))
    else:
        print_table(trials)
    return int(any(attempt.refusal for trial in trials for attempt in trial.attempts))


if __name__ == "__main__":
    sys.exit(main())
