"""The user's own account as a target: their credentials, backend, and the registry's provider."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.repository.environments import Environment
from lockgate.targets import state_backend
from lockgate.targets.aws_api import client
from lockgate.targets.state_backend import StateBucket, StateObject
from lockgate.targets.target import Workspace


@dataclass(frozen=True)
class AwsTarget:
    """The account that the user's own credentials lead to."""

    option = " --target aws"
    endpoint = None

    @contextmanager
    def workspace(self, environment: Environment) -> Iterator[Workspace]:
        """The environment's own directory.

        Raises UsageError if its state is another environment's as well.
        """
        state_backend.must_be_its_own(environment)
        inputs = environment.inputs
        with tempfile.TemporaryDirectory(prefix="lockgate-") as place:
            given = inputs.variables_of_process(environment.root, Path(place))
            yield Workspace(
                environment,
                environment.directory,
                Path(place),
                {**given, **inputs.initialisation(environment.root)},
                option=self.option,
                lasting=True,
            )

    def state_object(self, environment: Environment) -> StateObject:
        """The object that its ``s3`` backend names."""
        return state_backend.state_object(environment)

    def state_bucket(self, environment: Environment) -> StateBucket:
        """The bucket that its ``s3`` backend names."""
        return state_backend.state_bucket(environment)

    def reaches_state(self, environment: Environment) -> bool:
        """Unless the backend says itself by whom or where it is reached."""
        return not state_backend.has_own_access(environment)

    def ensure_bucket(self) -> None:
        """`lockgate bootstrap` makes it, which asks first."""

    def client(self, service: str, region: str, patience: int | None = None) -> Any:
        """A client with the user's own credentials."""
        return client(service, region, None, patience)
