"""The demonstration's first steps for real, and how it ends when it is stopped or goes wrong.

The whole story holds itself against what it must be, and takes minutes of the provider's waits:
`make demo` tells it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.demo import aws_view, place
from lockgate.demo.shell import Shell, must
from lockgate.demo.story import Story
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from tests.commands.processes import left_in

ROOT = paths.repository_root(Path(__file__))
RECORDS = "module.service.module.failover_dns"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with local_aws.throw_away() as endpoint, place.throw_away(endpoint) as here:
        yield Shell(here)


def test_the_slip_is_blocked_and_says_why(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(shell, shell.place.variables["LOCKGATE_ENDPOINT"])
    story.begin(apply=False)
    story.slip_is_blocked()
    told = capsys.readouterr().out
    for words in (
        "  $ lockgate guard --base origin/main\n    PASS",
        f"prod  LG_FAILOVER_2  fail  {RECORDS}.aws_route53_record.secondary",
        "        modules/failover_dns/main.tf:77\n",
        "Fix: Point the SECONDARY record at the load balancer of the other region.",
        "FAIL: dev: 2 rule(s) broken; staging: 2 rule(s) broken; prod: 2 rule(s) broken",
        "    NOT SURVIVED: without us-east-1: www.example.com (A) does not answer",
        "→ BLOCKED by LG_FAILOVER_2 at modules/failover_dns/main.tf:46",
    ):
        assert words in told
    assert "dev  LG_" not in told  # one environment says it all
    readme = (ROOT / "README.md").read_text().split("$ make demo\n1. ")[1].split("\n2. ")[0]
    title, *lines = readme.splitlines()
    assert f"{title.partition('  (')[0]}  (" in told
    for line in lines:
        assert f"{line}\n" in told
    remote = shell.place.directory / "shop.git"
    assert "tidy up" in shell.git("log", "-1", "--format=%s", "sooner", directory=remote)


def test_what_ends_otherwise_than_it_must_ends_the_demonstration(shell: Shell) -> None:
    here = shell.place.directory
    with pytest.raises(EngineError, match=r"`lockgate --version` ended with 0, not 1\.\nlockgate "):
        shell.lockgate("--version", directory=here, must=1)
    job = shell.begin("explain", "LG_NONE_1", directory=here)
    with pytest.raises(EngineError, match=r"`lockgate explain LG_NONE_1` ended with 2, not 0"):
        shell.finish([job])
    with pytest.raises(EngineError, match=r"prod is affected\.\ndev$"):
        must(False, "prod is affected", "dev")


def test_stopped_it_leaves_nothing_behind(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "lockgate", "demo"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths.import_path(), "TMPDIR": str(scratch)},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 120
    # By then, three applies are under way beside the check.
    while "prod: planning" not in log.read_text() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130, log.read_text()
    assert log.read_text().endswith("Interrupted.\n")
    assert left_in(scratch) == []
    assert _still_at_work(scratch) == []


def _still_at_work(scratch: Path) -> list[str]:
    """The processes that were given a directory below this one, or this one, for their files."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={scratch}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
        except OSError:
            continue  # it ended, or it is somebody else's
    return found


def test_a_route_is_deleted_by_the_name_of_its_table() -> None:
    with local_aws.throw_away() as endpoint:
        ec2 = client("ec2", "us-west-2", endpoint)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_tags(Resources=[table], Tags=[{"Key": "Name", "Value": "web-public"}])
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        assert aws_view.delete_default_route(endpoint, "us-west-2", "web-public") == table
        (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        assert [route["DestinationCidrBlock"] for route in found["Routes"]] == ["10.0.0.0/16"]
        with pytest.raises(EngineError, match=r"us-west-2 has 0 route tables named other, not one"):
            aws_view.delete_default_route(endpoint, "us-west-2", "other")
