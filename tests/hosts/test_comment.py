"""``lockgate comment``: one comment that is updated, against the hosts' published APIs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lockgate.base.errors import EngineError, LockgateError, UsageError
from lockgate.cli import lockgate
from lockgate.hosts.sticky_comment import MARKER
from lockgate.reports import report_files
from lockgate.verdict.verdict import GateVerdict
from tests.hosts import host_server
from tests.hosts.host_server import LIMITS, OWN, TOKEN, HostServer
from tests.reports import verdicts

_UPDATE = {"github": "PATCH", "gitlab": "PUT"}
_CI = ("GITHUB_", "CI_", "LOCKGATE_TOKEN")


@pytest.fixture(params=["github", "gitlab"])
def host(request: pytest.FixtureRequest) -> Iterator[HostServer]:
    with host_server.serving(request.param) as server:
        yield server


@pytest.fixture
def job(host: HostServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a pull request's job, set."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    of = {
        "github": {
            "GITHUB_API_URL": host.url,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "acme/infra",
            "GITHUB_RUN_ID": "12",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": "c0ffee",
            "GITHUB_TOKEN": TOKEN,
        },
        "gitlab": {
            "CI_API_V4_URL": f"{host.url}/api/v4",
            "CI_COMMIT_SHA": "c0ffee",
            "CI_JOB_URL": "https://gitlab.example/acme/infra/-/jobs/12",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_PROJECT_ID": "3",
            "CI_PROJECT_URL": "https://gitlab.example/acme/infra",
            "LOCKGATE_TOKEN": TOKEN,
        },
    }[host.kind]
    _clean(monkeypatch)
    for name, value in of.items():
        monkeypatch.setenv(name, value)
    return of


def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith(_CI)]:
        monkeypatch.delenv(name)


def _run(kind: str, directory: Path, verdict: GateVerdict | None = None) -> Result:
    report_files.write(verdict or verdicts.mixed(), directory)
    return CliRunner().invoke(lockgate, ["comment", "--host", kind, str(directory)])


def _error(result: Result) -> LockgateError:
    assert isinstance(result.exception, LockgateError), result.exception
    assert TOKEN not in f"{result.output}{result.exception}"
    return result.exception


@pytest.mark.usefixtures("job")
def test_the_first_run_creates_and_the_next_updates(host: HostServer, tmp_path: Path) -> None:
    first = _run(host.kind, tmp_path / "report")
    assert first.exception is None
    assert first.output.startswith("The comment is created: FAIL: ")
    [body] = host.bodies().values()
    assert body.startswith(f"{MARKER}\n## ❌ Lockgate")
    second = _run(host.kind, tmp_path / "report", verdicts.passing())
    assert second.output.startswith("The comment is updated: PASS: ")
    [body] = host.bodies().values()
    assert body.startswith(f"{MARKER}\n## ✅ Lockgate")


@pytest.mark.usefixtures("job")
def test_the_comment_leads_to_the_run_and_the_judged_lines(
    host: HostServer, tmp_path: Path
) -> None:
    _run(host.kind, tmp_path / "report")
    [body] = host.bodies().values()
    if host.kind == "github":
        assert "<https://github.example/acme/infra/actions/runs/12>" in body
        assert "<https://github.example/acme/infra/blob/c0ffee/envs/prod/main.tf#L7>" in body
    else:
        assert "<https://gitlab.example/acme/infra/-/jobs/12/artifacts/browse>" in body
        assert "<https://gitlab.example/acme/infra/-/blob/c0ffee/envs/prod/main.tf#L7>" in body


@pytest.mark.usefixtures("job")
def test_in_a_job_of_github_what_blocks_is_also_annotated(
    host: HostServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = _run(host.kind, tmp_path / "report").output.splitlines()
    told = [line for line in lines if line.startswith("::error file=envs/prod/main.tf,line=")]
    assert len(told) == (3 if host.kind == "github" else 0)


@pytest.mark.usefixtures("job")
def test_it_is_found_behind_many_pages_of_others(host: HostServer, tmp_path: Path) -> None:
    for number in range(250):
        host.add(f"comment {number}", "someone")
    own = host.add(f"{MARKER}\nearlier")
    _run(host.kind, tmp_path / "report")
    assert len(host.comments) == 251
    assert "Lockgate" in host.bodies()[own]
    assert sum(each.startswith("GET") and "user" not in each for each in host.asked) >= 3


@pytest.mark.usefixtures("job")
def test_somebody_elses_comment_with_the_marker_is_left_alone(
    host: HostServer, tmp_path: Path
) -> None:
    theirs = host.add(f"{MARKER}\nall is well", "mallory")
    quoted = host.add(f"> {MARKER}\nan own comment about it")
    done = _run(host.kind, tmp_path / "report")
    assert done.output.startswith("The comment is created")
    assert host.bodies()[theirs] == f"{MARKER}\nall is well"
    assert host.bodies()[quoted].endswith("about it")
    assert len(host.comments) == 3


@pytest.mark.usefixtures("job")
def test_a_token_of_a_user_updates_that_users_comment(host: HostServer, tmp_path: Path) -> None:
    host.login = "deployer"
    of_bot = host.add(f"{MARKER}\nof the bot", OWN[host.kind])
    of_user = host.add(f"{MARKER}\nof the user", "deployer")
    _run(host.kind, tmp_path / "report")
    assert host.bodies()[of_bot].endswith("of the bot")
    assert "Lockgate" in host.bodies()[of_user]


@pytest.mark.usefixtures("job")
def test_a_report_that_is_too_large_is_cut_and_says_where_the_rest_is(
    host: HostServer, tmp_path: Path
) -> None:
    large = verdicts.many(400, "dev", "prod", message="ü" * 3_000)
    assert _run(host.kind, tmp_path / "report", large).exception is None
    [body] = host.bodies().values()
    assert len(body) <= LIMITS[host.kind]
    assert len(body.encode()) > LIMITS[host.kind] // 2
    if host.kind == "github":
        assert "more: see [the full report](<https://github.example/" in body.splitlines()[-1]
    else:
        assert "more: see [the full report](<https://gitlab.example/" in body.splitlines()[-1]


@pytest.mark.usefixtures("job")
def test_a_verdict_without_an_environment_is_said_to_fail(host: HostServer, tmp_path: Path) -> None:
    _run(host.kind, tmp_path / "report", GateVerdict(()))
    assert "FAIL: no environment was judged" in next(iter(host.bodies().values()))


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "the right to write comments"),
        (404, "no such pull request"),
        (429, "takes no more requests"),
        (500, "the host has trouble"),
        (503, "the host has trouble"),
    ],
)
@pytest.mark.parametrize("when", ["list", "create", "update"])
def test_what_the_host_refuses_is_explained(
    host: HostServer, tmp_path: Path, status: int, words: str, when: str
) -> None:
    method = {"list": "GET", "create": "POST", "update": _UPDATE[host.kind]}[when]
    if when == "update":
        host.add(f"{MARKER}\nearlier")
    host.failing[method] = (status, f"no\x1b[2J, {TOKEN}")
    error = _error(_run(host.kind, tmp_path / "report"))
    assert isinstance(error, EngineError)
    assert words in str(error)
    assert f" answered {status}: " in str(error)
    assert "\x1b" not in str(error)
    assert host.url in str(error)


@pytest.mark.usefixtures("job")
def test_a_comment_is_not_sent_twice_when_the_host_fails(host: HostServer, tmp_path: Path) -> None:
    host.failing["POST"] = (502, "Bad Gateway")
    _error(_run(host.kind, tmp_path / "report"))
    assert sum(each.startswith("POST") for each in host.asked) == 1


@pytest.mark.usefixtures("job")
def test_a_rate_limit_is_said_and_not_waited_for(host: HostServer, tmp_path: Path) -> None:
    host.failing["GET"] = (
        403 if host.kind == "github" else 429,
        "API rate limit exceeded for installation ID 1",
    )
    host.headers = {"Retry-After": "3600", "X-RateLimit-Remaining": "0"}
    error = _error(_run(host.kind, tmp_path / "report"))
    assert "takes no more requests for now" in str(error)


def test_a_wrong_token_is_refused_and_not_shown(
    host: HostServer, job: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "GITHUB_TOKEN" if host.kind == "github" else "LOCKGATE_TOKEN"
    assert name in job
    monkeypatch.setenv(name, "wrong-token")
    error = _error(_run(host.kind, tmp_path / "report"))
    assert "answered 401: the token is not valid" in str(error)
    assert "wrong-token" not in str(error)


@pytest.mark.parametrize("value", ["two words", "a\nb", "ü"])
def test_a_token_that_cannot_be_one_is_not_sent_or_shown(
    host: HostServer,
    job: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    assert job
    name = "GITHUB_TOKEN" if host.kind == "github" else "LOCKGATE_TOKEN"
    monkeypatch.setenv(name, value)
    error = _error(_run(host.kind, tmp_path / "report"))
    assert isinstance(error, UsageError)
    assert str(error).startswith(f"{name} is no token")
    assert value not in str(error)
    assert host.asked == []


def test_a_host_that_is_down_is_said_to_be(
    host: HostServer, job: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert job
    address = "http://127.0.0.1:9"
    monkeypatch.setenv("GITHUB_API_URL", address)
    monkeypatch.setenv("CI_API_V4_URL", f"{address}/api/v4")
    error = _error(_run(host.kind, tmp_path / "report"))
    assert isinstance(error, EngineError)
    assert f"{address}, " in str(error)
    assert "did not answer as it should" in str(error)


def test_each_variable_that_is_missing_is_named(
    host: HostServer, job: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = {
        "github": ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_EVENT_PATH"],
        "gitlab": ["LOCKGATE_TOKEN", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID"],
    }[host.kind]
    for name in needed:
        with monkeypatch.context() as context:
            context.delenv(name)
            error = _error(_run(host.kind, tmp_path / "report"))
        assert isinstance(error, UsageError)
        assert str(error).startswith(f"{name} is not set")
    assert job
    assert host.asked == []


def test_gitlabs_address_is_also_found_by_its_server(
    job: dict[str, str], host: HostServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if host.kind == "github":
        monkeypatch.setenv("GITHUB_API_URL", "ftp://example.com")
        assert "GITHUB_API_URL is 'ftp" in str(_error(_run("github", tmp_path / "report")))
        return
    assert job
    monkeypatch.delenv("CI_API_V4_URL")
    monkeypatch.setenv("CI_SERVER_URL", f"{host.url}/")
    assert _run("gitlab", tmp_path / "report").exception is None
    assert len(host.comments) == 1


@pytest.mark.parametrize(
    "event", ["{}", "[]", "{", '{"pull_request": {"number": "7"}}', '{"pull_request": null}']
)
def test_an_event_of_no_pull_request_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    _clean(monkeypatch)
    path = tmp_path / "event.json"
    path.write_text(event)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/infra")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))
    error = _error(_run("github", tmp_path / "report"))
    assert isinstance(error, UsageError)
    assert str(path) in str(error)


@pytest.mark.usefixtures("job")
def test_without_a_verdict_nothing_is_posted(host: HostServer, tmp_path: Path) -> None:
    result = CliRunner().invoke(lockgate, ["comment", "--host", host.kind, str(tmp_path)])
    assert isinstance(_error(result), UsageError)
    assert host.asked == []
