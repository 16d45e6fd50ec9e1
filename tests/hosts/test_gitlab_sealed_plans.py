"""The sealed plans of a merge request are fetched from GitLab's API, and from no other pipeline.

A server on loopback answers as https://docs.gitlab.com/api/ has it: commits, merge requests,
pipelines, bridges, jobs and artifacts.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.hosts.templates import ROOT

API = "/api/v4/projects/42"
HEAD = "a" * 40


class GitLab:
    """What the server answers with, by path."""

    def __init__(self) -> None:
        plan, odd = archive("lockgate/plans/dev.lockgate"), archive("../../lockgate/plans/x.sh")
        self.answers: dict[str, object] = {
            "/repository/commits/c0ffee/merge_requests": [
                {"iid": 7, "state": "merged", "sha": HEAD},
                {"iid": 5, "state": "closed", "sha": "b" * 40},
            ],
            "/merge_requests/7/pipelines": [
                {"id": 100, "sha": HEAD, "status": "failed"},
                {"id": 101, "sha": HEAD, "status": "success"},
                {"id": 102, "sha": "d" * 40, "status": "success"},
            ],
            "/pipelines/101/bridges": [
                {"id": 1, "name": "lockgate-checks", "downstream_pipeline": {"id": 201}},
                {"id": 2, "name": "other", "downstream_pipeline": {"id": 202}},
            ],
            "/pipelines/201/jobs": [
                {"id": 11, "name": "lockgate-check: [dev]", "status": "success"},
                {"id": 12, "name": "lockgate-plan: [dev]", "status": "success"},
                {"id": 13, "name": "lockgate-plan: [odd]", "status": "success"},
            ],
            "/jobs/12/artifacts": plan,
            "/jobs/13/artifacts": odd,
        }
        self.url = ""

    def fetch(self, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script as a job of the project 42 for the commit c0ffee."""
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "gitlab_sealed_plans.py", directory],
            env={
                **os.environ,
                "CI_SERVER_URL": self.url,
                "CI_PROJECT_ID": "42",
                "CI_COMMIT_SHA": "c0ffee",
                "LOCKGATE_TOKEN": "secret-token",
                "NO_PROXY": "127.0.0.1",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )


def archive(member: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(member, "sealed")
    return content.getvalue()


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    host = GitLab()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].removeprefix(API)
            answer = host.answers.get(path)
            allowed = self.headers["PRIVATE-TOKEN"] == "secret-token"
            self.send_response(401 if not allowed else 404 if answer is None else 200)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            kind = "application/zip" if isinstance(answer, bytes) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield host
        server.shutdown()


def test_the_plans_of_the_pipeline_that_passed_are_fetched(gitlab: GitLab, tmp_path: Path) -> None:
    done = gitlab.fetch(tmp_path)
    assert (done.returncode, done.stdout) == (0, "dev.lockgate\n"), done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dev.lockgate", "merge-request"]
    assert (tmp_path / "merge-request").read_text() == "7\n"
    assert (tmp_path / "dev.lockgate").read_text() == "sealed"


def test_a_last_pipeline_that_failed_hands_over_nothing(gitlab: GitLab, tmp_path: Path) -> None:
    gitlab.answers["/merge_requests/7/pipelines"] = [
        {"id": 100, "sha": HEAD, "status": "success"},
        {"id": 103, "sha": HEAD, "status": "failed"},
    ]
    done = gitlab.fetch(tmp_path)
    assert done.returncode == 1
    assert "!7 at aaaaaaaaaaaa ended as 'failed'" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_pipeline_of_an_older_commit_does_not_count(gitlab: GitLab, tmp_path: Path) -> None:
    gitlab.answers["/merge_requests/7/pipelines"] = [
        {"id": 100, "sha": "d" * 40, "status": "success"}
    ]
    done = gitlab.fetch(tmp_path)
    assert done.returncode == 1
    assert "!7 at aaaaaaaaaaaa has none" in done.stderr


@pytest.mark.parametrize("ref", ["merge", "train"])
def test_a_pipeline_of_the_merged_result_or_of_a_train_counts(
    gitlab: GitLab, tmp_path: Path, ref: str
) -> None:
    """They run on a commit that GitLab makes, not on the merge request's last one."""
    pipeline = {"id": 101, "sha": "d" * 40, "status": "success"}
    gitlab.answers["/merge_requests/7/pipelines"] = [
        {**pipeline, "ref": f"refs/merge-requests/7/{ref}"},
        {"id": 99, "sha": HEAD, "status": "failed"},
    ]
    done = gitlab.fetch(tmp_path)
    assert (done.returncode, done.stdout) == (0, "dev.lockgate\n"), done.stderr

    gitlab.answers["/merge_requests/7/pipelines"] = [{**pipeline, "ref": "refs/merge-requests/8/x"}]
    assert "!7 at aaaaaaaaaaaa has none" in gitlab.fetch(tmp_path).stderr


def test_a_commit_without_a_merge_request_has_no_plan(gitlab: GitLab, tmp_path: Path) -> None:
    gitlab.answers["/repository/commits/c0ffee/merge_requests"] = []
    done = gitlab.fetch(tmp_path)
    assert (done.returncode, done.stdout) == (0, "No plan was reviewed for this commit.\n")


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({"LOCKGATE_TOKEN": "wrong"}, 3, "look at what LOCKGATE_TOKEN may read"),
        ({"LOCKGATE_TOKEN": ""}, 2, "LOCKGATE_TOKEN is not set. Make a project access token"),
        ({"CI_COMMIT_SHA": ""}, 2, "CI_COMMIT_SHA is not set. It is set in a job of GitLab"),
        ({"CI_SERVER_URL": "http://127.0.0.1:9"}, 3, "GitLab did not hand over the sealed plans"),
    ],
)
def test_what_is_missing_is_said(
    gitlab: GitLab, tmp_path: Path, variables: dict[str, str], code: int, words: str
) -> None:
    done = gitlab.fetch(tmp_path, **variables)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-token" not in done.stderr
