"""The embedded AWS as a target: a scratch copy of the environment, turned towards loopback."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lockgate.base.errors import EngineError
from lockgate.engine.dialect import configured_dialect
from lockgate.engine.provider_arguments import provider_arguments
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from lockgate.install.provider_mirror import cli_config_for
from lockgate.repository.environments import Environment
from lockgate.targets import aws_api, local_aws, provider_override, scratch
from lockgate.targets.accountless_workspace import blanked
from lockgate.targets.state_backend import StateBucket, StateObject
from lockgate.targets.target import Workspace
from lockgate_policies.model.hcl_reader import HclError, read_module

STATE_BUCKET = "lockgate-local-state"
_REGION = "us-east-1"

ProviderOf = Callable[[Environment], ProviderBinary]


def bundled(_: Environment) -> ProviderBinary:
    """The provider of every environment for which nothing else is said."""
    return bundled_provider()


@dataclass(frozen=True)
class EmbeddedTarget:
    """The embedded AWS at ``endpoint``.

    With ``keep_state`` the state lies in a bucket there, as it does in a real account, and lasts
    as long as the server; without, every plan starts from nothing. ``provider_of`` tells what an
    environment is planned and applied with.
    """

    endpoint: str
    keep_state: bool
    provider_of: ProviderOf = bundled
    option = ""

    @contextmanager
    def workspace(self, environment: Environment) -> Iterator[Workspace]:
        """A scratch copy of the environment with the override in it."""
        binary = self.provider_of(environment)
        takes = provider_arguments(binary)
        cli_config = cli_config_for(binary)
        backend = provider_override.local_backend()
        if self.keep_state:
            self.ensure_bucket()
            state = self.state_object(environment)
            backend = provider_override.s3_backend(self.endpoint, state.bucket, state.base_key)
        providers = provider_override.provider_override(_aliases(environment), self.endpoint, takes)
        document = provider_override.override(backend, providers)
        with scratch.scratch_copy(environment) as directory:
            (directory / provider_override.FILE_NAME).write_text(json.dumps(document))
            env = {
                **blanked(),
                # Where a provider is out of the override's reach (one inside a module is), these
                # keep it out of a real account. From 5.x on, the address leads it here too.
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "TF_CLI_CONFIG_FILE": str(cli_config),
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_EC2_METADATA_DISABLED": "true",
                # Loopback goes by no proxy.
                "NO_PROXY": "127.0.0.1,localhost",
                "no_proxy": "127.0.0.1,localhost",
                **environment.inputs.variables_of_process(environment.root, directory),
            }
            yield Workspace(
                environment, directory, directory, env, option=self.option, lasting=False
            )

    def state_object(self, environment: Environment) -> StateObject:
        """The object in the embedded AWS, whatever the environment's own backend is."""
        key = f"{environment.name}/terraform.tfstate"
        return StateObject(STATE_BUCKET, key, _REGION, environment.inputs.workspace)

    def state_bucket(self, _: Environment) -> StateBucket:
        """One bucket for every environment."""
        return StateBucket(STATE_BUCKET, _REGION)

    def reaches_state(self, _: Environment) -> bool:
        """The override makes Terraform go where ``client`` goes."""
        return True

    def ensure_bucket(self) -> None:
        """Make it, as `lockgate bootstrap` does in an account."""
        try:
            status: int | str = local_aws.ask(self.endpoint, "PUT", f"/{STATE_BUCKET}")
        except (OSError, http.client.HTTPException) as error:
            status = str(error)
        if status != http.client.OK:
            raise EngineError(
                f"The embedded AWS at {self.endpoint} makes no bucket for the state: {status}. "
                "Start it again with `lockgate local down` and `lockgate local up`."
            )

    def client(self, service: str, region: str, patience: int | None = None) -> Any:
        """A client of the embedded AWS, which takes any credentials."""
        return aws_api.client(service, region, self.endpoint, patience)


def _aliases(environment: Environment) -> list[str | None]:
    """The aliases of the AWS provider blocks in the root module; None is the default one."""
    try:
        facts = read_module(
            environment.directory, environment.root, configured_dialect(environment)
        )
    except HclError as error:
        raise EngineError(str(error)) from error
    aliases = [block["alias"] for block in facts["providers"] if block["name"] == "aws"]
    # Terraform makes a default configuration up where the root module has none.
    return list(dict.fromkeys([*aliases, None]))
