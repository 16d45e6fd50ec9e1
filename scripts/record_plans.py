"""Records the plans of the rules' cases that changed, with the real engine and provider."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.engine.engine import Engine  # noqa: E402
from lockgate.engine.provider_arguments import provider_arguments  # noqa: E402
from lockgate.install.provider_binary import bundled_provider  # noqa: E402
from lockgate.judging.environment_plan import plan_environment  # noqa: E402
from lockgate.repository.environments import Environment  # noqa: E402
from lockgate.targets import local_aws, provider_override  # noqa: E402
from lockgate.targets.embedded_target import EmbeddedTarget  # noqa: E402
from lockgate.targets.target import Target  # noqa: E402
from lockgate_policies.model.hcl_reader import HclError, read_facts  # noqa: E402
from tests.policies.recorded_plans import (  # noqa: E402
    KINDS,
    PLAN,
    Document,
    Recordings,
    is_current,
    keep,
)
from tests.policies.rule_cases import RULES, Case, CaseError, read_cases  # noqa: E402

_AT_ONCE = 2
# What differs from one run to the next, or only repeats the configuration.
_DROPPED = ("timestamp", "relevant_attributes")


def record(case: Case, target: Target, engine: Engine) -> Document:
    """Plan a case; return what was planned, with what the rules read beside it.

    Raises LockgateError if it does not plan, HclError for HCL that does not parse.
    """
    with tempfile.TemporaryDirectory(prefix="lockgate-record-") as place:
        root, shown = Path(place, "root"), Path(place, "plan.json")
        case.write(root)
        plan_environment(Environment(case.rule, root, root), target, engine, shown)
        document: dict[str, Any] = json.loads(shown.read_bytes())
        facts = read_facts(root, root)
    for key in _DROPPED:
        document.pop(key, None)
    _forget_override(document)
    document["lockgate"] = {
        "environment": case.rule,
        "hcl": facts,
        "settings": case.settings,
        "recorded_from": case.sources,
    }
    return document


def record_all(cases: Sequence[Case], say: Callable[[str], None]) -> list[Case]:
    """Record cases, two at a time; return those that do not plan, having said why."""
    made: dict[str, Document] = {}
    engine = Engine.find()

    with local_aws.throw_away() as endpoint, ThreadPoolExecutor(_AT_ONCE) as pool:
        target = EmbeddedTarget(endpoint, keep_state=False)

        def one(case: Case) -> None:
            try:
                made[case.id] = record(case, target, engine)
            except (LockgateError, HclError) as error:
                say(f"{case.id}: does not plan\n{error}")
            else:
                say(f"{case.id}: recorded")

        list(pool.map(one, cases))
    for path, group in groupby(cases, key=lambda case: case.path):
        recordings: Recordings = {
            case.name: {PLAN: made[case.id]} for case in group if case.id in made
        }
        keep(path, read_cases(path), recordings)
    return [case for case in cases if case.id not in made]


def _forget_override(document: dict[str, Any]) -> None:
    """Drop what the override added to the providers: its endpoint has another port every time."""
    (added,) = provider_override.provider_override(
        [None], "", provider_arguments(bundled_provider())
    )
    for provider in document["configuration"].get("provider_config", {}).values():
        for argument in added:
            provider.get("expressions", {}).pop(argument, None)


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
