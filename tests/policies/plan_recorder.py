"""Plans environments in the two ways that are recorded: as Terraform plans, and resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lockgate.engine.engine import Engine
from lockgate.engine.provider_arguments import provider_arguments
from lockgate.engine.provider_choice import BUNDLED, ProviderChoice
from lockgate.install.provider_binary import bundled_provider
from lockgate.judging.environment_plan import plan_environment
from lockgate.judging.plan_making import ResolvedPlans
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws, provider_override
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Target
from lockgate_policies.model.hcl_reader import read_facts
from lockgate_policies.model.settings import Settings, parse_settings
from tests.policies.recorded_plans import PLAN, RESOLVED

AT_ONCE = 2
# What differs from one run to the next, or only repeats the configuration.
_DROPPED = ("timestamp", "relevant_attributes")


@dataclass(frozen=True)
class PlanRecorder:
    """Makes documents to be kept, several at a time."""

    target: Target
    resolved: ResolvedPlans
    engine: Engine

    def document(
        self, environment: Environment, kind: str, settings: object, sources: str
    ) -> dict[str, Any]:
        """The plan of an environment, with what the rules read beside it.

        ``sources`` is the sha256 of the files that it is made from. Raises LockgateError if it
        does not plan, HclError for HCL that does not parse.
        """
        shown = environment.root / f"{kind}.json"
        if kind == PLAN:
            plan_environment(environment, self.target, self.engine, shown)
        else:
            self.resolved.plan(environment, shown, lambda *_: None)
        document: dict[str, Any] = json.loads(shown.read_bytes())
        shown.unlink()
        for key in _DROPPED:
            document.pop(key, None)
        _forget_override(document)
        told = document.get("lockgate", {})
        document["lockgate"] = {
            **{key: told[key] for key in (RESOLVED,) if key in told},
            "environment": environment.name,
            "hcl": read_facts(environment.directory, environment.root),
            "settings": settings,
            "recorded_from": sources,
        }
        return document


@contextmanager
def plan_recorder() -> Iterator[PlanRecorder]:
    """A recorder, for the bundled provider; its processes end with it."""
    engine = Engine.find()
    choice = ProviderChoice(engine, BUNDLED)
    resolved = ResolvedPlans([], engine, choice, _settings, AT_ONCE)
    try:
        with local_aws.throw_away() as endpoint:
            yield PlanRecorder(EmbeddedTarget(endpoint, keep_state=False), resolved, engine)
    finally:
        resolved.stop()


def _settings(environment: Environment) -> Settings:
    return parse_settings(None, environment.name)


def _forget_override(document: dict[str, Any]) -> None:
    """Drop what the override added to the providers: its endpoint has another port every time."""
    (added,) = provider_override.provider_override(
        [None], "", provider_arguments(bundled_provider())
    )
    for provider in document["configuration"].get("provider_config", {}).values():
        for argument in added:
            provider.get("expressions", {}).pop(argument, None)
