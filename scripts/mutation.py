"""Mutation proof: how many faults in a correct environment do the rules find?

Plans every mutant whose HCL changed with the real engine, judges all of them by Lockgate's rules
and by stock checkov with all its checks, and prints who killed how many, by family. A mutant is
killed by Lockgate if its own rule fails and names the mutated resource; by checkov if any check
fails that passes, or does not fail for that resource, on the reference.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.install import provision  # noqa: E402
from lockgate.repository.environments import Environment  # noqa: E402
from lockgate.repository.settings import read_settings_document  # noqa: E402
from tests.policies.mutation.killing import kills, load_subjects, survivors  # noqa: E402
from tests.policies.mutation.recording import (  # noqa: E402
    ENVIRONMENT,
    Subject,
    keep_plans,
    kept_plans,
)
from tests.policies.plan_recorder import AT_ONCE, plan_recorder  # noqa: E402
from tests.policies.recorded_plans import KINDS, PLAN  # noqa: E402

_CHECKOV = ROOT / "scripts" / "stock_checkov.py"


def record(subjects: list[Subject]) -> tuple[dict[Subject, Any], list[str]]:
    """Plan subjects, two at a time; return the plans, and what is wrong with the others."""
    plans: dict[Subject, Any] = {}
    problems: list[str] = []
    lock = threading.Lock()
    done = 0

    def one(subject: Subject) -> None:
        nonlocal done
        with tempfile.TemporaryDirectory(prefix="lockgate-mutant-") as base:
            place = Path(base).resolve()
            environment = Environment(ENVIRONMENT, subject.write(place), place)
            settings = read_settings_document(place)
            try:
                plans[subject] = recorder.document(
                    environment, subject.kind, settings, subject.sources
                )
            except LockgateError as error:
                problems.append(f"{subject.slug}: does not plan: {error}")
        with lock:
            done += 1
            print(f"\r{done}/{len(subjects)} planned", end="", file=sys.stderr, flush=True)

    if subjects:
        with plan_recorder() as recorder, ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, subjects))
        print(file=sys.stderr)
    return plans, problems


def stock_kills(subjects: list[Subject]) -> set[str]:
    """The slugs of the mutants that stock checkov finds, all its checks on."""
    with tempfile.TemporaryDirectory(prefix="lockgate-stock-") as base:
        plans = {}
        for subject in subjects:
            # Without what Lockgate adds: a user's plan has no such key.
            document = {k: v for k, v in subject.load().items() if k != "lockgate"}
            path = Path(base) / f"{subject.slug}.json"
            path.write_text(json.dumps(document))
            plans[subject.slug] = str(path)
        finished = subprocess.run(
            [str(provision.ensure_checkov()), str(_CHECKOV)],
            input=json.dumps(plans),
            capture_output=True,
            text=True,
            check=False,
        )
    if finished.returncode != 0:
        raise LockgateError(f"stock checkov failed: {finished.stderr[-2000:]}")
    failed = {
        slug: {tuple(f) for f in findings} for slug, findings in json.loads(finished.stdout).items()
    }
    reference = failed.pop(Subject().slug)
    return {slug for slug, findings in failed.items() if findings - reference}


def main() -> int:
    """0 all killed; 1 a mutant survived, does not plan, or the reference does not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="only plan what changed")
    parser.add_argument("--all", action="store_true", help="plan everything anew")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    subjects = load_subjects()
    stale = [subject for subject in subjects if arguments.all or not subject.current]
    recorded, problems = record(stale)
    for kind in KINDS:
        wanted = {subject.name for subject in subjects if subject.kind == kind}
        kept = kept_plans(kind)
        new = {subject.name: plan for subject, plan in recorded.items() if subject.kind == kind}
        plans = {name: plan for name, plan in {**kept, **new}.items() if name in wanted}
        if new or plans.keys() != kept.keys():
            keep_plans(kind, plans)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems or arguments.record:
        return 1 if problems else 0
    print("judging by stock checkov", file=sys.stderr)
    # checkov reads the plan as Terraform makes it.
    stock = stock_kills(
        [subject for subject in subjects if subject.variant is None and subject.kind == PLAN]
    )
    alive = survivors(subjects)
    rows = _rows(subjects, stock)
    if arguments.json:
        print(json.dumps({"families": rows, "survivors": alive}, indent=2))
    else:
        print("| Family | Mutants | Killed by Lockgate | Killed by stock checkov |")
        print("| --- | ---: | ---: | ---: |")
        for row in rows:
            print(f"| {row['family']} | {row['mutants']} | {row['lockgate']} | {row['checkov']} |")
        for name in alive:
            print(f"survived: {name}", file=sys.stderr)
    return 1 if alive else 0


def _rows(subjects: list[Subject], stock: set[str]) -> list[dict[str, Any]]:
    mutants: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    for subject in subjects:
        if subject.mutant is None or subject.kind != PLAN:
            continue
        family = subject.mutant.family
        mutants[family] += 1
        # A fault must be found in both kinds of plan.
        ours[family] += all(kills(replace(subject, kind=kind)) for kind in KINDS)
        theirs[family] += subject.slug in stock
    rows = [
        {"family": family, "mutants": count, "lockgate": ours[family], "checkov": theirs[family]}
        for family, count in mutants.items()
    ]
    total = {
        "family": "all",
        "mutants": mutants.total(),
        "lockgate": ours.total(),
        "checkov": theirs.total(),
    }
    return [*rows, total]


if __name__ == "__main__":
    sys.exit(main())
