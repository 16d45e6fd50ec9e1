"""``lockgate drill --target aws`` in a small world: nothing may be left inverted, ever."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.route53.models import route53_backends

from lockgate import cli
from lockgate.applying import verification
from lockgate.base.errors import EngineError
from lockgate.drill import answers, inversion, live
from lockgate.drill.drill_journal import ADVICE, DrillJournal, DrillJournalStore
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket
from lockgate.targets import aws_api, aws_target
from tests.drill.live_world import BUCKET, NameServers, World, world

# What a drill writes, in its order; all else only reads.
WRITES = ["PutObject", "UpdateHealthCheck", "UpdateHealthCheck", "DeleteObject"]
# Children of a server that has everything imported, and no threads: they are cheap to begin.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.drill.live_world", "lockgate.drill.live", "boto3"])


@dataclass
class Desk:
    """A person at the command line."""

    world: World
    names: NameServers
    capture: pytest.CaptureFixture[str]

    def arguments(self, name: str, *more: str) -> list[str]:
        """The command line of a drill that is confirmed."""
        servers = ["--name-server", self.names.address, "--resolver", self.names.address]
        return ["drill", name, "--target", "aws", "--confirm", name, *servers, *more]

    def drill(self, name: str, *more: str) -> tuple[int, str, str]:
        """Drill, and give the exit code and what was printed."""
        return self.run(*self.arguments(name, *more))

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run any command."""
        self.capture.readouterr()
        code = cli.main(arguments)
        out, err = self.capture.readouterr()
        assert "Traceback" not in err
        return code, out, " ".join(err.split())


kept_client = cache(aws_api.client)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, NameServers]]:
    with world(tmp_path_factory.mktemp("live")) as found:
        yield found


@pytest.fixture
def desk(
    made: tuple[World, NameServers],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    found, names = made
    monkeypatch.chdir(found.root)
    for name, value in found.variables().items():
        monkeypatch.setenv(name, value)
    # To make a client is slow, and the world stays the same.
    monkeypatch.setattr(aws_target, "client", kept_client)
    yield Desk(found, names, capsys)
    names.stuck, names.meanwhile = False, lambda: None
    for region in found.regions.values():
        region.good = True
    for key in found.journals():
        found.client("s3").delete_object(Bucket=BUCKET, Key=key)


def test_a_drill_moves_the_name_and_puts_it_back(desk: Desk, tmp_path: Path) -> None:
    check = desk.world.check()
    desk.world.environment("good", check)
    before = desk.world.config(check)
    picture = tmp_path / "timeline.svg"

    code, out, err = desk.drill("good", "--json", "--picture", str(picture))

    assert code == 0, err
    (found,) = json.loads(out)["drills"]
    assert (found["before"], found["after"]) == ("us-east-1", "us-west-2")
    assert found["recovery_time"] == 90
    assert found["fault"] <= found["switched"] <= found["recovered"] <= found["restored"]
    assert found["restored"] <= found["failed_back"]
    assert found["lost"] == 0 < found["requests"]
    assert "detected" not in picture.read_text()
    assert desk.world.config(check) == before
    assert desk.world.version(check) == 3, "inverted once, and put back once"
    assert desk.world.journals() == []
    assert f"Health check {check} is put back" in err
    assert "app.good.test" not in desk.names.recursive, "a resolver was asked, not its source"


def test_what_would_be_changed_is_said_and_not_done_without_the_name(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("asked", check)

    for confirmed in (["--confirm", "ask"], []):
        code, _, err = desk.run("drill", "asked", "--target", "aws", *confirmed)

        assert code == 2
        assert f"invert health check {check}" in err
        assert "app.asked.test A: answered with us-west-2 instead of us-east-1" in err
        assert "within 60 s" in err
        assert "--target aws --confirm asked" in err
    assert desk.world.version(check) == 1


@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("turned", {"Inverted": True}, "is inverted already"),
        ("off", {"Disabled": True}, "is disabled"),
    ],
)
def test_a_check_that_would_not_move_anybody_is_refused(
    desk: Desk, name: str, more: dict[str, Any], says: str
) -> None:
    check = desk.world.check(**more)
    desk.world.environment(name, check)

    code, _, err = desk.drill(name)

    assert code == 1
    assert says in err
    assert "Nothing was changed" in err
    assert desk.world.version(check) == 1
    assert desk.world.journals() == []


def test_a_drill_that_would_take_the_service_down_is_refused(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("alone", check)
    desk.world.regions["us-west-2"].good = False

    code, _, err = desk.drill("alone")

    assert code == 1
    assert "its secondary in us-west-2 is not healthy (HTTP port" in err
    assert "HTTP 503" in err
    assert desk.world.version(check) == 1
    desk.world.regions["us-west-2"].good = True
    desk.world.regions["us-east-1"].good = False
    code, _, err = desk.drill("alone")
    assert code == 1
    assert "this is no moment for a drill" in err
    assert desk.world.version(check) == 1


def test_records_that_cannot_move_are_refused(desk: Desk) -> None:
    own = desk.world.check()
    desk.world.environment("near", own, secondary_region="us-east-1")
    desk.world.environment("blind", None)
    desk.world.environment("shared", own, secondary_check=own)
    turned = desk.world.check("us-west-2", Inverted=True)
    desk.world.environment("second", own, secondary_check=turned)
    said = {
        "near": "both records lead to us-east-1",
        "blind": "its primary record has no health check",
        "shared": f"the secondary record depends on health check {own} too",
        "second": f"health check {turned} is unhealthy",
    }
    for name, words in said.items():
        code, _, err = desk.drill(name)
        assert code == 1, name
        assert words in err, name
    assert desk.world.version(own) == 1


def test_name_servers_that_do_not_answer_end_it_before_any_change(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("silent", check)
    resolver = ["--resolver", desk.names.address]
    confirmed = ["drill", "silent", "--target", "aws", "--confirm", "silent", *resolver]

    # The zone's own name servers are not found by this resolver.
    code, _, err = desk.run(*confirmed)
    assert code == 3
    assert "the zone's name servers cannot be found (ns-" in err
    # One that does not speak with authority is none.
    code, _, err = desk.run(*confirmed, "--name-server", "127.0.0.1:1")
    assert code == 3
    assert "no name server answers with authority (127.0.0.1 port 1)" in err
    code, _, err = desk.run(*confirmed, "--name-server", "ns.example")
    assert code == 2
    assert "'ns.example' is no DNS server" in err
    assert desk.world.version(check) == 1


def test_a_name_that_does_not_move_fails_and_is_put_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = desk.world.check(FailureThreshold=1)
    desk.world.environment("stuck", check)
    # What AWS would not take, so that a test need not wait for minutes.
    route53_backends["123456789012"]["aws"].health_checks[check].request_interval = 1
    monkeypatch.setattr(answers, "LOAD_BALANCER_TTL", 1)
    desk.names.stuck = True

    code, out, err = desk.drill("stuck")

    assert code == 1
    assert "recovery never" in out
    assert "NOT PASSED: clients were not served again" in err
    assert not desk.world.config(check)["Inverted"]
    assert desk.world.journals() == []


def test_a_check_that_is_changed_before_the_inversion_is_not_inverted(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("raced", check)
    route53 = desk.world.client("route53")

    def change() -> None:
        desk.names.meanwhile = lambda: None
        route53.update_health_check(HealthCheckId=check, FailureThreshold=5)

    desk.names.meanwhile = change
    code, _, err = desk.drill("raced")

    assert code == 1
    assert f"Health check {check} was changed since it was read (version 1)" in err
    assert desk.world.config(check)["Inverted"] is False
    assert desk.world.config(check)["FailureThreshold"] == 5
    assert desk.world.journals() == []


def test_what_somebody_else_changes_meanwhile_is_left_and_named(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("edited", check)
    before = desk.world.config(check)

    def change() -> None:
        if desk.world.config(check)["Inverted"]:
            desk.names.meanwhile = lambda: None
            route53 = desk.world.client("route53")
            route53.update_health_check(HealthCheckId=check, FailureThreshold=5)

    desk.names.meanwhile = change
    code, _, err = desk.drill("edited")

    assert code == 0
    assert f"{check} is put back; somebody else changed FailureThreshold since" in err
    assert desk.world.config(check) == {**before, "FailureThreshold": 5}


def test_revert_ends_a_drill_that_is_under_way(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("halted", check)
    route53 = desk.world.client("route53")
    said: list[str] = []

    def halt() -> None:
        if desk.world.config(check)["Inverted"]:
            desk.names.meanwhile = lambda: None
            store = DrillJournalStore(Bucket(desk.world.client("s3"), BUCKET, ADVICE))
            said.extend(live.revert(route53, store, "halted"))

    desk.names.meanwhile = halt
    # Not recovered at the first look: by then it is over.
    desk.names.ttl = 1
    code, _, err = desk.drill("halted")
    desk.names.ttl = 0

    assert code == 1
    assert "Somebody put back what this drill had changed" in err
    assert said[1:] == [f"Health check {check} is put back"]
    assert desk.world.config(check)["Inverted"] is False
    assert desk.world.version(check) == 3


def test_a_calculated_check_is_inverted_as_a_whole(desk: Desk) -> None:
    child = desk.world.check()
    made = desk.world.client("route53").create_health_check(
        CallerReference="calculated",
        HealthCheckConfig={
            "Type": "CALCULATED",
            "ChildHealthChecks": [child],
            "HealthThreshold": 1,
        },
    )
    check = made["HealthCheck"]["Id"]
    desk.world.environment("summed", check)
    before = desk.world.config(check)

    code, out, err = desk.drill("summed")

    assert code == 0, err
    assert "its detection was not rehearsed" in out
    assert desk.world.config(check) == before
    assert (desk.world.version(check), desk.world.version(child)) == (3, 1)


def test_a_promotion_to_a_real_account_confirms_its_drill(desk: Desk) -> None:
    desk.world.environment("promoted", desk.world.check())
    environment = Environment("promoted", desk.world.root / "envs" / "promoted", desk.world.root)

    # It gets as far as the network of this world, which only the other tests are told of.
    with pytest.raises(EngineError, match=r"name servers cannot be found .* Nothing was changed"):
        verification.drill(environment, ["--target", "aws"])


def test_putting_back_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    check = desk.world.check()
    desk.world.environment("retried", check)
    failures = iter([EngineError("the API is away"), EngineError("the API is away")])

    def put_back(route53: Any, journal: DrillJournal) -> list[str]:
        if error := next(failures, None):
            raise error
        return inversion.put_back_all(route53, journal)

    monkeypatch.setattr(live, "put_back_all", put_back)
    monkeypatch.setattr(live, "_PUT_BACK_WAIT", 0.0)
    code, _, err = desk.drill("retried")

    assert code == 0
    assert err.count("Not put back yet: the API is away") == 2
    assert desk.world.config(check)["Inverted"] is False


def test_what_cannot_be_put_back_is_said_with_the_way_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = desk.world.check()
    desk.world.environment("torn", check)

    def fail(*_: object) -> list[str]:
        raise EngineError("the API is away")

    monkeypatch.setattr(live, "_PUT_BACK_WAIT", 0.0)
    with monkeypatch.context() as away:
        away.setattr(live, "put_back_all", fail)
        code, _, err = desk.drill("torn")

    assert code == 3
    assert "`lockgate drill torn --revert`" in err
    assert f"aws route53 update-health-check --health-check-id {check} --no-inverted" in err
    assert desk.world.config(check)["Inverted"] is True
    assert desk.run("drill", "torn", "--revert")[0] == 0
    assert desk.world.config(check)["Inverted"] is False


def test_a_bucket_that_is_gone_is_no_reason_to_leave_a_check_inverted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = desk.world.check()
    desk.world.environment("lost", check)

    def fail(*_: object) -> None:
        raise EngineError("s3://states is away")

    def cut() -> None:
        if desk.world.config(check)["Inverted"]:
            monkeypatch.setattr(DrillJournalStore, "read", fail)
            monkeypatch.setattr(DrillJournalStore, "end", fail)

    desk.names.meanwhile = cut
    monkeypatch.setattr(live, "_PUT_BACK_WAIT", 0.0)
    code, _, err = desk.drill("lost")

    assert code == 3
    assert "What the drill changed is put back, but its journal is still there" in err
    assert desk.world.config(check)["Inverted"] is False


def test_a_journal_that_cannot_be_read_is_named(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("garbled", check)
    key = "lockgate/drills/garbled.json"
    for body in (b"{", b"[]", b'{"version": 2}', b'{"version": 1, "checks": [{}]}'):
        desk.world.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        for arguments in (["drill", "garbled", "--revert"], desk.arguments("garbled")):
            code, _, err = desk.run(*arguments)
            assert code == 3
            assert f"s3://{BUCKET}/{key} is no journal of a drill" in err
    assert desk.world.version(check) == 1


def test_an_environment_whose_state_is_nowhere_is_refused(desk: Desk) -> None:
    directory = desk.world.root / "envs" / "local"
    directory.mkdir()
    (directory / "main.tf").write_text("")
    for arguments in (["--target", "aws", "--confirm", "local"], ["--revert"]):
        code, _, err = desk.run("drill", "local", *arguments)
        assert code == 2
        assert 'Give it a backend "s3" with the bucket and region' in err
    (directory / "main.tf").write_text(
        'terraform {\n  backend "s3" {\n    bucket = "states"\n    region = "us-east-1"\n  }\n}\n'
    )
    code, _, err = desk.run("drill", "local", "--target", "aws", "--confirm", "local")
    assert code == 2
    assert 'Give its backend "s3" the key' in err


def test_options_of_the_other_kind_of_drill_are_refused(desk: Desk) -> None:
    desk.world.environment("mixed", desk.world.check())
    for arguments, says in (
        (["mixed", "--target", "aws", "--fault", "slow"], "one fault"),
        (["mixed", "--confirm", "mixed"], "go with --target aws"),
        (["mixed", "--revert", "--confirm", "mixed"], "--revert needs no --confirm"),
        ([], "Missing argument ENV"),
    ):
        code, _, err = desk.run("drill", *arguments)
        assert code == 2
        assert says in err


@dataclass(frozen=True)
class Told:
    """What a child needs to know of the world: it cannot be sent whole."""

    root: Path
    environ: dict[str, str]

    def variables(self) -> dict[str, str]:
        return self.environ


def _kill_at(
    world: Told,
    arguments: list[str],
    write: int,
    after: bool,
    number: signal.Signals,
    together: Barrier | None,
) -> None:
    """Be a drill that sends itself a signal right before, or after, its nth write.

    With a barrier, its first write waits for another's.
    """
    os.environ.update(world.variables())
    os.chdir(world.root)
    left = [write]
    original: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        mine = operation in WRITES
        if mine and together is not None and left[0] == write:
            together.wait(200)
        if mine:
            left[0] -= 1
        if mine and left[0] == -1 and not after:
            os.kill(os.getpid(), number)
        answer = original(self, operation, arguments)
        if mine and left[0] == -1 and after:
            os.kill(os.getpid(), number)
        return answer

    BaseClient._make_api_call = call  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if number == signal.SIGHUP:
        # The terminal is gone, and whoever writes to it fails.
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 2)
    os._exit(cli.main(arguments))


def _ended(
    desk: Desk,
    name: str,
    write: int,
    after: bool,
    number: signal.Signals,
    together: Barrier | None = None,
) -> int | None:
    """The exit code of such a drill; it is negative for the signal that killed it."""
    told = Told(desk.world.root, desk.world.variables())
    child = CONTEXT.Process(
        target=_kill_at, args=(told, desk.arguments(name), write, after, number, together)
    )
    child.start()
    child.join(300)
    code = child.exitcode
    child.close()
    return code


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", range(len(WRITES)), ids=["journal", "invert", "restore", "end"])
def test_a_drill_that_is_killed_at_any_step_is_put_back_by_revert(
    desk: Desk, write: int, after: bool
) -> None:
    name = f"killed{write}{int(after)}"
    check = desk.world.check()
    desk.world.environment(name, check)
    before = desk.world.config(check)

    assert _ended(desk, name, write, after, signal.SIGKILL) == -signal.SIGKILL

    inverted = (write, after) in [(1, True), (2, False)]
    assert desk.world.config(check)["Inverted"] is inverted
    there = (write, after) not in [(0, False), (3, True)]
    assert bool(desk.world.journals()) is there
    if there:
        code, _, err = desk.drill(name)
        assert code == 1
        assert f"There is an unfinished drill of '{name}'" in err
        assert f"lockgate drill {name} --revert" in err

    # Without a name, every environment's bucket is looked into, which takes longer.
    code, out, err = desk.run("drill", *([] if write == 1 else [name]), "--revert")
    assert code == 0, err
    if there:
        assert f"Health check {check} " in out
    else:
        assert "Nothing to put back: no drill is unfinished." in out
    assert desk.world.config(check) == before
    assert desk.world.journals() == []

    version = desk.world.version(check)
    code, out, _ = desk.run("drill", name, "--revert")
    assert code == 0
    assert out == "Nothing to put back: no drill is unfinished.\n"
    assert desk.world.version(check) == version


@pytest.mark.parametrize(
    ("write", "number"),
    [
        (0, signal.SIGINT),
        (1, signal.SIGINT),
        (1, signal.SIGTERM),
        (1, signal.SIGHUP),
        (2, signal.SIGINT),
    ],
)
def test_a_drill_that_is_interrupted_puts_back_by_itself(
    desk: Desk, write: int, number: signal.Signals
) -> None:
    name = f"stopped{write}{number.name.lower()}"
    check = desk.world.check()
    desk.world.environment(name, check)
    before = desk.world.config(check)

    code = _ended(desk, name, write, True, number)

    assert code == 130 or (code and number == signal.SIGHUP)

    assert desk.world.config(check) == before
    assert desk.world.journals() == []


def test_of_two_drills_at_once_one_begins(desk: Desk) -> None:
    check = desk.world.check()
    desk.world.environment("twice", check)
    codes: list[int | None] = []
    together = CONTEXT.Barrier(2)

    def one() -> None:
        codes.append(_ended(desk, "twice", 99, True, signal.SIGKILL, together))

    both = [threading.Thread(target=one) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(codes, key=str) == [0, 1]
    assert desk.world.version(check) == 3
    assert desk.world.journals() == []
