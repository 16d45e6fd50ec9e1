"""A repository's buckets on a target by its name: nothing is made that nobody agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.state.state_bootstrap import Step
from lockgate.state.target_bootstrap import bootstrap_on
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from lockgate.targets.state_backend import StateBucket
from tests.environments import MakeEnvironment


def _never(bucket: StateBucket, pending: Sequence[Step]) -> None:
    raise UsageError(f"{bucket.name}: {len(pending)} steps")


def test_it_asks_before_it_changes_and_does_not_do_it_twice(
    environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    root: Path = environment('provider "aws" {}\n').root
    told: list[Step] = []
    with local_aws.throw_away() as endpoint:
        monkeypatch.setenv("LOCKGATE_ENDPOINT", endpoint)
        s3 = client("s3", "us-east-1", endpoint)
        dry = bootstrap_on("embedded", root, _never, told.append, pytest.fail, dry_run=True)
        assert dry.changes
        assert list(dry.changes) == told
        with pytest.raises(UsageError, match=rf"{dry.buckets[0].name}: {len(told)} steps"):
            bootstrap_on("embedded", root, _never, told.append, pytest.fail)
        assert s3.list_buckets()["Buckets"] == []
        agreed: list[str] = []
        made = bootstrap_on(
            "embedded", root, lambda bucket, _: agreed.append(bucket.name), print, pytest.fail
        )
        assert [step.what for step in made.changes] == [step.what for step in dry.changes]
        assert agreed == [bucket.name for bucket in made.buckets]
        assert len(s3.list_buckets()["Buckets"]) == 2
        assert bootstrap_on("embedded", root, _never, print, pytest.fail).changes == ()
