"""Root modules applied by pytest-terraform, each on an embedded AWS of its own.

A test module here names the directory it applies in ``ROOT_MODULE``. It has one account to itself,
so whatever a destroy leaves in that account was left by it; and its tests keep to one worker, so
that the waits that are written into the provider pass side by side.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_terraform import tf

from lockgate.repository.environments import Environment
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.modules.inventory import Client, client_of, take

ROOT = Path(__file__).resolve().parent.parent.parent

Inventory = Callable[[], set[str]]


@pytest.fixture(scope="module")
def embedded_aws(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The endpoint of the test module's own AWS, with pytest-terraform turned towards it.

    The root module is applied in a scratch copy: pytest-terraform writes into its directory.
    """
    directory = ROOT / request.module.ROOT_MODULE
    environment = Environment(directory.name, directory, ROOT)
    roots = tmp_path_factory.mktemp("roots")
    with (
        local_aws.throw_away() as endpoint,
        EmbeddedTarget(endpoint, keep_state=False).workspace(environment) as workspace,
        pytest.MonkeyPatch.context() as patch,
    ):
        (roots / directory.name).symlink_to(workspace.directory)
        patch.setattr(tf.LazyModuleDir, "value", str(roots))
        for name, value in workspace.env.items():
            if value:
                patch.setenv(name, value)
            else:  # boto3 takes an empty AWS_PROFILE for a profile's name
                patch.delenv(name, raising=False)
        yield endpoint


@pytest.fixture(scope="module")
def client(embedded_aws: str) -> Client:
    """A boto3 client of a service in a region of the module's AWS."""
    return client_of(embedded_aws)


@pytest.fixture(scope="module")
def inventory(request: pytest.FixtureRequest, client: Client) -> Inventory:
    """What the account holds, asked of the API: in the module's ``REGIONS``, and outside any."""
    return lambda: take(client, request.module.REGIONS)


@pytest.fixture(scope="module")
def untouched(inventory: Inventory) -> set[str]:
    """What the account holds before the root module is applied."""
    return inventory()


@pytest.fixture(scope="module")
def plan_again() -> Callable[[Any], subprocess.CompletedProcess[str]]:
    """Plans an applied root module once more; the exit code is 0 if there is nothing to change."""

    def plan(applied: Any) -> subprocess.CompletedProcess[str]:
        runner = applied.terraform
        return subprocess.run(
            [
                *(runner.tf_bin, "plan", "-input=false", "-no-color", "-detailed-exitcode"),
                f"-state={runner.state_path}",
            ],
            cwd=runner.module_dir,
            env={**os.environ, "TF_DATA_DIR": runner.work_dir},
            capture_output=True,
            text=True,
            check=False,
        )

    return plan
