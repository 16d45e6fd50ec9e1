"""Terraform's own locks of the states, as they lie beside them (``use_lockfile``).

Written for people to see without meeting one; only Terraform takes and releases them.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from lockgate.base import documents
from lockgate.base.documents import DocumentError
from lockgate.base.errors import UsageError
from lockgate.repository.environments import Environment
from lockgate.state.bucket import open_bucket
from lockgate.targets.target import Target

# What a person may copy into a shell: the lock's object is written by whoever may lock.
LOCK_ID = "[0-9A-Za-z][0-9A-Za-z._/-]*"
_SUFFIX = ".tflock"
_ADVICE = (
    "The state and its lock are kept there: look whether the bucket is there (`lockgate bootstrap` "
    "makes it) and the role may read."
)
_DOING = {"OperationTypeApply": "applies", "OperationTypePlan": "plans"}


@dataclass(frozen=True)
class StateLock:
    """Who works on an environment's state, what they do, and since when; ``id`` is the lock's."""

    environment: str
    id: str
    holder: str
    doing: str
    since: str

    def as_json(self) -> dict[str, Any]:
        """The lock, for a program."""
        return asdict(self)

    def next_step(self, option: str) -> str:
        """What to do if its holder was killed."""
        if not re.fullmatch(LOCK_ID, self.id):
            return "Its ID cannot be told: look at the object beside the state"
        release = f"lockgate unlock {self.environment} --state {self.id}{option}"
        return f"If that process was killed: `{release}`"

    def describe(self) -> str:
        """Who holds it, what for and since when, for a person."""
        return f"{self.holder}, who {self.doing} since {self.since}"


class _Written(msgspec.Struct, frozen=True, rename="pascal"):
    """A lock in Terraform's own words."""

    id: str = msgspec.field(name="ID")
    who: Any = None
    operation: Any = None
    created: Any = None


def read_state_lock(environment: str, text: str | bytes) -> StateLock | None:
    """A lock as Terraform writes it; None for what is none."""
    try:
        lock = documents.read(text, _Written)
    except DocumentError:
        return None
    return StateLock(
        environment,
        shown(lock.id),
        shown(lock.who) or "somebody",
        doing(lock.operation),
        shown(lock.created) or "a time untold",
    )


def doing(operation: object) -> str:
    """What Terraform's word for an operation means."""
    return _DOING.get(str(operation), "works on it")


def shown(text: object) -> str:
    """A text that is safe to print: one line, no control characters."""
    return "".join(sign for sign in str(text or "") if sign.isprintable()).strip()


def held_states(target: Target, environments: list[Environment]) -> list[StateLock]:
    """The locks of those states whose objects are known. Raises EngineError if S3 fails."""
    locks = (_held(target, environment) for environment in environments)
    return [lock for lock in locks if lock is not None]


def _held(target: Target, environment: Environment) -> StateLock | None:
    try:
        state = target.state_object(environment)
    except UsageError:
        return None  # its state is in no object that Lockgate can tell
    stored = open_bucket(target, state.place, _ADVICE).read(f"{state.key}{_SUFFIX}")
    if stored is None:
        return None
    lock = read_state_lock(environment.name, stored.body)
    return lock or StateLock(environment.name, "", "somebody", doing(None), "a time untold")
