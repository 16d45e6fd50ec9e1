"""Records the plans of the test fixtures that changed, with the real engine and provider."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from lockgate.base.errors import LockgateError  # noqa: E402
from lockgate.engine.engine import Engine  # noqa: E402
from lockgate.judging.environment_plan import plan_environment  # noqa: E402
from lockgate.repository.environments import Environment  # noqa: E402
from lockgate.repository.settings import read_settings_document  # noqa: E402
from lockgate.targets import local_aws, provider_override  # noqa: E402
from lockgate.targets.target import EmbeddedTarget, Target  # noqa: E402
from lockgate_policies.model.hcl_reader import HclError, read_facts  # noqa: E402
from tests.recorded_plans import Fixture, fixtures_in  # noqa: E402

_AT_ONCE = 2
# What differs from one run to the next, or only repeats the configuration.
_DROPPED = ("timestamp", "relevant_attributes")


def record(fixture: Fixture, target: Target, engine: Engine) -> None:
    """Plan a fixture and write what was planned beside it.

    Raises LockgateError if it does not plan, HclError for HCL that does not parse.
    """
    environment = Environment(fixture.name, fixture.directory, fixture.directory)
    settings = read_settings_document(fixture.directory)
    with tempfile.TemporaryDirectory(prefix="lockgate-record-") as place:
        shown = Path(place, "plan.json")
        plan_environment(environment, target, engine, shown)
        document: dict[str, Any] = json.loads(shown.read_bytes())
    for key in _DROPPED:
        document.pop(key, None)
    _forget_override(document)
    document["lockgate"] = {
        "environment": fixture.name,
        "hcl": read_facts(fixture.directory, fixture.directory),
        "settings": settings,
        "recorded_from": fixture.sources,
    }
    fixture.plan.write_text(_compact(document), "utf-8")


def record_all(fixtures: Iterable[Fixture], say: Callable[[str], None]) -> list[Fixture]:
    """Record fixtures, two at a time; return those that do not plan, having said why."""
    failed: list[Fixture] = []
    engine = Engine.find()

    with local_aws.throw_away() as endpoint, ThreadPoolExecutor(_AT_ONCE) as pool:
        target = EmbeddedTarget(endpoint, keep_state=False)

        def one(fixture: Fixture) -> None:
            where = _shown(fixture)
            try:
                record(fixture, target, engine)
            except (LockgateError, HclError) as error:
                failed.append(fixture)
                say(f"{where}: does not plan\n{error}")
            else:
                say(f"{where}: recorded")

        list(pool.map(one, fixtures))
    return failed


def _forget_override(document: dict[str, Any]) -> None:
    """Drop what the override added to the providers: its endpoint has another port every time."""
    (added,) = provider_override.provider_override([None], "")
    for provider in document["configuration"].get("provider_config", {}).values():
        for argument in added:
            provider.get("expressions", {}).pop(argument, None)


def _shown(fixture: Fixture) -> str:
    return os.path.relpath(fixture.directory)


def _compact(document: dict[str, Any]) -> str:
    """One line per key, so that a difference shows where it is without filling the screen."""
    lines = [
        f"{json.dumps(key)}: {json.dumps(document[key], sort_keys=True, separators=(',', ':'))}"
        for key in sorted(document)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    """Record what changed; 0 all recorded, 1 some do not plan, 2 a path holds no fixture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="default: tests/policies"
    )
    parser.add_argument("--all", action="store_true", help="also those that did not change")
    arguments = parser.parse_args()
    fixtures: list[Fixture] = []
    for path in arguments.paths or [ROOT / "tests" / "policies"]:
        found = fixtures_in(path.resolve())
        if not found:
            parser.error(f"{path} holds no main.tf")
        fixtures += found
    changed = [each for each in fixtures if arguments.all or not each.current]
    failed = record_all(changed, lambda line: print(line, flush=True))
    print(f"{len(changed) - len(failed)} recorded, {len(fixtures) - len(changed)} were current")
    if failed:
        names = ", ".join(_shown(each) for each in failed)
        print(f"error: these do not plan: {names}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
