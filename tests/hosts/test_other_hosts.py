"""The pipelines for Bitbucket, Azure Pipelines and Jenkins, and the script that they share.

Bitbucket's and Azure's are read by the schemas that are published for them. Azure's knows no tasks
of extensions: the one that takes a role in AWS is read as the shell script that it runs. There is
no schema for a Jenkinsfile, which only Jenkins can read; of it, the commands are held, and that
braces are closed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.hosts.templates import ROOT
from tests.repository.git_repositories import AWS, BACKEND, GitFiles

CI = ROOT / "ci"
SCRIPT = CI / "shell" / "pull-request.sh"
BITBUCKET = CI / "bitbucket" / "bitbucket-pipelines.yml"
AZURE = CI / "azure" / "azure-pipelines.yml"
JENKINS = CI / "jenkins" / "Jenkinsfile"
PIPELINES = (BITBUCKET, AZURE, JENKINS)
SCHEMAS = {
    BITBUCKET: ("vendor.bitbucket-pipelines",),
    # Python's regular expressions: some of this schema's are not JavaScript's.
    AZURE: (
        *("vendor.azure-pipelines", "--data-transform", "azure-pipelines"),
        *("--regex-variant", "python"),
    ),
}


def _checked(file: Path, *schema: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("check-jsonschema")
    return subprocess.run(
        [str(program), "--builtin-schema", *schema, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_a_pipeline_is_as_its_host_publishes(file: Path, tmp_path: Path) -> None:
    pipeline = yaml.safe_load(file.read_text("utf-8"))
    if file == AZURE:
        steps = pipeline["jobs"][1]["strategy"]["runOnce"]["deploy"]["steps"]
        inputs = steps.pop()["inputs"]
        assert set(inputs) == {"awsCredentials", "regionName", "scriptType", "inlineScript"}
        steps.append({"bash": inputs["inlineScript"]})
    known = tmp_path / file.name
    known.write_text(yaml.safe_dump(pipeline))
    done = _checked(known, *SCHEMAS[file])
    assert done.returncode == 0, done.stdout + done.stderr
    broken = known.read_text().replace("max-time: 60", "max-time: never").replace("bash:", "x:")
    known.write_text(broken)
    assert _checked(known, *SCHEMAS[file]).returncode == 1


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)
def test_a_pipeline_runs_a_pinned_lockgate_that_the_change_did_not_bring(file: Path) -> None:
    text = file.read_text("utf-8")
    assert 'git clone --quiet --no-checkout "$LOCKGATE_REPOSITORY"' in text
    assert 'checkout --quiet --detach "$LOCKGATE_COMMIT"' in text
    (script,) = re.findall(r"sh \"?(\S*)/ci/shell/pull-request\.sh", text)
    assert script in ("$place", "$WORKSPACE_TMP/lockgate")


def test_a_jenkinsfile_closes_what_it_opens() -> None:
    text = re.sub(r"'''.*?'''|'[^'\n]*'|//[^\n]*", "", JENKINS.read_text("utf-8"), flags=re.DOTALL)
    for opening, closing in ("{}", "()", "[]"):
        assert text.count(opening) == text.count(closing) > 0


def test_nobody_s_pull_request_is_given_a_role() -> None:
    bitbucket = yaml.safe_load(BITBUCKET.read_text("utf-8"))["pipelines"]
    (step,) = (entry["step"] for entry in bitbucket["pull-requests"]["**"])
    assert "oidc" not in step
    assert "deployment" not in step
    assert "ROLE" not in str(step)
    verdict, promote = yaml.safe_load(AZURE.read_text("utf-8"))["jobs"]
    assert "awsCredentials" not in str(verdict)
    assert "awsCredentials" in str(promote)
    assert "ne(variables['Build.Reason'], 'PullRequest')" in promote["condition"]
    stages = JENKINS.read_text("utf-8").split("stage('")
    assert [stage.split("'")[0] for stage in stages if "withCredentials" in stage] == ["Promote"]
    assert "not { changeRequest() }" in stages[-1]


class Host:
    """A checkout of a change, as a host hands it to the script, and what the script asked for."""

    def __init__(self, place: Path) -> None:
        files = {
            f"envs/{name}/main.tf": AWS + BACKEND.replace("dev", name) for name in ("dev", "prod")
        }
        self.repository = GitFiles.make(place / "change", files)
        self.repository.git("update-ref", "refs/remotes/origin/main", "main")
        self.asked = place / "asked"
        program = place / "bin" / "lockgate"
        program.parent.mkdir()
        # All but the check is done by the real command: the check is told, and passes.
        program.write_text(
            f'#!/bin/sh\n[ "$1" != check ] || {{ echo "$*" >> {self.asked}; exit 0; }}\n'
            f'exec {sys.executable} -P -m lockgate "$@"\n'
        )
        program.chmod(0o755)
        self.path = program.parent

    def run(self, target: str = "main") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(SCRIPT), target, "reports"],
            cwd=self.repository.root,
            env={
                **os.environ,
                "PATH": f"{self.path}:{os.environ['PATH']}",
                "PYTHONPATH": f"{ROOT / 'ci'}:{ROOT / 'policies'}",
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_what_a_change_can_alter_is_checked_by_what_the_target_branch_has(host: Host) -> None:
    host.repository.commit({"envs/prod/more.tf": "locals { more = 1 }\n"})
    done = host.run()
    assert done.returncode == 0, done.stderr
    base = host.repository.git("rev-parse", "main")
    assert host.asked.read_text() == f"check prod --base {base} --report reports\n"


def test_a_change_that_alters_no_environment_is_not_checked(host: Host) -> None:
    host.repository.commit({"README.md": "Hello\n"})
    done = host.run()
    assert (done.returncode, host.asked.exists()) == (0, False), done.stderr
    assert "No environment can be altered by this change." in done.stdout


def test_what_the_guard_refuses_is_not_planned(host: Host) -> None:
    program = 'data "external" "x" {\n  program = ["sh", "-c", "id"]\n}\n'
    host.repository.commit({"envs/dev/run.tf": program})
    done = host.run()
    assert (done.returncode, host.asked.exists()) == (1, False)
    assert "envs/dev/run.tf" in done.stdout + done.stderr


def test_without_the_target_branch_the_script_says_what_to_check_out(host: Host) -> None:
    done = host.run("release")
    assert (done.returncode, host.asked.exists()) == (2, False)
    assert done.stderr == (
        "error: origin/release is not here: check out the whole history, with all branches.\n"
    )
