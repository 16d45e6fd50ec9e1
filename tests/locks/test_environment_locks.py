"""The environments' locks on an S3 API: one holds, everybody is told who, nobody is robbed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from lockgate.base.errors import EngineError, PolicyError
from lockgate.locks.environment_lock import EnvironmentLock, read_lock, shown_author
from lockgate.locks.environment_lock_store import (
    ADVICE,
    PREFIX,
    EnvironmentLockStore,
    must_hold,
    unlock,
)
from lockgate.state.bucket import Bucket
from lockgate.state.state_lock_object import read_state_lock
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import STATE_BUCKET
from tests.commands.conftest import PROVIDERS, Repository, repository

__all__ = ["repository"]
SINCE = "2026-11-25T08:00:00+00:00"
BUCKET = "locks"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with local_aws.throw_away() as address:
        yield address


@pytest.fixture
def store(endpoint: str) -> EnvironmentLockStore:
    s3 = client("s3", "us-east-1", endpoint)
    s3.create_bucket(Bucket=BUCKET)
    for stored in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=stored["Key"])
    return EnvironmentLockStore(Bucket(s3, BUCKET, ADVICE))


def _lock(number: int, environment: str = "prod") -> EnvironmentLock:
    return EnvironmentLock(environment, number, f"author{number}", SINCE)


def test_of_twenty_at_once_one_holds_and_all_others_are_told_who(
    store: EnvironmentLockStore,
) -> None:
    together = Barrier(20)

    def contend(number: int) -> tuple[int, bool, str]:
        together.wait(30)
        try:
            return number, True, must_hold(store, _lock(number), "")
        except PolicyError as error:
            return number, False, str(error)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(contend, range(1, 21)))
    winners = [number for number, held, _ in answers if held]
    assert len(winners) == 1
    [held] = store.every()
    assert held.lock == _lock(winners[0])
    losers = [message for _, held, message in answers if not held]
    assert len(losers) == 19
    named = f"prod is locked by pull request {winners[0]} (author{winners[0]}), since {SINCE}"
    assert all(message.startswith(named) for message in losers)


def test_twenty_who_lock_and_release_all_get_it_in_the_end(store: EnvironmentLockStore) -> None:
    inside: list[int] = []
    crowded: list[int] = []

    def turn(number: int) -> int:
        tries = 0
        while store.acquire(_lock(number)) is not None:
            tries += 1
        inside.append(number)
        if inside != [number]:
            crowded.append(number)
        inside.remove(number)
        assert unlock(store, "prod", number, force=False)
        return tries

    with ThreadPoolExecutor(20) as pool:
        assert len(list(pool.map(turn, range(1, 21)))) == 20
    assert crowded == []
    assert store.every() == []


def test_the_same_pull_request_still_holds_it_since_then(store: EnvironmentLockStore) -> None:
    must_hold(store, _lock(7), "")
    again = EnvironmentLock("prod", 7, "somebody-else", "2026-12-01T00:00:00+00:00")
    assert must_hold(store, again, "") == (
        f"prod is still locked by pull request 7 (author7), since {SINCE}"
    )


def test_the_refusal_says_what_to_do(store: EnvironmentLockStore) -> None:
    must_hold(store, _lock(7), AwsTarget().option)
    with pytest.raises(PolicyError, match="`lockgate unlock prod --pull-request 7 --target aws`"):
        must_hold(store, _lock(8), AwsTarget().option)


def test_only_its_own_lock_is_released(store: EnvironmentLockStore) -> None:
    must_hold(store, _lock(7), AwsTarget().option)
    assert "left as it is" in unlock(store, "prod", 8, force=False)
    with pytest.raises(PolicyError, match=r"pull request 7 \(author7\).*not released"):
        unlock(store, "prod", None, force=False)
    assert store.held("prod") is not None
    assert "is released" in unlock(store, "prod", 7, force=False)
    assert store.held("prod") is None
    assert unlock(store, "prod", 7, force=False) == ""


def test_force_releases_any_lock_and_one_that_is_broken(store: EnvironmentLockStore) -> None:
    must_hold(store, _lock(7), AwsTarget().option)
    assert "is released" in unlock(store, "prod", None, force=True)
    store.bucket.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}prod.json", Body=b"{")
    with pytest.raises(PolicyError, match="cannot be read"):
        must_hold(store, _lock(7), AwsTarget().option)
    with pytest.raises(PolicyError, match="cannot be read"):
        unlock(store, "prod", 7, force=False)
    assert "is released" in unlock(store, "prod", None, force=True)
    assert store.held("prod") is None


def test_what_was_released_and_locked_anew_is_not_deleted_with_the_old_one(
    store: EnvironmentLockStore,
) -> None:
    must_hold(store, _lock(7), AwsTarget().option)
    seen = store.held("prod")
    assert seen is not None
    unlock(store, "prod", 7, force=False)
    must_hold(store, _lock(8), AwsTarget().option)
    assert store.release(seen) is False
    now = store.held("prod")
    assert now is not None
    assert now.lock == _lock(8)


def test_environments_do_not_hold_each_other_up(store: EnvironmentLockStore) -> None:
    must_hold(store, _lock(7, "prod"), AwsTarget().option)
    must_hold(store, _lock(8, "dev"), AwsTarget().option)
    assert [(each.environment, each.lock) for each in store.every()] == [
        ("dev", _lock(8, "dev")),
        ("prod", _lock(7, "prod")),
    ]


def test_a_bucket_that_is_not_there_is_no_free_lock(store: EnvironmentLockStore) -> None:
    elsewhere = EnvironmentLockStore(replace(store.bucket, name="not-there"))
    with pytest.raises(EngineError, match=r"s3://not-there/lockgate/locks/prod\.json"):
        elsewhere.held("prod")
    with pytest.raises(EngineError, match="lockgate bootstrap"):
        elsewhere.acquire(_lock(7))
    with pytest.raises(EngineError, match="s3://not-there/"):
        elsewhere.every()


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {**_lock(7).as_json(), "pull_request": "7"}, {"environment": "prod"}],
)
def test_what_is_no_lock_is_not_read_as_one(document: object) -> None:
    assert read_lock(document) is None
    assert read_lock(_lock(7).as_json()) == _lock(7)


def test_an_author_cannot_write_lines_into_a_log() -> None:
    assert shown_author("ann\n::error::gone\x1b[2J") == "ann ::error::gone [2J"
    assert shown_author("\n") == "unknown"


def test_the_commands(repository: Repository, endpoint: str) -> None:
    repository.environment("dev", PROVIDERS)
    up = {"LOCKGATE_ENDPOINT": endpoint}
    mine = ("lock", "dev", "--pull-request", "7", "--author", "ann")
    assert repository.run("locks", env=up).stdout == "No environment is locked.\n"
    first = repository.run(*mine, env=up)
    assert first.returncode == 0, first.stderr
    assert "dev is locked by pull request 7 (ann), since 20" in first.stdout
    again = repository.run(*mine, env=up)
    assert again.returncode == 0
    assert "still locked" in again.stdout
    other = repository.run("lock", "dev", "--pull-request", "8", "--author", "bob", env=up)
    assert other.returncode == 1
    assert "dev is locked by pull request 7 (ann), since 20" in other.stderr
    shown = repository.run("locks", "--json", env=up)
    [lock] = json.loads(shown.stdout)["locks"]
    assert (lock["environment"], lock["pull_request"], lock["author"]) == ("dev", 7, "ann")
    assert repository.run("unlock", "dev", env=up).returncode == 1
    # A pipeline asks this of every environment: another's lock must not end it.
    left = repository.run("unlock", "dev", "--pull-request", "8", env=up)
    assert (left.returncode, "left as it is" in left.stdout) == (0, True)
    assert repository.run("unlock", "dev", "--pull-request", "7", env=up).returncode == 0
    nothing = repository.run("unlock", "dev", "--pull-request", "7", env=up)
    assert (nothing.returncode, nothing.stdout) == (0, "dev is not locked.\n")
    unknown = repository.run("unlock", "prd", env=up)
    assert unknown.returncode == 2
    assert "There is no environment 'prd'" in unknown.stderr


def test_a_lock_outlives_its_environment_and_can_be_released(
    repository: Repository, endpoint: str
) -> None:
    repository.environment("dev", PROVIDERS)
    up = {"LOCKGATE_ENDPOINT": endpoint}
    old = repository.environment("old", PROVIDERS)
    repository.run("lock", "old", "--pull-request", "7", "--author", "ann", env=up)
    (old / "main.tf").unlink()
    assert "old: pull request 7 (ann)" in repository.run("locks", env=up).stdout
    assert "old is released" in repository.run("unlock", "old", "--force", env=up).stdout


def test_looking_starts_no_embedded_aws(repository: Repository) -> None:
    repository.environment("dev", PROVIDERS)
    assert repository.run("locks").stdout == "No environment is locked.\n"
    assert repository.run("unlock", "dev").stdout == "dev is not locked.\n"
    assert "is not up" in repository.run("local", "status").stdout


def test_in_an_account_the_lock_lies_beside_its_environments_state(
    repository: Repository, endpoint: str
) -> None:
    repository.environment("dev", PROVIDERS.replace('"state"', '"state-of-dev"'))
    repository.environment("prod", PROVIDERS.replace('"state"', '"state-of-prod"'))
    s3 = client("s3", "us-east-1", endpoint)
    for bucket in ("state-of-dev", "state-of-prod"):
        s3.create_bucket(Bucket=bucket)
    account = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": "/dev/null",
        "NO_PROXY": "127.0.0.1",
    }
    to_aws = ("--target", "aws")
    for name in ("dev", "prod"):
        arguments = ("lock", name, "--pull-request", "7", "--author", "ann", *to_aws)
        assert repository.run(*arguments, env=account).returncode == 0
        [found] = s3.list_objects_v2(Bucket=f"state-of-{name}")["Contents"]
        assert found["Key"] == f"{PREFIX}{name}.json"
    shown = json.loads(repository.run("locks", "--json", *to_aws, env=account).stdout)
    assert [lock["environment"] for lock in shown["locks"]] == ["dev", "prod"]
    released = repository.run("unlock", "dev", "--pull-request", "7", *to_aws, env=account)
    assert "dev is released" in released.stdout
    left = json.loads(repository.run("locks", "--json", *to_aws, env=account).stdout)
    assert [lock["environment"] for lock in left["locks"]] == ["prod"]


def test_a_state_that_is_locked_is_shown(repository: Repository, endpoint: str) -> None:
    repository.environment("locked", PROVIDERS)
    s3 = client("s3", "us-east-1", endpoint)
    s3.create_bucket(Bucket=STATE_BUCKET)
    held = {"Bucket": STATE_BUCKET, "Key": "locked/terraform.tfstate.tflock"}
    lock = {"ID": "1f0a", "Operation": "OperationTypeApply", "Who": "ci@runner", "Created": SINCE}
    s3.put_object(**held, Body=json.dumps(lock).encode())
    up = {"LOCKGATE_ENDPOINT": endpoint}
    assert repository.run("locks", env=up).stdout == (
        f"locked: its state is locked by ci@runner, who applies since {SINCE}. If that process was "
        "killed: `lockgate unlock locked --state 1f0a`\n"
    )
    told = json.loads(repository.run("locks", "--json", env=up).stdout)
    assert told["locks"] == []
    assert [
        (state_lock["environment"], state_lock["id"]) for state_lock in told["state_locks"]
    ] == [("locked", "1f0a")]
    released = repository.run("unlock", "locked", "--state", "1f0a", env=up)
    assert released.returncode == 0, released.stderr
    assert repository.run("locks", env=up).stdout == "No environment is locked.\n"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ID": 1}'])
def test_what_is_no_lock_of_a_state_is_not_read_as_one(text: str) -> None:
    assert read_state_lock("dev", text) is None
    sent = read_state_lock("dev", '{"ID": "1\\n2", "Who": "a\\u001b[2Jb"}')
    assert sent is not None
    assert (sent.id, sent.holder, sent.doing) == ("12", "a[2Jb", "works on it")
    wicked = read_state_lock("dev", '{"ID": "1; rm -r ~"}')
    assert wicked is not None
    assert "rm" not in wicked.next_step("")
