"""Terraform's errors as everybody is shown them: with paths in the repository and a next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lockgate.base.errors import EngineError
from lockgate.engine.missing_variables import ways_to_give
from lockgate.state.state_lock import next_step
from lockgate.targets.target import Workspace


@contextmanager
def explained(workspace: Workspace) -> Iterator[None]:
    """Whatever the engine does in a workspace is done in here. Raises EngineError."""
    try:
        yield
    except EngineError as error:
        said = workspace.in_repository(str(error))
        name = workspace.environment.name
        more = next_step(said, name, workspace.option) + ways_to_give(said, name)
        raise EngineError(said + more) from error
