"""Where environments are planned and applied: the embedded AWS, or the user's own account."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lockgate import local_aws, provider_override, provision, scratch
from lockgate.environments import Environment
from lockgate.errors import EngineError
from lockgate.policies.model.hcl_reader import HclError, read_module

STATE_BUCKET = "lockgate-local-state"


@dataclass(frozen=True)
class Workspace:
    """Where the engine runs for one environment, with what environment variables.

    ``scratch`` is a directory for plan files, which hold secrets: it goes with the workspace.
    """

    environment: Environment
    directory: Path
    scratch: Path
    env: dict[str, str]

    def in_repository(self, message: str) -> str:
        """A message of Terraform's with the files it names as paths in the repository."""
        return scratch.in_repository(message, self.environment, self.directory)


class Target(Protocol):
    """A place to plan and apply environments."""

    def workspace(self, environment: Environment) -> AbstractContextManager[Workspace]:
        """A place for the engine to work on one environment, removed at the end."""
        ...


@dataclass(frozen=True)
class EmbeddedTarget:
    """The embedded AWS at ``endpoint``.

    With ``keep_state`` the state lies in a bucket there, as it does in a real account, and lasts
    as long as the server; without, every plan starts from nothing.
    """

    endpoint: str
    keep_state: bool

    @contextmanager
    def workspace(self, environment: Environment) -> Iterator[Workspace]:
        """A scratch copy of the environment with the override in it."""
        provider = provision.ensure_provider()
        backend = provider_override.local_backend()
        if self.keep_state:
            _make_bucket(self.endpoint)
            backend = provider_override.s3_backend(
                self.endpoint, STATE_BUCKET, f"{environment.name}/terraform.tfstate"
            )
        document = provider_override.override(_aliases(environment), self.endpoint, backend)
        with scratch.scratch_copy(environment) as directory:
            (directory / provider_override.FILE_NAME).write_text(json.dumps(document))
            # Credentials and settings of a real account must not reach the embedded one.
            env = {
                "TF_CLI_CONFIG_FILE": str(provider.cli_config),
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_PROFILE": "",
                "AWS_SESSION_TOKEN": "",
                "AWS_EC2_METADATA_DISABLED": "true",
                # Loopback goes by no proxy.
                "NO_PROXY": "127.0.0.1,localhost",
                "no_proxy": "127.0.0.1,localhost",
            }
            yield Workspace(environment, directory, directory, env)


@dataclass(frozen=True)
class AwsTarget:
    """The user's own account: their credentials, backend, and the registry's provider."""

    @contextmanager
    def workspace(self, environment: Environment) -> Iterator[Workspace]:
        """The environment's own directory."""
        with tempfile.TemporaryDirectory(prefix="lockgate-") as place:
            yield Workspace(environment, environment.directory, Path(place), {})


@contextmanager
def for_check(name: str) -> Iterator[Target]:
    """The target to judge plans on: a throw-away embedded AWS, or the user's account."""
    if name == "aws":
        yield AwsTarget()
    else:
        with local_aws.throw_away() as endpoint:
            yield EmbeddedTarget(endpoint, keep_state=False)


@contextmanager
def for_apply(name: str, root: Path, say: Callable[[str], None]) -> Iterator[Target]:
    """The target to apply to: the repository's embedded AWS, started if need be, or the account.

    Says so when the embedded AWS was lost on the way.
    """
    if name == "aws":
        yield AwsTarget()
        return
    server, started = local_aws.up(root)
    if started:
        say(f"Started the embedded AWS at {server.endpoint} (`lockgate local down` stops it)")
    try:
        yield EmbeddedTarget(server.endpoint, keep_state=True)
    except EngineError as error:
        if local_aws.status(root) == server:
            raise
        raise EngineError(
            f"{error}\nThe embedded AWS is gone, and all that was in it, the state too. "
            "Apply again: a new one will be started, empty."
        ) from error


def _aliases(environment: Environment) -> list[str | None]:
    """The aliases of the AWS provider blocks in the root module; None is the default one."""
    try:
        facts = read_module(environment.directory, environment.root)
    except HclError as error:
        raise EngineError(str(error)) from error
    aliases = [block["alias"] for block in facts["providers"] if block["name"] == "aws"]
    # Terraform makes a default configuration up where the root module has none.
    return aliases if None in aliases else [*aliases, None]


def _make_bucket(endpoint: str) -> None:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    try:
        s3.create_bucket(Bucket=STATE_BUCKET)
    except (BotoCoreError, ClientError) as error:
        raise EngineError(
            f"The embedded AWS at {endpoint} does not answer: {error}. "
            "Start it again with `lockgate local up`."
        ) from error
