"""Where environments are planned and applied: the embedded AWS, or the user's own account."""

from __future__ import annotations

import http.client
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from lockgate.base.errors import EngineError, UsageError
from lockgate.install import provision
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws, provider_override, scratch
from lockgate_policies.model.hcl_reader import HclError, read_module

STATE_BUCKET = "lockgate-local-state"
ENDPOINT_VARIABLE = "LOCKGATE_ENDPOINT"


def local_state_key(environment: str) -> str:
    """The key of an environment's state in STATE_BUCKET."""
    return f"{environment}/terraform.tfstate"


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
                self.endpoint, STATE_BUCKET, local_state_key(environment.name)
            )
        document = provider_override.override(_aliases(environment), self.endpoint, backend)
        with scratch.scratch_copy(environment) as directory:
            (directory / provider_override.FILE_NAME).write_text(json.dumps(document))
            env = {
                **_blanked(os.environ),
                # Where a provider is out of the override's reach (one inside a module is), these
                # keep it out of a real account.
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "TF_CLI_CONFIG_FILE": str(provider.cli_config),
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
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

    LOCKGATE_ENDPOINT names an embedded AWS that is up already, for several checkouts to share.
    Says so when the embedded AWS was lost on the way.
    """
    if name == "aws":
        yield AwsTarget()
        return
    endpoint = os.environ.get(ENDPOINT_VARIABLE)
    if endpoint:
        _must_be_loopback(endpoint)
        yield EmbeddedTarget(endpoint.rstrip("/"), keep_state=True)
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


@contextmanager
def for_reading(name: str, root: Path) -> Iterator[Target | None]:
    """The target to look at as it is: an embedded AWS that is not up is not started, but None."""
    up = os.environ.get(ENDPOINT_VARIABLE) or local_aws.status(root) is not None
    if name == "embedded" and not up:
        yield None
        return
    with for_apply(name, root, lambda _: None) as target:
        yield target


def _blanked(variables: Iterable[str]) -> dict[str, str]:
    """The user's settings for AWS and Terraform, blank, which is as good as unset to both.

    What stays are an environment's inputs and the tokens for registries that modules come from.
    """
    return {
        name: ""
        for name in variables
        if name.startswith(("AWS_", "TF_")) and not name.startswith(("TF_VAR_", "TF_TOKEN_"))
    }


def _aliases(environment: Environment) -> list[str | None]:
    """The aliases of the AWS provider blocks in the root module; None is the default one."""
    try:
        facts = read_module(environment.directory, environment.root)
    except HclError as error:
        raise EngineError(str(error)) from error
    aliases = [block["alias"] for block in facts["providers"] if block["name"] == "aws"]
    for file in sorted(environment.directory.glob("*.tf.json")):
        aliases += _aliases_in_json(file, environment)
    # Terraform makes a default configuration up where the root module has none.
    return list(dict.fromkeys([*aliases, None]))


def _aliases_in_json(file: Path, environment: Environment) -> Iterator[str | None]:
    """As HCL's JSON syntax has it, one block may stand where a list of them may."""
    try:
        document = json.loads(file.read_bytes())
    except ValueError as error:
        where = f"{file.relative_to(environment.root)}:{getattr(error, 'lineno', 1)}"
        raise EngineError(f"{where}: does not parse as JSON: {error}") from error
    for root in _each(document):
        for providers in _each(root.get("provider")):
            for block in _each(providers.get("aws")):
                yield block.get("alias")


def _each(blocks: object) -> list[dict[str, Any]]:
    found = blocks if isinstance(blocks, list) else [blocks]
    return [block for block in found if isinstance(block, dict)]


def _must_be_loopback(endpoint: str) -> None:
    """Whatever stands there is given throw-away credentials and everything that is applied."""
    parts = urlsplit(endpoint)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise UsageError(
            f"{ENDPOINT_VARIABLE} is '{endpoint}': an embedded AWS is at http://127.0.0.1:PORT. "
            "`lockgate local up` starts one and tells its address."
        )


def _make_bucket(endpoint: str) -> None:
    try:
        status: int | str = local_aws.ask(endpoint, "PUT", f"/{STATE_BUCKET}")
    except (OSError, http.client.HTTPException) as error:
        status = str(error)
    if status != http.client.OK:
        raise EngineError(
            f"The embedded AWS at {endpoint} makes no bucket for the state: {status}. "
            "Start it again with `lockgate local down` and `lockgate local up`."
        )
