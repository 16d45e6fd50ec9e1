"""Where an environment's state is kept: the bucket and key that its backend names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.dialect import configured_dialect
from lockgate.repository.environments import Environment
from lockgate_policies.model.hcl_reader import HclError, read_module

# A backend with one of these is reached by other ways than AWS's own variables tell.
_OWN_ACCESS = (
    "access_key",
    "assume_role",
    "assume_role_with_web_identity",
    "endpoint",
    "endpoints",
    "profile",
    "role_arn",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
)


@dataclass(frozen=True)
class StateBucket:
    """A bucket that holds states, and its region."""

    name: str
    region: str


@dataclass(frozen=True)
class StateObject:
    """The object that holds one environment's state."""

    bucket: str
    key: str
    region: str

    @property
    def place(self) -> StateBucket:
        """The bucket that it lies in."""
        return StateBucket(self.bucket, self.region)


def state_object(environment: Environment) -> StateObject:
    """The object that an environment's ``s3`` backend keeps the state in.

    Raises UsageError if bucket, region and key are not written there as plain texts, EngineError
    if the environment's HCL cannot be read.
    """
    bucket, key = state_bucket(environment), _backend(environment).get("key")
    if not isinstance(key, str):
        raise UsageError(
            f'envs/{environment.name}: its state cannot be found. Give its backend "s3" the key '
            "as a plain text."
        )
    return StateObject(bucket.name, key, bucket.region)


def state_bucket(environment: Environment) -> StateBucket:
    """The bucket of an environment's ``s3`` backend.

    Raises UsageError if bucket and region are not written there as plain texts, EngineError if
    the environment's HCL cannot be read.
    """
    arguments = _backend(environment)
    bucket, region = arguments.get("bucket"), arguments.get("region")
    if not isinstance(bucket, str) or not isinstance(region, str):
        raise UsageError(
            f"envs/{environment.name}: Lockgate keeps what it writes down beside the state. Give "
            'it a backend "s3" with the bucket and region as plain texts.'
        )
    return StateBucket(bucket, region)


def has_own_access(environment: Environment) -> bool:
    """Whether the backend says itself by whom or where it is reached. Raises EngineError."""
    arguments = _backend(environment)
    return any(name in arguments for name in _OWN_ACCESS)


def _backend(environment: Environment) -> dict[str, Any]:
    """The arguments of an ``s3`` backend; none where there is another one, or none."""
    try:
        backend = read_module(environment.directory, environment.root, configured_dialect())[
            "backend"
        ]
    except HclError as error:
        raise EngineError(str(error)) from error
    return dict(backend["arguments"]) if backend and backend["type"] == "s3" else {}
