"""The environments' locks in the state bucket, one object each: ``lockgate/locks/<env>.json``.

Whoever creates it holds the environment. It is deleted only as it was seen, so that nobody deletes
the lock of the one after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.base.errors import EngineError, PolicyError
from lockgate.locks.environment_lock import EnvironmentLock, read_lock
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket, StoredObject, open_bucket
from lockgate.targets.target import Target

PREFIX = "lockgate/locks/"
# Between a refused write and the look at who holds it, the holder may let go; so often in a row
# only where something else is wrong.
_ATTEMPTS = 10
ADVICE = (
    "Locks are kept there: look whether the bucket is there (`lockgate bootstrap` makes it) and "
    "the role may read and write."
)


@dataclass(frozen=True)
class Held:
    """A lock as it lies in the bucket; ``lock`` is None where the object cannot be read as one."""

    environment: str
    lock: EnvironmentLock | None
    stored: StoredObject

    def describe(self) -> str:
        """Who holds it, for a person."""
        return self.lock.describe() if self.lock else "somebody: its lock cannot be read"


@dataclass(frozen=True)
class EnvironmentLockStore:
    """The locks in one bucket. Every method raises EngineError if the bucket does not answer."""

    bucket: Bucket

    def acquire(self, wanted: EnvironmentLock) -> Held | None:
        """Hold an environment: None if it was taken now, else who held it already."""
        key = _key(wanted.environment)
        for _ in range(_ATTEMPTS):
            if self.bucket.create(key, wanted.as_json()):
                return None
            held = self.held(wanted.environment)
            if held is not None:
                return held
        raise EngineError(
            f"{self.bucket.place(key)} is refused as being there, and is not there "
            f"{_ATTEMPTS} times in a row. Try again; `lockgate locks` shows who holds what."
        )

    def held(self, environment: str) -> Held | None:
        """Who holds an environment; None if nobody does."""
        stored = self.bucket.read(_key(environment))
        if stored is None:
            return None
        try:
            lock = read_lock(stored.json())
        except ValueError:
            lock = None
        return Held(environment, lock, stored)

    def release(self, held: Held) -> bool:
        """Release a lock as it was seen; False if it is another one by now."""
        return self.bucket.delete(_key(held.environment), held.stored)

    def every(self) -> list[Held]:
        """Every lock, by environment."""
        keys = self.bucket.keys(PREFIX)
        names = [key.removeprefix(PREFIX).removesuffix(".json") for key in keys]
        held_locks = [self.held(name) for name in sorted(names)]
        return [held_lock for held_lock in held_locks if held_lock is not None]


def open_stores(
    target: Target, environments: Sequence[Environment]
) -> dict[str, EnvironmentLockStore]:
    """The store of each environment: the bucket that holds its state.

    Raises UsageError if that is not written in an ``s3`` backend.
    """
    places = {environment.name: target.state_bucket(environment) for environment in environments}
    stores = {
        place: EnvironmentLockStore(open_bucket(target, place, ADVICE))
        for place in dict.fromkeys(places.values())
    }
    return {name: stores[place] for name, place in places.items()}


def must_hold(store: EnvironmentLockStore, wanted: EnvironmentLock, option: str) -> str:
    """Hold an environment for a pull request, and say so. ``option`` is the target's.

    Raises PolicyError, naming the holder and what to do, if another pull request has it.
    """
    held = store.acquire(wanted)
    if held is None:
        return f"{wanted.environment} is locked by {wanted.describe()}"
    if held.lock is not None and held.lock.pull_request == wanted.pull_request:
        return f"{wanted.environment} is still locked by {held.describe()}"
    whose = f"--pull-request {held.lock.pull_request}" if held.lock else "--force"
    raise PolicyError(
        f"{wanted.environment} is locked by {held.describe()}. Its plan waits to be merged, and "
        "what it is applied to must be what was reviewed. Wait until it is merged or closed, "
        "which releases the lock, then run this again. If nobody goes on with it: "
        f"`lockgate unlock {wanted.environment} {whose}{option}`."
    )


def unlock(
    store: EnvironmentLockStore, environment: str, number: int | None, *, force: bool
) -> str:
    """Release an environment and say so; "" if there is nothing to release.

    Another pull request's lock is left, and said so. Raises PolicyError, with the holder, where
    neither a number nor force says whose lock it may be.
    """
    held = store.held(environment)
    while held is not None:
        own = held.lock is not None and held.lock.pull_request == number
        if not own and not force:
            if number is not None and held.lock is not None:
                return f"{environment} is locked by {held.describe()}: left as it is."
            raise PolicyError(
                f"{environment} is locked by {held.describe()}: it was not released. Give its "
                "number with --pull-request, or --force if nobody goes on with it."
            )
        if store.release(held):
            return f"{environment} is released; it was locked by {held.describe()}"
        held = store.held(environment)
    return ""


def _key(environment: str) -> str:
    return f"{PREFIX}{environment}.json"
