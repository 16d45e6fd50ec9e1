"""lockgate check, as a person and a pipeline meet it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.install import provision
from lockgate_policies.catalogue.rule_files import load_rules
from tests.commands import processes
from tests.commands.conftest import PROVIDERS, Repository

ROOT = paths.repository_root(Path(__file__))
# One VPC with one subnet: it plans in a second and breaks many rules.
LONELY = (
    PROVIDERS
    + """
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id                  = aws_vpc.this.id
  cidr_block              = "10.0.0.0/24"
  availability_zone       = "us-east-1a"
  map_public_ip_on_launch = true
}
"""
)
SUBNET_LINE = len(PROVIDERS.splitlines()) + 6


@pytest.fixture
def lonely(repository: Repository) -> Repository:
    repository.environment("dev", LONELY)
    return repository


def _json(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(finished.stdout)
    return document


def test_an_environment_that_breaks_rules_is_blocked_with_where_and_how_to_fix(
    lonely: Repository,
) -> None:
    finished = lonely.run("check")
    assert finished.returncode == 1, finished.stderr
    assert "LG_SUBNET_5" in finished.stdout
    assert "aws_subnet.private" in finished.stdout
    assert f"envs/dev/main.tf:{SUBNET_LINE}" in finished.stdout
    assert "Fix: " in finished.stdout
    assert finished.stdout.rstrip().splitlines()[-1].startswith("FAIL: dev: ")
    assert "\x1b[" not in finished.stdout + finished.stderr
    assert "dev: planning" in finished.stderr


def test_json_holds_the_whole_verdict(lonely: Repository) -> None:
    document = _json(lonely.run("check", "--json"))
    assert document["passes"] is False
    assert document["exit_code"] == 1
    (dev,) = document["environments"]
    assert {file.id for file in load_rules()} <= set(dev["rules"])
    (finding,) = [f for f in dev["findings"] if f["rule"] == "LG_SUBNET_5"]
    assert finding["verdict"] == "fail"
    assert finding["address"] == "aws_subnet.private"
    assert finding["location"] == f"envs/dev/main.tf:{SUBNET_LINE}"


def test_the_reports_say_what_the_terminal_says(lonely: Repository, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    finished = lonely.run("check", "--report", str(reports))
    assert finished.returncode == 1
    sentence = finished.stdout.rstrip().splitlines()[-1]
    assert json.loads((reports / "verdict.json").read_text())["verdict"] == sentence
    for name in ("report.md", "report.sarif", "report.html"):
        assert sentence in (reports / name).read_text(), name
    assert f'file="envs/dev/main.tf" line="{SUBNET_LINE}"' in (reports / "junit.xml").read_text()


def test_a_check_that_ends_early_leaves_no_earlier_verdict(
    lonely: Repository, tmp_path: Path
) -> None:
    (tmp_path / "verdict.json").write_text('{"passes": true}')
    assert lonely.run("check", "qa", "--report", str(tmp_path)).returncode == 2
    assert not (tmp_path / "verdict.json").exists()


def test_a_static_check_writes_no_reports(lonely: Repository, tmp_path: Path) -> None:
    finished = lonely.run("check", "--static", "--report", str(tmp_path))
    assert finished.returncode == 2
    assert "--report is for whole verdicts" in finished.stderr


def test_an_unknown_environment_is_answered_with_the_known_ones(lonely: Repository) -> None:
    finished = lonely.run("check", "qa")
    assert finished.returncode == 2
    assert "There is no environment 'qa'. Known are: dev." in finished.stderr


def test_outside_a_repository_it_says_what_is_missing(
    repository: Repository, tmp_path: Path
) -> None:
    finished = repository.run("check", directory=tmp_path)
    assert finished.returncode == 2
    assert "not in a repository" in finished.stderr


def test_a_repository_without_environments_is_a_usage_error(repository: Repository) -> None:
    finished = repository.run("check")
    assert finished.returncode == 2
    assert "holds no environment" in finished.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("defaults: [", "lockgate.yaml:1: not valid YAML"),
        ("defaults: {rto: 3}", "lockgate.yaml: defaults: unknown key 'rto'"),
        (
            "environments: {qa: {production: 1}}",
            "environments.qa.production: must be true or false",
        ),
    ],
)
def test_settings_that_are_wrong_are_named(lonely: Repository, text: str, message: str) -> None:
    (lonely.root / "lockgate.yaml").write_text(text)
    finished = lonely.run("check")
    assert finished.returncode == 2
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr


def test_an_environment_that_does_not_plan_leaves_the_others_judged(lonely: Repository) -> None:
    lonely.environment("broken", LONELY.replace("cidr_block", "cidr"))
    lonely.environment("garbled", LONELY + "resource {")
    document = _json(lonely.run("check", "--json"))
    assert document["exit_code"] == 3
    broken, dev, garbled = document["environments"]
    assert 'An argument named "cidr" is not expected here' in broken["engine_error"]
    assert "on envs/broken/main.tf line" in broken["engine_error"]
    assert "envs/garbled/main.tf" in garbled["engine_error"]
    assert dev["engine_error"] is None
    assert dev["rules"]["LG_SUBNET_5"] == "fail"


def test_checkov_skip_comments_silence_nothing(lonely: Repository) -> None:
    skipped = LONELY.replace(
        'resource "aws_subnet" "private" {',
        'resource "aws_subnet" "private" {\n  #checkov:skip=LG_SUBNET_5:because',
    )
    lonely.environment("dev", skipped)
    (dev,) = _json(lonely.run("check", "--json"))["environments"]
    assert dev["rules"]["LG_SUBNET_5"] == "fail"


def test_a_waiver_covers_its_finding_and_is_shown(lonely: Repository) -> None:
    (lonely.root / "waivers.yaml").write_text(
        "waivers:\n"
        "  - rule: LG_SUBNET_5\n    address: aws_subnet.*\n    environment: dev\n"
        "    reason: moving\n    owner: sre@example.com\n    expires: 2999-12-31\n"
        "  - rule: LG_REGION_1\n    address: '*'\n    environment: dev\n"
        "    reason: no\n    owner: sre@example.com\n    expires: 2999-12-31\n"
    )
    finished = lonely.run("check")
    (dev,) = _json(lonely.run("check", "--json"))["environments"]
    (finding,) = [f for f in dev["findings"] if f["rule"] == "LG_SUBNET_5"]
    assert finding["waived"]["owner"] == "sre@example.com"
    assert dev["rules"]["LG_SUBNET_5"] == "pass"
    assert "waivers.yaml:8: LG_REGION_1 cannot be waived" in finished.stdout


def _policies(place: Path) -> Path:
    copy = place / "policies"
    shutil.copytree(
        ROOT / "policies" / "lockgate_policies", copy, ignore=shutil.ignore_patterns("__pycache__")
    )
    return copy


_RAISES = """
from ...catalogue.rule import Rule, Severity


def judge(architecture):
    raise RuntimeError("out of order")


RULE = Rule(
    id="LG_REGION_99",
    title="t",
    severity=Severity.LOW,
    why="w",
    sources=("https://example.com",),
    fix="f",
    remediation="",
    subjects=(),
    judge=judge,
)
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_RAISES, "stopped: RuntimeError: out of order (lg_region_99.py:6)"),
        ("import nonsense_that_is_not_there\n", "could not be loaded: ModuleNotFoundError"),
        ("def broken(:\n", "could not be loaded: SyntaxError"),
        ("RULE = 3\n", "RULE must be a Rule with the ID LG_REGION_99"),
        ("VALUE = 3\n", "could not be loaded: AttributeError"),
    ],
)
def test_a_policy_that_is_out_of_order_blocks_and_is_named(
    lonely: Repository, tmp_path: Path, text: str, says: str
) -> None:
    copy = _policies(tmp_path)
    (copy / "rules" / "region" / "lg_region_99.py").write_text(text)
    finished = lonely.run("check", "--json", "--policies", str(copy))
    assert finished.returncode == 1
    (dev,) = _json(finished)["environments"]
    assert dev["rules"]["LG_REGION_99"] == "fail"
    messages = [f["message"] for f in dev["findings"] if f["rule"] == "LG_REGION_99"]
    assert any("lg_region_99.py" in m and says in m for m in messages), messages


def test_policies_that_checkov_cannot_load_block(lonely: Repository, tmp_path: Path) -> None:
    copy = _policies(tmp_path)
    (copy / "checkov" / "lockgate_checks.py").write_text("raise RuntimeError('no adapter')\n")
    finished = lonely.run("check", "--json", "--policies", str(copy))
    assert finished.returncode == 1
    (dev,) = _json(finished)["environments"]
    assert dev["passes"] is False
    assert any("no adapter" in problem for problem in dev["problems"])
    assert any("did not report" in problem for problem in dev["problems"])


def test_a_directory_without_policies_is_no_pass(lonely: Repository, tmp_path: Path) -> None:
    empty = tmp_path / "none"
    empty.mkdir()
    finished = lonely.run("check", "--policies", str(empty))
    assert finished.returncode == 1
    assert "holds no policy" in finished.stderr


def _cut_off() -> list[str]:
    """A command prefix that leaves nothing but loopback, where the system allows it."""
    prefix = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"']
    prefix.append("sh")
    try:
        tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return []
    return prefix if tried.returncode == 0 else []


def test_without_a_network_everything_that_is_installed_works(lonely: Repository) -> None:
    nowhere = "http://127.0.0.1:9"
    offline = {
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "PIP_INDEX_URL": nowhere,
        "NO_PROXY": "",
        "no_proxy": "",
    }
    # The data source makes Terraform ask the embedded AWS.
    lonely.environment("dev", LONELY + 'data "aws_caller_identity" "here" {}\n')
    finished = subprocess.run(
        [*_cut_off(), *lonely.arguments("check")],
        cwd=lonely.root,
        capture_output=True,
        text=True,
        check=False,
        env=lonely.variables(offline),
    )
    assert finished.returncode == 1, finished.stderr
    assert "FAIL: dev: " in finished.stdout


def _start(repository: Repository, scratch: Path) -> subprocess.Popen[str]:
    scratch.mkdir()
    return subprocess.Popen(
        repository.arguments("check"),
        cwd=repository.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=repository.variables({"TMPDIR": str(scratch)}),
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("numbers", "later"),
    [
        ([signal.SIGINT], 0.3),
        ([signal.SIGTERM], 0.6),
        ([signal.SIGINT, signal.SIGINT], 0.5),
    ],
    ids=["ctrl-c", "terminated", "ctrl-c-twice"],
)
def test_an_interrupt_ends_it_and_leaves_nothing_behind(
    lonely: Repository, tmp_path: Path, numbers: list[signal.Signals], later: float
) -> None:
    lonely.environment("other", LONELY)
    scratch = tmp_path / "scratch"
    with _start(lonely, scratch) as process:
        assert process.stderr is not None
        assert "planning" in process.stderr.readline()
        time.sleep(later)
        for number in numbers:
            process.send_signal(number)
            time.sleep(0.05)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Interrupted." in errors
    assert "Traceback" not in errors
    assert processes.none_of(scratch), processes.of(scratch)
    assert processes.left_in(scratch) == []


def test_a_checkov_that_is_killed_blocks_and_is_named(lonely: Repository, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    with _start(lonely, scratch) as process:
        assert process.stderr is not None
        assert "planning" in process.stderr.readline()
        (checkov,) = (p for p, command in processes.of(scratch).items() if "checkov_w" in command)
        os.kill(checkov, signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "checkov ended before it gave a verdict (exit code -9)" in errors
    assert "Run `lockgate doctor`" in errors
    assert "Traceback" not in errors
    assert processes.none_of(scratch), processes.of(scratch)
    assert processes.left_in(scratch) == []


def test_a_terraform_that_is_not_there_is_a_usage_error(lonely: Repository) -> None:
    finished = lonely.run("check", env={"LOCKGATE_TERRAFORM": "/nonexistent/tofu"})
    assert finished.returncode == 2
    assert "LOCKGATE_TERRAFORM names '/nonexistent/tofu'" in finished.stderr


def _in_the_users_own_checkov(plan: Path) -> tuple[int, set[str], set[str]]:
    """The exit code of the checkov command, and Lockgate's rules that passed and failed."""
    ids = ",".join(file.id for file in load_rules())
    finished = subprocess.run(
        [
            *(str(provision.ensure_checkov().parent / "checkov"), "-f", str(plan)),
            *("--framework", "terraform_plan", "--skip-download", "-o", "json", "-c", ids),
            *("--external-checks-dir", str(ROOT / "policies" / "lockgate_policies" / "checkov")),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    theirs = json.loads(finished.stdout)["results"]
    failed = {record["check_id"] for record in theirs["failed_checks"]}
    passed = {record["check_id"] for record in theirs["passed_checks"]} - failed
    return finished.returncode, passed, failed


def test_an_environment_that_passes_does_so_in_the_users_own_checkov(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    ours = Repository(ROOT)
    assert ours.run("plan", "dev", "--out", str(plan)).returncode == 0
    judged = ours.run("check", "dev", "--json")
    assert judged.returncode == 0, judged.stdout
    exit_code, passed, failed = _in_the_users_own_checkov(plan)
    assert exit_code == 0
    assert failed == set()
    assert passed == {file.id for file in load_rules()}


@pytest.mark.parametrize("bare", [False, True], ids=["by-lockgate", "bare"])
def test_the_same_verdicts_in_the_users_own_checkov(
    lonely: Repository, tmp_path: Path, bare: bool
) -> None:
    """On what ``lockgate plan --out`` writes, and on a bare plan that lies in the root module."""
    plan = (lonely.root / "envs" / "dev" if bare else tmp_path) / "plan.json"
    assert lonely.run("plan", "dev", "--out", str(plan)).returncode == 0
    assert plan.stat().st_mode & 0o077 == 0
    if bare:
        document = json.loads(plan.read_text())
        del document["lockgate"]
        plan.write_text(json.dumps(document))
    ours = _json(lonely.run("check", "--json"))["environments"][0]["findings"]
    exit_code, passed, failed = _in_the_users_own_checkov(plan)
    assert exit_code == 1
    blocked = {f["rule"] for f in ours if f["verdict"] in ("fail", "unknown")}
    fine = {f["rule"] for f in ours if f["rule"].startswith("LG_")} - blocked
    assert failed == blocked
    assert passed == fine


def test_static_needs_no_engine(lonely: Repository) -> None:
    finished = lonely.run("check", "--static", "--json", env={"LOCKGATE_HOME": "/nonexistent"})
    assert finished.returncode == 0, finished.stderr
    document = _json(finished)
    assert document["static"] is True
    assert document["environments"][0]["rules"]["LG_STATE_1"] == "pass"
    assert "LG_SUBNET_5" in document["needs_plan"]["dev"]
    lonely.environment("dev", LONELY.replace("    use_lockfile = true\n", ""))
    finished = lonely.run("check", "--static")
    assert finished.returncode == 1
    assert "LG_STATE_1" in finished.stdout
    (lonely.root / "waivers.yaml").write_text(
        "waivers:\n  - rule: LG_STATE_1\n    address: environment\n    environment: dev\n"
        "    reason: one person\n    owner: sre@example.com\n    expires: 2999-12-31\n"
    )
    waived = lonely.run("check", "--static")
    assert waived.returncode == 0, waived.stdout
    assert "Waived by sre@example.com until 2999-12-31" in waived.stdout
    lonely.environment("dev", LONELY + "resource {")
    assert lonely.run("check", "--static").returncode == 3


def test_help_shows_examples_and_exit_codes(repository: Repository) -> None:
    finished = repository.run("check", "--help")
    assert "lockgate check prod --all" in finished.stdout
    assert "Exit codes: 0 everything passes" in finished.stdout
