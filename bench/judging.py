"""Judging plans: ``lockgate check --plan`` beside the ``checkov`` command, by turns.

The same plans, the same policies and the same checks; whole processes are timed, and their largest
resident memory is taken. Ten plans are given to checkov in one command, which is the faster of the
two ways to do it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.synthetic import grown
from lockgate.base import paths
from lockgate.install import provision
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule_files import load_rules


@dataclass(frozen=True)
class Comparison:
    """One kind of work, done by both."""

    title: str
    plans: Sequence[Path]
    runs: int
    at_least: float


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds, and the peak of its processes' memory in bytes."""

    seconds: float
    memory: int


def measure(runs: int) -> dict[str, Any]:
    """All figures; ``runs`` for the quick ones, the slow ones run less often."""
    with tempfile.TemporaryDirectory() as base:
        place = Path(base)
        one = place / "prod.json"
        subprocess.run(
            [sys.executable, "-m", "lockgate", "plan", "prod", "--out", str(one)],
            cwd=paths.repository_root(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ten = [place / f"prod-{number}.json" for number in range(10)]
        for copy in ten:
            copy.write_bytes(one.read_bytes())
        document = json.loads(one.read_bytes())
        sizes = {}
        for resources in (100, 1000, 2000, 5000):
            sizes[resources] = place / f"{resources}.json"
            sizes[resources].write_text(json.dumps(grown(document, resources)))
        comparisons = [
            Comparison("one plan of prod", [one], runs, 3),
            Comparison("ten plans of prod", ten, max(3, runs // 2), 10),
            Comparison("one plan of 2,000 resources", [sizes[2000]], 3, 3),
        ]
        return {
            "comparisons": [_compare(each) for each in comparisons],
            "growth": [
                {"resources": resources, **_median([_ours([plan]) for _ in range(3)])}
                for resources, plan in sizes.items()
            ],
        }


def _compare(comparison: Comparison) -> dict[str, Any]:
    theirs: list[Cost] = []
    ours: list[Cost] = []
    for _ in range(comparison.runs):
        theirs.append(_checkov(comparison.plans))
        ours.append(_ours(comparison.plans))
    their, our = _median(theirs), _median(ours)
    return {
        "what": comparison.title,
        "runs": comparison.runs,
        "checkov": their,
        "lockgate": our,
        "times_faster": round(their["seconds"] / our["seconds"], 1),
        "at_least": comparison.at_least,
    }


def _median(costs: Sequence[Cost]) -> dict[str, float]:
    return {
        "seconds": round(statistics.median(cost.seconds for cost in costs), 3),
        "megabytes": round(max(cost.memory for cost in costs) / 1e6),
    }


def _ours(plans: Sequence[Path]) -> Cost:
    arguments = [part for plan in plans for part in ("--plan", str(plan))]
    return _cost([sys.executable, "-m", "lockgate", "check", "--json", *arguments])


def _checkov(plans: Sequence[Path]) -> Cost:
    python = provision.ensure_checkov()
    checks = ",".join([*(file.id for file in load_rules()), *builtin_checks.ON])
    return _cost(
        [
            *(str(python.parent / "checkov"), "--framework", "terraform_plan", "--skip-download"),
            *(
                "--external-checks-dir",
                str(paths.policies_dir() / "checkov"),
                "-o",
                "json",
                "-c",
                checks,
            ),
            *(part for plan in plans for part in ("-f", str(plan))),
        ]
    )


def _cost(command: list[str]) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
        cwd=tempfile.gettempdir(),
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(seconds, peak)


def _memory(pid: int) -> int:
    """The resident memory of a process and its children, in bytes."""
    total = 0
    try:
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return total
    return total + sum(_memory(int(child)) for child in children)
