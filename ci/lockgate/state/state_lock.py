"""A state's lock whose holder, killed, did not release it: who holds it, and how to go on.

It is Terraform's own lock, held only while Terraform runs. Nothing here takes it from anybody by
itself: whether the holder was killed is for a person to know.
"""

from __future__ import annotations

import re

from lockgate.base.errors import EngineError, PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state.state_lock_object import LOCK_ID, StateLock, doing, shown
from lockgate.targets.target import Target

_LOCK = re.compile(
    rf"Error acquiring the state lock.*?^\s*ID:\s+(?P<id>{LOCK_ID})\s(?P<info>.*)",
    re.DOTALL | re.MULTILINE,
)
_FIELD = re.compile(r"^\s*(Operation|Who|Created):[ \t]+(\S.*?)\s*$", re.MULTILINE)
_ANOTHER = re.compile(r"does not match (?:the )?existing lock")
# What the S3 backend says of a lock that is not there, as an object and as an item of DynamoDB.
_NONE = ("NoSuchKey", "no lock info found")
_SAID = "The state of"


def next_step(message: str, environment: Environment, target: Target) -> str:
    """How to go on after Terraform's message; "" if it is of no lock, or says so already."""
    found = _LOCK.search(message)
    if found is None or f"\n{_SAID} {environment.name} is locked by" in message:
        return ""
    return (
        f"\n{_SAID} {environment.name} is locked by {_holder(found.group('info'))}. If that "
        "process is at work, wait for it. If it was killed, release its lock with `lockgate unlock "
        f"{environment.name} --state {found.group('id')}{target.option}`, and run this again: "
        "it plans anew against what was made until then, and nothing is applied twice."
    )


def must_be_id(text: str) -> None:
    """Raise UsageError for what cannot be a lock's ID, and would be another option of Terraform."""
    if not re.fullmatch(LOCK_ID, text):
        raise UsageError(f"'{text}' is no lock's ID: copy it from the message about the lock.")


def unlock_state(environment: Environment, target: Target, engine: Engine, lock_id: str) -> str:
    """Release the lock of an environment's state, if it is the one of this ID; says what was done.

    Raises PolicyError, with the holder, for another lock, EngineError with Terraform's own message.
    """
    with target.workspace(environment) as workspace:
        engine.init(workspace.directory, workspace.env)
        try:
            engine.force_unlock(workspace.directory, workspace.env, lock_id)
        except EngineError as error:
            said = workspace.in_repository(str(error))
            if any(words in said for words in _NONE):
                return f"The state of {environment.name} is not locked: nothing was released."
            if _ANOTHER.search(said):
                raise PolicyError(
                    f"{lock_id} is not the lock of {environment.name}'s state. That is held by "
                    f"{_holder(said)}, and stays. Run again what met the lock: its message has the "
                    "ID of the lock that is held now."
                ) from error
            raise EngineError(said) from error
    return (
        f"The lock of {environment.name}'s state is released. Run again what met it: it plans anew."
    )


def _holder(info: str) -> str:
    """Who holds a lock, what for and since when, as Terraform tells it."""
    told = dict(_FIELD.findall(info))
    return StateLock(
        "",
        "",
        shown(told.get("Who")) or "somebody",
        doing(told.get("Operation")),
        shown(told.get("Created")) or "a time untold",
    ).describe()
