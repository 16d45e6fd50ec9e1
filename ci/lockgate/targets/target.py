"""Where environments are planned and applied, as everything else sees it.

What is asked of a target is what it does; nobody asks which of them it is.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lockgate.repository.environments import Environment
from lockgate.targets import scratch
from lockgate.targets.state_backend import StateBucket, StateObject


@dataclass(frozen=True)
class Workspace:
    """Where the engine runs for one environment, with what environment variables.

    ``scratch`` is a directory for plan files, which hold secrets: it goes with the workspace.
    ``lasting`` tells whether what is left in ``directory`` stays. ``option`` is the target's.
    ``arguments`` are those of ``plan`` that hand over the environment's inputs; ``env`` does the
    same for an engine that is started with it.
    """

    environment: Environment
    directory: Path
    scratch: Path
    env: dict[str, str]
    option: str
    lasting: bool
    arguments: tuple[str, ...] = ()

    def in_repository(self, message: str) -> str:
        """A message of Terraform's with the files it names as paths in the repository."""
        return scratch.in_repository(message, self.environment, self.directory)


class Target(Protocol):
    """A place to plan and apply environments."""

    @property
    def option(self) -> str:
        """What names it on the command line, with a blank before it; "" for the default."""
        ...

    @property
    def endpoint(self) -> str | None:
        """Where every AWS service answers; None where each has its own address."""
        ...

    def workspace(self, environment: Environment) -> AbstractContextManager[Workspace]:
        """A place for the engine to work on one environment, removed at the end."""
        ...

    def state_object(self, environment: Environment) -> StateObject:
        """Where an environment's state lies.

        Raises UsageError if it is in no bucket, or not to be told; EngineError for broken HCL.
        """
        ...

    def state_bucket(self, environment: Environment) -> StateBucket:
        """The bucket that an environment's state and Lockgate's own objects lie in.

        Raises UsageError if there is none, or it is not to be told; EngineError for broken HCL.
        """
        ...

    def reaches_state(self, environment: Environment) -> bool:
        """Whether ``client`` reaches that bucket as Terraform does. Raises EngineError."""
        ...

    def ensure_bucket(self) -> None:
        """Make that bucket where nobody else does. Raises EngineError if it cannot be made."""
        ...

    def client(self, service: str, region: str, patience: int | None = None) -> Any:
        """A boto3 client; with ``patience`` it waits that long (seconds), and asks once."""
        ...
