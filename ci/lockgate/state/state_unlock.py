"""Releases a state's lock whose holder was killed.

It is Terraform's own lock, held only while Terraform runs. Nothing here takes it from anybody by
itself: whether the holder was killed is for a person to know.
"""

from __future__ import annotations

import re

from lockgate.base.errors import EngineError, PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.state.state_lock import holder
from lockgate.state.state_lock_object import LOCK_ID
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Target

_ANOTHER = re.compile(r"does not match (?:the )?existing lock")
# What the S3 backend says of a lock that is not there, as an object and as an item of DynamoDB.
_NONE = ("NoSuchKey", "no lock info found")


def must_be_id(text: str) -> None:
    """Raise UsageError for what cannot be a lock's ID, and would be another option of Terraform."""
    if not re.fullmatch(LOCK_ID, text):
        raise UsageError(f"'{text}' is no lock's ID: copy it from the message about the lock.")


def unlock_state(environment: Environment, target: Target, engine: Engine, lock_id: str) -> str:
    """Release the lock of an environment's state, if it is the one of this ID; says what was done.

    Raises PolicyError, with the holder, for another lock, EngineError with Terraform's own message.
    """
    with target.workspace(environment) as workspace, explained(workspace):
        engine.init(workspace.directory, workspace.env)
        try:
            engine.force_unlock(workspace.directory, workspace.env, lock_id)
        except EngineError as error:
            said = str(error)
            if any(words in said for words in _NONE):
                return f"The state of {environment.name} is not locked: nothing was released."
            if _ANOTHER.search(said):
                raise PolicyError(
                    f"{lock_id} is not the lock of {environment.name}'s state. That is held by "
                    f"{holder(said)}, and stays. Run again what met the lock: its message has the "
                    "ID of the lock that is held now."
                ) from error
            raise
    return (
        f"The lock of {environment.name}'s state is released. Run again what met it: it plans anew."
    )
