"""Locks, shows and releases environments on a target by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lockgate.locks.environment_lock import EnvironmentLock
from lockgate.locks.environment_lock_store import Held, must_hold, open_stores, unlock
from lockgate.repository import environments
from lockgate.state.state_lock_object import StateLock, held_states
from lockgate.targets.target_selection import for_apply, for_reading


@dataclass(frozen=True)
class Locks:
    """What is held on a target: by pull requests, and states by Terraform.

    ``option`` names the target in next steps.
    """

    held: tuple[Held, ...] = ()
    states: tuple[StateLock, ...] = ()
    option: str = ""


def lock_on(
    target_name: str, root: Path, wanted: EnvironmentLock, say: Callable[[str], None]
) -> str:
    """Hold an environment of a repository, and say so; raises as ``must_hold`` does."""
    chosen = environments.select(environments.discover(root), [wanted.environment])
    with for_apply(target_name, root, say) as target:
        return must_hold(open_stores(target, chosen)[wanted.environment], wanted, target.option)


def locks_on(target_name: str, root: Path) -> Locks:
    """Every lock of a repository's environments; none where nothing is up that could hold one."""
    with for_reading(target_name, root) as target:
        if target is None:
            return Locks()
        known = environments.discover(root)
        stores = dict.fromkeys(open_stores(target, known).values())
        states = tuple(held_states(target, known))
        held = tuple(held for store in stores for held in store.every())
        return Locks(held, states, target.option)


def unlock_on(target_name: str, root: Path, name: str, number: int | None, *, force: bool) -> str:
    """Release an environment, and say so; "" if it is not locked. Raises as ``unlock`` does.

    The environment may be gone from the repository, and its lock not.
    """
    known = environments.discover(root)
    with for_reading(target_name, root) as target:
        stores = open_stores(target, known) if target else {}
        chosen = [stores[name]] if name in stores else list(dict.fromkeys(stores.values()))
        if not stores or (name not in stores and not any(store.held(name) for store in chosen)):
            environments.select(known, [name])
        said = [unlock(store, name, number, force=force) for store in chosen]
    return next((line for line in said if line), "")
