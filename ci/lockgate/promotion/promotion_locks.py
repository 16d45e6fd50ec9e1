"""What a promotion does about the environments' locks: it is what they waited for.

A lock keeps other pull requests' plans off an environment until its own plan is applied. So it
never stops a promotion: what is merged is reviewed, and main must not wait for a pull request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lockgate.base.errors import EngineError, UsageError
from lockgate.locks.environment_lock_store import EnvironmentLockStore, Held, open_stores
from lockgate.repository.environments import Environment
from lockgate.targets.target import Target


@dataclass(frozen=True)
class PromotionLocks:
    """The locks of the environments that are promoted; ``pull_request`` is the one merged."""

    stores: Mapping[str, EnvironmentLockStore]
    pull_request: int | None

    def made_stale(self, environment: str) -> str:
        """Whose plan an apply of this environment made stale, for a person; "" for nobody's."""
        try:
            held = self._held(environment)
        except EngineError as error:
            return f"whether a pull request's plan is stale now is not known: {error}"
        if held is None or self._own(held):
            return ""
        return (
            f"{environment} was locked by {held.describe()}: that plan is stale now. Run its "
            "pull request's pipeline again"
        )

    def release(self, environment: str) -> str:
        """Release the merged pull request's lock, and say so; "" if it has none there."""
        try:
            held = self._held(environment)
            if held is None or not self._own(held) or not self.stores[environment].release(held):
                return ""
        except EngineError as error:
            return (
                f"its lock is not released: {error} `lockgate unlock {environment} "
                f"--pull-request {self.pull_request}` releases it"
            )
        return f"{environment} is released; it was locked by {held.describe()}"

    def _held(self, environment: str) -> Held | None:
        store = self.stores.get(environment)
        return store.held(environment) if store else None

    def _own(self, held: Held) -> bool:
        return held.lock is not None and held.lock.pull_request == self.pull_request


def open_locks(
    target: Target, environments: Sequence[Environment], pull_request: int | None
) -> PromotionLocks:
    """The locks of those environments whose state's bucket is known; others have none."""
    stores: dict[str, EnvironmentLockStore] = {}
    for environment in environments:
        try:
            stores |= open_stores(target, [environment])
        except UsageError:
            continue
    return PromotionLocks(stores, pull_request)
