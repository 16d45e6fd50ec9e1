"""What a killed lockgate and its terraform leave behind, and how the next run goes on."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.targets.embedded_target import STATE_BUCKET
from tests.commands import processes
from tests.commands.conftest import Repository
from tests.commands.network import Network, between
from tests.commands.test_sealed_plan import Project, package, parameter, project

__all__ = ["package", "project"]
_SECONDS = 90


@pytest.fixture
def network(project: Project) -> Iterator[Network]:
    """What the project's embedded AWS is reached through, in plans too."""
    with between(project.endpoint) as network:
        project.variables["LOCKGATE_ENDPOINT"] = network.endpoint
        yield network


def _record(running: Project) -> dict[str, Any]:
    """What is written down of the apply that is under way."""
    found = running.client("s3").get_object(Bucket=STATE_BUCKET, Key="lockgate/applies/dev.json")
    record: dict[str, Any] = json.loads(found["Body"].read())
    return record


def _kill(
    running: Project,
    network: Network,
    place: Path,
    *arguments: str,
    known: tuple[str, str] | None = None,
) -> None:
    """Run lockgate until the network holds a request of it up, and kill it with its Terraform.

    Not before it is written down of a resource what ``known`` says.
    """
    place.mkdir()
    variables = {**running.variables, "TMPDIR": str(place)}
    with subprocess.Popen(
        running.repository.arguments(*arguments),
        cwd=running.repository.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=running.repository.variables(variables),
    ) as process:
        assert network.held.wait(_SECONDS)
        deadline = time.monotonic() + _SECONDS
        while known and known[1] not in _record(running)[known[0]]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while found := processes.of(place):
            for number in found:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    # Nothing of the dead may arrive later on.
    network.lose()
    network.restore()


def _release(said: str) -> list[str]:
    """The arguments of the command that the message about a lock says to give."""
    found = re.search(r"release its lock with `lockgate (unlock dev --state \S+)`", said)
    assert found, said
    return shlex.split(found.group(1))


def test_after_a_kill_in_mid_apply_the_same_bundle_goes_on(
    project: Project, network: Network, tmp_path: Path
) -> None:
    project.commit(parameter("one"))
    project.plan()
    bundle = str(project.bundle)
    network.hold(b"AmazonSSM.PutParameter")
    started = ("under_way", "aws_ssm_parameter.one")
    _kill(project, network, tmp_path / "killed", "apply", bundle, known=started)
    met = project.run("apply", bundle, code=3)
    assert re.search(r"The state of dev is locked by \S+@\S+, who applies since 20\d\d-", met), met
    release = _release(met)
    other = [*release[:-1], "00000000-0000-0000-0000-000000000000"]
    refused = project.run(*other, code=1)
    assert re.search(
        r"is not the lock of dev's state. That is held by \S+@\S+, who applies", refused
    )
    assert "The lock of dev's state is released" in project.run(*release)
    assert "The state of dev is not locked: nothing was released." in project.run(*release)
    assert project.parameters() == {}
    assert "aws_ssm_parameter.one: was being made" in project.run("apply", "dev", code=1)
    # The network let nothing through, so what was being made does not stand.
    said = project.run("apply", bundle, "--anew", "aws_ssm_parameter.one")
    assert "It does what was reviewed. Applying dev" in said
    assert project.parameters() == {"one": "1"}


def test_what_a_killed_apply_made_is_not_made_twice(
    project: Project, network: Network, tmp_path: Path
) -> None:
    vpc = 'resource "aws_vpc" "one" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    # With the ID of the first as its value, it is made after it.
    project.commit(vpc + parameter("two", "${aws_vpc.one.id}"))
    project.plan()
    bundle = str(project.bundle)
    network.hold(b"AmazonSSM.PutParameter")
    _kill(project, network, tmp_path / "killed", "apply", bundle, known=("made", "aws_vpc.one"))
    ec2 = project.client("ec2")

    def made() -> list[str]:
        found = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])["Vpcs"]
        return [each["VpcId"] for each in found]

    [one] = made()
    project.run(*_release(project.run("apply", bundle, code=3)))
    stopped = project.run("apply", bundle, code=1)
    assert "was cut off before its state was saved" in stopped
    assert f"aws_vpc.one: made, ID {one}" in stopped
    assert "aws_ssm_parameter.two: was being made" in stopped
    assert "give `lockgate apply` `--anew 'aws_vpc.one'`" in stopped
    assert (made(), project.parameters()) == ([one], {})

    adopted = f'import {{\n  to = aws_vpc.one\n  id = "{one}"\n}}\n'
    project.commit(adopted + vpc + parameter("two", "${aws_vpc.one.id}"))
    assert "1 to import, 1 to add" in project.plan()
    assert "aws_ssm_parameter.two: was being made" in project.run("apply", bundle, code=1)
    assert made() == [one]
    said = project.run("apply", bundle, "--anew", "aws_ssm_parameter.two")
    assert "dev is applied." in said
    assert (made(), project.parameters()) == ([one], {"two": one})


def test_a_network_that_is_lost_in_mid_apply_loses_no_state(
    project: Project, network: Network
) -> None:
    after = parameter("two").replace("}", "  depends_on = [aws_ssm_parameter.one]\n}")
    project.commit(parameter("one") + after)
    project.plan()
    bundle = str(project.bundle)
    network.hold(b'"Name":"two"')
    network.when_held(network.lose)
    lost = project.run("apply", bundle, code=3)
    found = re.search(r"`lockgate (push-state dev (\S+\.tfstate))`", lost)
    assert found, lost
    kept = Path(found.group(2))
    assert kept.stat().st_mode & 0o777 == 0o600

    network.restore()
    met = project.run(*found.group(1).split(), code=3)
    project.run(*_release(met))
    assert "The state of dev is now what is in" in project.run(*found.group(1).split())
    assert "is already what is in" in project.run(*found.group(1).split())
    kept.unlink()
    again = project.run("apply", bundle, code=1)
    assert "aws_ssm_parameter.one: actions: reviewed create, now no change" in again
    assert project.parameters() == {"one": "1"}
    assert "1 to add, 0 to change, 0 to destroy" in project.plan()


def test_after_a_kill_in_mid_plan_whoever_meets_the_lock_is_told(
    project: Project, network: Network, tmp_path: Path
) -> None:
    project.client("ssm").put_parameter(Name="one", Value="1", Type="String")
    project.commit('data "aws_ssm_parameter" "one" {\n  name = "one"\n}\n')
    network.hold(b"AmazonSSM.")
    bundle = ("--bundle", str(project.bundle))
    _kill(project, network, tmp_path / "killed", "plan", "dev", *bundle)
    for arguments in (("plan", "dev", *bundle), ("drift", "dev")):
        met = project.run(*arguments, code=3)
        words = " ".join(met.replace("│", " ").split())
        assert re.search(r"The state of dev is locked by \S+@\S+, who plans since 20\d\d-", words)
    assert "The lock of dev's state is released" in project.run(*_release(words))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--state", "abc", "--force"), 2, "goes with neither"),
        (("--state=-lock=false",), 2, "is no lock's ID"),
        (("--state", "abc"), 0, "The embedded AWS is not up"),
    ],
)
def test_what_is_no_lock_is_not_released(
    repository: Repository, arguments: tuple[str, ...], code: int, said: str
) -> None:
    repository.environment("dev", (paths.repository_root() / "envs/dev/main.tf").read_text())
    finished = repository.run("unlock", "dev", *arguments)
    assert (finished.returncode, said in finished.stdout + finished.stderr) == (code, True)
