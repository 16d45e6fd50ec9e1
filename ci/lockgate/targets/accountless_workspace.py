"""A place to plan one environment in that needs no account, and no emulator of one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockgate.repository.environments import Environment
from lockgate.targets import provider_override, scratch
from lockgate.targets.target import Workspace


@contextmanager
def accountless_workspace(environment: Environment, env: dict[str, str]) -> Iterator[Workspace]:
    """A scratch copy of the environment, whose state is empty and its own.

    The lock file binds other providers than AWS's, which Lockgate itself verifies and attaches.
    """
    document = provider_override.override(provider_override.local_backend())
    with scratch.scratch_copy(environment, locked=True) as directory:
        (directory / provider_override.FILE_NAME).write_text(json.dumps(document))
        inputs = environment.inputs
        if inputs.workspace:
            _select(directory, inputs.workspace)
        arguments = tuple(inputs.arguments(environment.root, directory))
        yield Workspace(
            environment, directory, directory, env, option="", lasting=False, arguments=arguments
        )


def _select(directory: Path, workspace: str) -> None:
    """Select a CLI workspace, as ``terraform workspace new`` does with a local state."""
    (directory / "terraform.tfstate.d" / workspace).mkdir(parents=True)
    (directory / ".terraform").mkdir(exist_ok=True)
    (directory / ".terraform" / "environment").write_text(workspace, encoding="utf-8")


def accountless_environment(cli_config: Path | None) -> dict[str, str]:
    """What Terraform runs with there: the environment's inputs, and nobody's credentials.

    ``cli_config`` names where providers come from; None leaves it to Terraform.
    """
    return {
        **blanked(),
        # An own configuration that is not there would be a warning on every command.
        "TF_CLI_CONFIG_FILE": str(cli_config or os.devnull),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def blanked() -> dict[str, str]:
    """The user's settings for AWS and Terraform, blank, which is as good as unset to both.

    What stays are an environment's inputs and the tokens for registries that modules come from.
    """
    return {
        name: ""
        for name in os.environ
        if name.startswith(("AWS_", "TF_")) and not name.startswith(("TF_VAR_", "TF_TOKEN_"))
    }
