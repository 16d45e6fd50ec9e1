"""Plans the root modules of one environment, each by itself, and joins the plans."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.provider_proxy.joins import Joins
from lockgate.engine.resolved_planner import JoinedRoot
from lockgate.judging.joined_plan import join
from lockgate.repository.environments import Environment
from lockgate.targets.state_backend import state_object


class PlanRoot(Protocol):
    """Plans one root module to a file."""

    def __call__(self, environment: Environment, out: Path, joined: JoinedRoot, /) -> None:
        """Write the plan. Raises EngineError."""
        ...


def plan_joined(environment: Environment, out: Path, plan: PlanRoot) -> None:
    """Write the joined plan of an environment's root modules to ``out``.

    A root module is planned again where what it looked up was planned after it. Raises EngineError
    with Terraform's own message, and for root modules that look each other up in a circle.
    """
    joins = Joins(states=_states(environment))
    plans: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="lockgate-roots-") as scratch:
        file = Path(scratch) / "plan.json"
        waiting = list(environment.parts)
        for _ in range(len(environment.parts) + 1):
            refused: dict[str, EngineError] = {}
            for part in waiting:
                joins.forget(part.name)
                try:
                    plan(part, file, JoinedRoot(part.name, joins))
                except EngineError as error:
                    # What it looks up may be of a shape that only the others' plans tell.
                    refused[part.name] = error
                else:
                    plans[part.name] = json.loads(file.read_bytes())
            waiting = [part for part in environment.parts if joins.joinable(part.name)]
            for name, refusal in refused.items():
                if name not in {part.name for part in waiting}:
                    raise refusal
            if not waiting:
                break
        for refusal in refused.values():
            raise refusal
    ordered = in_order(environment.parts, joins.edges)
    document = join({part.name: plans[part.name] for part in ordered})
    out.write_bytes(msgspec.json.encode(document))


def in_order(
    parts: Iterable[Environment], edges: Iterable[tuple[str, str]]
) -> tuple[Environment, ...]:
    """The root modules so that each comes after those that it looks up.

    ``edges`` are pairs of names: who looks up, and who is looked up. Raises EngineError for a
    circle.
    """
    needs: dict[str, set[str]] = {}
    for asker, owner in edges:
        needs.setdefault(asker, set()).add(owner)
    ordered: list[Environment] = []
    left = list(parts)
    while left:
        done = {part.name for part in ordered}
        free = [part for part in left if not needs.get(part.name, set()) - done]
        if not free:
            names = ", ".join(part.name for part in left)
            raise EngineError(
                f"The root modules {names} look each other up, so none of them can be applied "
                "first. Let one of them take the other's values as variables."
            )
        ordered.append(free[0])
        left.remove(free[0])
    return tuple(ordered)


def _states(environment: Environment) -> dict[str, str]:
    """Where each root module's state lies (``bucket/key``), as far as its backend tells."""
    states: dict[str, str] = {}
    for part in environment.parts:
        try:
            state = state_object(part)
        except UsageError:
            continue  # nobody can be told to read it
        states[f"{state.bucket}/{state.key}"] = part.name
    return states
