"""Judging plans: ``lockgate check --plan`` beside the ``checkov`` command, by turns.

The same plans, the same policies and the same checks. Ten plans are given to checkov in one
command, which is the faster of the two ways to do it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import cost
from bench.cost import Cost
from bench.synthetic import grown
from lockgate.base import paths
from lockgate.install import provision
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule_files import load_rules

_SIZES = (100, 1000, 2000, 5000)


@dataclass(frozen=True)
class Comparison:
    """One kind of work, done by both; ``at_most`` is a part of checkov's time."""

    title: str
    plans: Sequence[Path]
    runs: int
    at_most: float


def measure(runs: int, *, full: bool, say: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """The figures, one by one; the long ones only in full."""
    with tempfile.TemporaryDirectory() as base:
        place = Path(base)
        one = place / "prod.json"
        say("planning prod")
        subprocess.run(
            [sys.executable, "-m", "lockgate", "plan", "prod", "--out", str(one)],
            cwd=paths.repository_root(),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield _compare(Comparison("judge one plan of prod", [one], runs, 0.34), say)
        if not full:
            return
        ten = [place / f"prod-{number}.json" for number in range(10)]
        for copy in ten:
            copy.write_bytes(one.read_bytes())
        document = json.loads(one.read_bytes())
        sizes = {size: place / f"{size}.json" for size in _SIZES}
        for size, path in sizes.items():
            path.write_text(json.dumps(grown(document, size)))
        yield _compare(Comparison("judge ten plans of prod", ten, 3, 0.1), say)
        large = [sizes[2000]]
        yield _compare(Comparison("judge one plan of 2,000 resources", large, 3, 0.34), say)
        for size, path in sizes.items():
            say(f"judge one plan of {size:,} resources")
            ours = cost.median([_ours([path]) for _ in range(3)])
            yield {
                "what": f"judge one plan of {size:,} resources",
                "beside": None,
                "runs": 3,
                "theirs": None,
                "ours": vars(ours).copy(),
                "ratio": None,
                "goal": None,
                "kept": True,
            }


def _compare(comparison: Comparison, say: Callable[[str], None]) -> dict[str, Any]:
    theirs: list[Cost] = []
    ours: list[Cost] = []
    for number in range(comparison.runs):
        say(f"{comparison.title}: run {number + 1} of {comparison.runs}")
        theirs.append(_checkov(comparison.plans))
        ours.append(_ours(comparison.plans))
    their, our = cost.median(theirs), cost.median(ours)
    ratio = our.seconds / their.seconds
    return {
        "what": comparison.title,
        "beside": "checkov command",
        "runs": comparison.runs,
        "theirs": vars(their).copy(),
        "ours": vars(our).copy(),
        "ratio": round(ratio, 3),
        "goal": f"at most {comparison.at_most}",
        "kept": ratio <= comparison.at_most,
    }


def _ours(plans: Sequence[Path]) -> Cost:
    arguments = [part for plan in plans for part in ("--plan", str(plan))]
    command = [sys.executable, "-m", "lockgate", "check", "--json", *arguments]
    return cost.of_command(command, Path(tempfile.gettempdir()), accepted=(0, 1))


def _checkov(plans: Sequence[Path]) -> Cost:
    python = provision.ensure_checkov()
    checks = ",".join([*(file.id for file in load_rules()), *builtin_checks.ON])
    command = [
        *(str(python.parent / "checkov"), "--framework", "terraform_plan", "--skip-download"),
        *("--external-checks-dir", str(paths.policies_dir() / "checkov")),
        *("-o", "json", "-c", checks),
        *(part for plan in plans for part in ("-f", str(plan))),
    ]
    place = Path(tempfile.gettempdir())
    return cost.of_command(command, place, {"LOG_LEVEL": "ERROR"}, accepted=(0, 1))
