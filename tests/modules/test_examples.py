"""Every example: applied, planned again, destroyed.

All of them are called by one root module, so that the provider's waits pass side by side.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass

import pytest

from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.targets import local_aws
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Workspace
from tests.modules import inventory
from tests.modules.example_calls import EXAMPLES, REGIONS, write

_COMMANDS = {
    "init": ["init", "-input=false"],
    "apply": ["apply", "-auto-approve", "-input=false", "-parallelism=64"],
    "plan": ["plan", "-detailed-exitcode", "-input=false", "-parallelism=64"],
    "destroy": ["destroy", "-auto-approve", "-input=false", "-refresh=false", "-parallelism=64"],
}

# They wait for the one run; how long it takes is the machine's to say.
pytestmark = pytest.mark.timeout(1200)


@dataclass(frozen=True)
class Ran:
    """What became of the examples."""

    exit_codes: list[int]
    """Of the commands, up to the first that failed."""
    said: dict[str, str]
    """What Terraform said to each of them."""
    left: set[str]
    """What was in the account afterwards, and not before."""


def in_sequence(workspace: Workspace) -> tuple[list[int], dict[str, str]]:
    """Run the commands, up to one that does not end with 0; their exit codes, and their texts."""
    files = {name: workspace.scratch / name for name in _COMMANDS}
    errors = {name: workspace.scratch / f"{name}.errors" for name in _COMMANDS}
    steps = [
        {
            "arguments": [*arguments, "-no-color"],
            "stdout": str(files[name]),
            "stderr": str(errors[name]),
            "accepted": [0],
        }
        for name, arguments in _COMMANDS.items()
    ]
    engine = Engine((sys.executable, "-m", "lockgate.engine.terraform_sequence"), embedded=True)
    completed = engine.run([], workspace.directory, workspace.env, given=json.dumps(steps))
    assert completed.exit_code == 0, completed.errors
    exit_codes: list[int] = json.loads(completed.output)
    said = {
        name: files[name].read_text("utf-8") + errors[name].read_text("utf-8")
        for name in list(_COMMANDS)[: len(exit_codes)]
    }
    return exit_codes, said


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The examples, applied, planned again and destroyed."""
    place = tmp_path_factory.mktemp("examples")
    environment = Environment("calls", write(place), place)
    with pytest.MonkeyPatch.context() as patch:
        # AWS's own policies, which the embedded AWS has only if it is told so.
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        with (
            local_aws.throw_away() as endpoint,
            EmbeddedTarget(endpoint, keep_state=False).workspace(environment) as workspace,
        ):
            account = inventory.client_of(endpoint)
            untouched = inventory.take(account, REGIONS)
            exit_codes, said = in_sequence(workspace)
            return Ran(exit_codes, said, inventory.take(account, REGIONS) - untouched)


def test_every_command_succeeds(ran: Ran) -> None:
    assert ran.exit_codes == [0] * len(_COMMANDS), list(ran.said.values())[-1][-8000:]


@pytest.mark.parametrize("example", EXAMPLES)
def test_all_that_an_example_makes_is_destroyed(ran: Ran, example: str) -> None:
    def ended(command: str, what: str) -> set[str]:
        lines = re.findall(rf"^(module\.\S+): {what} complete", ran.said[command], re.MULTILINE)
        return {address for address in lines if address.startswith(f"module.{example}.")}

    made = ended("apply", "Creation")
    assert len(made) > 1
    assert ended("destroy", "Destruction") == made


def test_second_plan_is_empty(ran: Ran) -> None:
    assert "No changes." in ran.said["plan"]


def test_destroy_leaves_nothing(ran: Ran) -> None:
    assert ran.left == set()
