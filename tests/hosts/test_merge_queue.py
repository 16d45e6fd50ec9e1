"""In a queue, what is merged is judged as a whole, and what a pull request adds is its own.

Two pull requests stand in a queue, one behind the other, in real git repositories as the hosts make
them; the templates' own steps say what each is compared with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lockgate.repository.affected import find_affected
from tests.hosts.templates import ROOT
from tests.repository.git_repositories import AWS, BACKEND, GitFiles

WORKFLOW = ROOT / ".github" / "workflows" / "pull-request.yml"
GITLAB = ROOT / "ci" / "gitlab" / "lockgate.yml"
ENVIRONMENTS = ("dev", "prod")
needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="runners have jq, this has not")


class Queue:
    """A clone with a group checked out: prod's change behind dev's, and neither in main."""

    def __init__(self, place: Path, method: str) -> None:
        files = {f"envs/{name}/main.tf": AWS + BACKEND for name in ENVIRONMENTS}
        origin = GitFiles.make(place / "origin", files)
        origin.git("checkout", "-q", "main")
        self.main = origin.git("rev-parse", "main")
        self.before = self._merge(origin, "dev", method)
        origin.git("branch", "queue-before")
        self.head = self._merge(origin, "prod", method)
        origin.git("branch", "queue")
        origin.git("reset", "-q", "--hard", self.main)
        origin.git("checkout", "-q", "--detach")
        clone = place / "clone"
        subprocess.run(["git", "clone", "-q", str(origin.root), str(clone)], check=True)
        self.clone = GitFiles(clone)
        self.clone.git("checkout", "-q", "--detach", "origin/queue")

    def _merge(self, origin: GitFiles, name: str, method: str) -> str:
        """Put a pull request of two commits behind the others, as the queue does."""
        start = origin.git("rev-parse", "HEAD")
        base = self.main if method == "merge" else start
        origin.git("checkout", "-q", "-b", f"change-{name}", base)
        for number in (1, 2):
            origin.commit({f"envs/{name}/{number}.tf": f'locals {{ n{number} = "{name}" }}\n'})
        origin.git("checkout", "-q", "main")
        if method == "squash":
            origin.git("merge", "-q", "--squash", f"change-{name}")
            origin.git("commit", "-q", "-m", name)
        elif method == "merge":
            origin.git("merge", "-q", "--no-ff", "-m", name, f"change-{name}")
        else:
            origin.git("merge", "-q", "--ff-only", f"change-{name}")
        return origin.git("rev-parse", "HEAD")

    def affected(self, base: str) -> set[str]:
        return set(find_affected(self.clone.root, base).names)

    def run(self, script: str, place: Path, **variables: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-c", script],
            cwd=self.clone.root,
            env={"PATH": f"{place}:{os.environ['PATH']}", "RUNNER_TEMP": str(place), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(params=["merge", "squash", "rebase"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Queue:
    return Queue(tmp_path, request.param)


def _step(name: str) -> str:
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["guard"]["steps"]
    return str(next(step for step in steps if step["name"] == name)["run"])


def _gh(place: Path) -> None:
    pull = {"user": {"login": "ann"}, "labels": [{"name": "lockgate-pipeline-change"}]}
    (place / "answer").write_text(json.dumps(pull))
    asked = 'echo "$*" > "$RUNNER_TEMP/asked"; cat "$RUNNER_TEMP/answer"'
    (place / "gh").write_text(f"#!/bin/bash\n{asked}\n")
    (place / "gh").chmod(0o755)


def _github(queue: Queue, place: Path, **event: str) -> tuple[int, str, dict[str, str]]:
    place.mkdir()
    _gh(place)
    output = place / "output"
    output.touch()
    code, said = queue.run(
        _step("What the change is compared with"),
        place,
        GITHUB_OUTPUT=str(output),
        GITHUB_REPOSITORY="team/service",
        **{"QUEUE": "", "NUMBER": "", "AUTHOR": "", "LABELS": "[]", **event},
    )
    pairs = (line.partition("=") for line in output.read_text().splitlines())
    return code, said, {name: value for name, _, value in pairs}


@needs_jq
def test_on_github_a_whole_group_is_checked_and_a_pull_request_s_own_part_is_planned(
    queue: Queue, tmp_path: Path
) -> None:
    """A queue may merge a group whose first pull request failed: GitHub's setting, not ours."""
    code, said, outputs = _github(
        queue,
        tmp_path / "runner",
        QUEUE=f"refs/heads/gh-readonly-queue/main/pr-12-{queue.before}",
        QUEUE_INTO="refs/heads/main",
        QUEUE_BEFORE=queue.before,
        LABELS="[]",
    )
    assert code == 0, said
    assert (outputs["base"], outputs["own"]) == (queue.main, queue.before)
    assert queue.affected(outputs["base"]) == {"dev", "prod"}
    assert queue.affected(outputs["own"]) == {"prod"}
    assert (outputs["number"], outputs["author"]) == ("12", "ann")
    assert json.loads(outputs["labels"]) == ["lockgate-pipeline-change"]
    asked = (tmp_path / "runner" / "asked").read_text()
    assert asked == "api repos/team/service/pulls/12\n"


@needs_jq
def test_on_github_main_may_have_taken_what_stood_before(queue: Queue, tmp_path: Path) -> None:
    queue.clone.git("update-ref", "refs/remotes/origin/main", "origin/queue-before")
    code, said, outputs = _github(
        queue,
        tmp_path / "runner",
        QUEUE="refs/heads/gh-readonly-queue/main/pr-12-abc",
        QUEUE_INTO="refs/heads/main",
        QUEUE_BEFORE=queue.before,
    )
    assert code == 0, said
    assert outputs["base"] == outputs["own"] == queue.before


@needs_jq
def test_on_github_a_pull_request_is_compared_with_what_it_is_merged_into(tmp_path: Path) -> None:
    queue = Queue(tmp_path, "merge")
    event = {"NUMBER": "7", "AUTHOR": "ben", "LABELS": '[\n  "a b"\n]'}
    code, said, outputs = _github(queue, tmp_path / "runner", **event)
    assert code == 0, said
    assert outputs == {
        "base": queue.before,
        "own": queue.before,
        "number": "7",
        "author": "ben",
        "labels": '["a b"]',
    }
    assert not (tmp_path / "runner" / "asked").exists()


@needs_jq
def test_on_github_a_branch_of_another_form_is_no_queue(tmp_path: Path) -> None:
    queue = Queue(tmp_path, "merge")
    code, said, outputs = _github(
        queue,
        tmp_path / "runner",
        QUEUE="refs/heads/somewhere",
        QUEUE_INTO="refs/heads/main",
        QUEUE_BEFORE=queue.before,
    )
    assert (code, outputs) == (1, {})
    assert "::error::The queue's branch refs/heads/somewhere names no pull request." in said


def _gitlab(queue: Queue, place: Path, **variables: str) -> tuple[int, str]:
    script = yaml.safe_load(GITLAB.read_text("utf-8"))["lockgate-guard"]["script"]
    bases = next(line for line in script if "CI_MERGE_REQUEST_DIFF_BASE_SHA" in line)
    return queue.run(
        f'set -eu\n{bases}\necho "$base $own"',
        place,
        CI_PROJECT_ID="1",
        CI_MERGE_REQUEST_PROJECT_ID="1",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        CI_MERGE_REQUEST_DIFF_BASE_SHA=queue.main,
        **variables,
    )


def test_on_gitlab_a_train_is_checked_and_a_merge_request_s_own_part_is_guarded(
    queue: Queue, tmp_path: Path
) -> None:
    code, said = _gitlab(
        queue,
        tmp_path,
        CI_MERGE_REQUEST_EVENT_TYPE="merge_train",
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA=queue.before,
    )
    assert (code, said.split()) == (0, [queue.main, queue.before])
    assert queue.affected(queue.main) == {"dev", "prod"}
    assert queue.affected(queue.before) == {"prod"}


@pytest.mark.parametrize("kind", ["detached", "merged_result", "merge_train"])
def test_on_gitlab_nothing_but_the_train_s_own_order_is_believed(tmp_path: Path, kind: str) -> None:
    """Without a commit before it, or with one that is not behind it, all of it is guarded."""
    queue = Queue(tmp_path, "merge")
    stranger = queue.clone.git("commit-tree", "-m", "x", "HEAD^{tree}")
    for before in ("", stranger, "0" * 40) if kind == "merge_train" else (queue.before,):
        code, said = _gitlab(
            queue,
            tmp_path,
            CI_MERGE_REQUEST_EVENT_TYPE=kind,
            CI_MERGE_REQUEST_TARGET_BRANCH_SHA=before,
        )
        assert (code, said.split()) == (0, [queue.main, queue.main])


def test_on_gitlab_a_fork_is_compared_with_where_it_left_the_target(tmp_path: Path) -> None:
    queue = Queue(tmp_path, "merge")
    script = yaml.safe_load(GITLAB.read_text("utf-8"))["lockgate-guard"]["script"]
    bases = next(line for line in script if "CI_MERGE_REQUEST_DIFF_BASE_SHA" in line)
    code, said = queue.run(
        f'set -eu\n{bases}\necho "$base $own"',
        tmp_path,
        CI_PROJECT_ID="2",
        CI_MERGE_REQUEST_PROJECT_ID="1",
        CI_MERGE_REQUEST_DIFF_BASE_SHA=queue.main,
    )
    assert (code, said.split()) == (0, [queue.main, queue.main])
