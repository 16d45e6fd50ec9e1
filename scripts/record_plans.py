"""Records the plans of the rules' cases that changed, with the real engine and provider."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.repository.environments import Environment  # noqa: E402
from lockgate_policies.model.hcl_reader import HclError  # noqa: E402
from tests.policies.plan_recorder import AT_ONCE, PlanRecorder, plan_recorder  # noqa: E402
from tests.policies.recorded_plans import (  # noqa: E402
    KINDS,
    Document,
    Recordings,
    is_current,
    keep,
)
from tests.policies.rule_cases import RULES, Case, CaseError, read_cases  # noqa: E402


def record(case: Case, recorder: PlanRecorder) -> dict[str, Document]:
    """Plan a case in every way that is recorded, with what the rules read beside it.

    Raises LockgateError if it does not plan, HclError for HCL that does not parse.
    """
    with tempfile.TemporaryDirectory(prefix="lockgate-record-") as place:
        root = Path(place).resolve() / "root"
        case.write(root)
        environment = Environment(case.rule, root, root)
        return {
            kind: recorder.document(environment, kind, case.settings, case.sources)
            for kind in KINDS
        }


def record_all(cases: Sequence[Case], say: Callable[[str], None]) -> list[Case]:
    """Record cases, two at a time; return those that do not plan, having said why."""
    documents_by_case: dict[str, dict[str, Document]] = {}
    with plan_recorder() as recorder, ThreadPoolExecutor(AT_ONCE) as pool:

        def one(case: Case) -> None:
            try:
                documents_by_case[case.id] = record(case, recorder)
            except (LockgateError, HclError) as error:
                say(f"{case.id}: does not plan\n{error}")
            else:
                say(f"{case.id}: recorded")

        list(pool.map(one, cases))
    for path, group in groupby(cases, key=lambda case: case.path):
        recordings: Recordings = {
            case.name: documents_by_case[case.id] for case in group if case.id in documents_by_case
        }
        keep(path, read_cases(path), recordings)
    return [case for case in cases if case.id not in documents_by_case]


def _cases(paths: Sequence[Path]) -> list[Case]:
    """The cases in the files, of which nothing is kept that is gone or not current."""
    by_path = {path: read_cases(path) for path in (path.resolve() for path in paths)}
    for path, cases in by_path.items():
        keep(path, cases, {})
    return [case for cases in by_path.values() for case in cases]


def main() -> int:
    """Record what changed; 0 all recorded, 1 some do not plan, 2 a file cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", metavar="FILE", nargs="*", type=Path, help="default: those of every rule"
    )
    parser.add_argument("--all", action="store_true", help="also those that did not change")
    arguments = parser.parse_args()
    try:
        cases = _cases(arguments.paths or sorted(RULES.glob("*.yaml")))
    except CaseError as error:
        parser.error(str(error))
    changed = [
        case for case in cases if arguments.all or not all(is_current(case, kind) for kind in KINDS)
    ]
    failed = record_all(changed, lambda line: print(line, flush=True)) if changed else []
    print(f"{len(changed) - len(failed)} recorded, {len(cases) - len(changed)} were current")
    if failed:
        names = ", ".join(case.id for case in failed)
        print(f"error: these do not plan: {names}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
