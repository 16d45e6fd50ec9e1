"""Reads sealed plans to apply them: exactly what was reviewed, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lockgate.applying.plan_difference import plan_difference
from lockgate.base.errors import PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate.sealing.engine_versions import provider_versions
from lockgate.sealing.plan_sealing import surroundings
from lockgate.sealing.sealed_plan import SealedPlan, Surroundings, other_providers, refusals, unseal
from lockgate.targets.target import Workspace
from lockgate.verdict.verdict import EnvironmentVerdict


def read_bundle(path: Path, secret: str) -> SealedPlan:
    """The sealed plan in a file. Raises UsageError if it cannot be read, else as ``unseal``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return unseal(content, secret)
    except PolicyError as error:
        raise PolicyError(f"{path} is refused: {error}") from error


def environment_of(
    bundle: Path, secret: str, environments: Mapping[str, Environment]
) -> Environment:
    """The environment, of those by their names, that a bundle is of. Raises PolicyError."""
    name = read_bundle(bundle, secret).manifest.surroundings.environment
    if name not in environments:
        raise PolicyError(
            f"{bundle} is refused: it is of the environment '{name}', which is not here. Known "
            f"are: {', '.join(environments)}."
        )
    return environments[name]


@dataclass(frozen=True)
class Bundles:
    """What sealed plans are read with; ``here`` is, by environment, what must be as it was."""

    here: Mapping[str, Surroundings]
    settings: PipelineSettings
    secret: str

    @classmethod
    def of(
        cls,
        environments: Sequence[Environment],
        settings: PipelineSettings,
        engine: Engine,
        target_name: str,
        secret: str,
    ) -> Bundles:
        """For environments as they are now, before an `init` writes files that are no commit's.

        Raises UsageError if the files are not exactly a commit's, EngineError for an engine that
        does not tell its version.
        """
        here = {
            environment.name: surroundings(environment, engine, target_name)
            for environment in environments
        }
        return cls(here, settings, secret)

    def read(self, bundle: Path, environment: Environment) -> ReviewedBundle:
        """The plan in a bundle, as one that may be applied. Raises PolicyError if it is refused."""
        sealed = read_bundle(bundle, self.secret)
        here = self.here[environment.name]
        _refuse(bundle, refusals(sealed, here, self.settings, datetime.now(UTC)))
        return ReviewedBundle(bundle, sealed)


@dataclass(frozen=True)
class ReviewedBundle:
    """A sealed plan that was not refused."""

    bundle: Path
    sealed: SealedPlan

    @property
    def changes(self) -> bool:
        """Whether its plan changes anything."""
        return self.sealed.manifest.changes

    @property
    def verdict(self) -> EnvironmentVerdict:
        """How it was judged before it was sealed."""
        (verdict,) = self.sealed.manifest.judged().environments
        return verdict

    def must_fit(self, engine: Engine, workspace: Workspace) -> None:
        """Raise PolicyError unless the providers are those that it was planned with."""
        providers = provider_versions(engine, workspace)
        _refuse(self.bundle, other_providers(self.sealed.manifest, providers))

    def must_do_the_same(self, plan: Mapping[str, Any]) -> None:
        """Raise PolicyError, with the differences, for a plan (as JSON) that does otherwise."""
        if differences := plan_difference(self.sealed.document, plan):
            name = self.sealed.manifest.surroundings.environment
            told = "\n".join(f"  {difference}" for difference in differences)
            raise PolicyError(
                f"The state of {name} moved on, and the plan would now do something else than was "
                f"reviewed; nothing was applied:\n{told}\n"
                f"Plan again with `lockgate plan {name} --bundle FILE` and have that reviewed."
            )

    def write(self, path: Path) -> None:
        """Write the plan file that Terraform applies, for nobody else to read."""
        path.touch(0o600)
        path.write_bytes(self.sealed.plan)


def _refuse(bundle: Path, reasons: tuple[str, ...]) -> None:
    if reasons:
        told = "\n".join(f"  {reason}" for reason in reasons)
        raise PolicyError(f"{bundle} is refused, and nothing was applied:\n{told}")
