"""Where an environment's state is kept in a real account: the bucket its backend names."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.environments import Environment
from lockgate.errors import EngineError, UsageError
from lockgate.policies.model.hcl_reader import HclError, read_module


@dataclass(frozen=True)
class StateBucket:
    """A bucket that holds states, and its region."""

    name: str
    region: str


def state_bucket(environment: Environment) -> StateBucket:
    """The bucket of an environment's ``s3`` backend.

    Raises UsageError if bucket and region are not written there as plain texts, EngineError if
    the environment's HCL cannot be read.
    """
    try:
        backend = read_module(environment.directory, environment.root)["backend"]
    except HclError as error:
        raise EngineError(str(error)) from error
    arguments = backend["arguments"] if backend and backend["type"] == "s3" else {}
    bucket, region = arguments.get("bucket"), arguments.get("region")
    if not isinstance(bucket, str) or not isinstance(region, str):
        raise UsageError(
            f"envs/{environment.name}: Lockgate keeps what it writes down beside the state. Give "
            'it a backend "s3" with the bucket and region as plain texts.'
        )
    return StateBucket(bucket, region)
