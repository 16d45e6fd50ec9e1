"""Nobody but our own Terraform gets an answer of the proxy, and no process outlives us."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from lockgate.base import paths
from lockgate.engine.provider_proxy import protocol
from lockgate.engine.resolved_planner import ResolvedPlanner
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from tests.engine.provider_proxy.conftest import PROVIDER, plan_in, planner_of
from tests.engine.provider_proxy.fake_provider import program

VPC = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'


def test_a_stranger_at_the_port_is_refused(planner: ResolvedPlanner) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{planner.proxy.port}") as channel:
        ask = channel.unary_unary(
            f"{protocol.SERVICE}GetSchema", request_serializer=None, response_deserializer=None
        )
        with pytest.raises(grpc.RpcError) as refusal:
            ask(b"", timeout=10)
    assert refusal.value.code() == grpc.StatusCode.PERMISSION_DENIED


def test_the_way_in_lies_where_others_cannot_look(planner: ResolvedPlanner) -> None:
    lane = planner.proxy.lane()
    address = json.loads(lane.reattach(["a/b/c"]))["a/b/c"]["Addr"]
    assert address["Network"] == "unix"
    directory = Path(address["String"]).parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert directory.stat().st_uid == os.getuid()
    lane.close()
    assert not directory.exists()


def test_two_commands_at_once_keep_out_of_each_others_way(
    planner: ResolvedPlanner, tmp_path: Path
) -> None:
    outcomes = []
    for region in ("us-east-1", "us-west-2"):
        root = tmp_path / region
        root.mkdir()
        (root / "main.tf").write_text(PROVIDER.replace("us-east-1", region) + VPC)
        with planner_of(bundled_provider(), [root]) as other:
            here = plan_in(planner, root, root / "here")
            outcomes.append((here.resolved, plan_in(other, root, root / "there").resolved))
    assert all(here == there for here, there in outcomes)
    assert [here["regions"] for here, _ in outcomes] == [
        {"aws_vpc.this": "us-east-1"},
        {"aws_vpc.this": "us-west-2"},
    ]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(how: signal.Signals, tmp_path: Path) -> None:
    """In the middle of a plan: the provider hangs, so that all of them are there."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(PROVIDER + VPC)
    command = subprocess.Popen(
        [*paths.PYTHON, __file__, str(root), str(program("hangs", tmp_path))],
        env={
            **os.environ,
            "PYTHONPATH": f"{paths.import_path()}:{paths.repository_root(Path(__file__))}",
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(lambda: len(_descendants(command.pid)) >= 2, "Terraform and the provider")
        time.sleep(1)
        started = _descendants(command.pid)
        command.send_signal(how)
        command.wait(30)
        _wait_for(lambda: not [pid for pid in started if _runs(pid)], "their ends")
    finally:
        command.kill()
        command.wait()


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def _descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    descendants: list[int] = []
    for parent in (pid, *descendants):
        descendants += [child for child, its in pairs if its == parent]
    return descendants


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that ended and that nobody has asked about yet runs no more.
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


def main(root: str, provider: str) -> None:
    """Plan with a provider that hangs."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    binary = ProviderBinary("hashicorp/aws", "9.9.9", Path(provider))
    with planner_of(binary, [Path(root)]) as planner:
        plan_in(planner, Path(root), Path(root) / "scratch")


if __name__ == "__main__":
    main(*sys.argv[1:])
