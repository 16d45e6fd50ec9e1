"""Runs a repository's GitLab pipeline by gitlab-ci-local, with the shell as its executor.

What GitLab itself would add is set by hand: why the pipeline runs, and a merge request's variables.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths
from tests.hosts.node_modules import NODE, node_modules, variables
from tests.hosts.templates import ROOT

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_RESULT = re.compile(r"^ *(PASS|FAIL|WARN) +(?:\[[\w-]+\] -> )?(lockgate-[\w-]+(?:: \[\w+\])?)")


@dataclass(frozen=True)
class Pipeline:
    """What a pipeline said, and how each of its jobs, and its child pipeline's, ended."""

    output: str
    jobs: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether GitLab would call it so: `strategy: depend` fails a parent with its child.

        gitlab-ci-local, whose child pipelines are an experiment, does not.
        """
        return bool(self.jobs) and set(self.jobs.values()) == {"PASS"}


@dataclass(frozen=True)
class Runner:
    """A checkout on a runner of one's own, whose home is `home`; AWS is at `endpoint`."""

    checkout: Path
    home: Path
    endpoint: str

    def merge_request(self, base: str) -> Pipeline:
        """The pipeline of a merge request that left its target branch at `base`."""
        return self._run(
            CI_PIPELINE_SOURCE="merge_request_event",
            CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
            CI_MERGE_REQUEST_IID="7",
            CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
            CI_MERGE_REQUEST_PROJECT_ID="1217",
            CI_PROJECT_ID="1217",
        )

    def default_branch(self) -> Pipeline:
        """The pipeline of a push to the default branch."""
        return self._run()

    def _run(self, **predefined: str) -> Pipeline:
        self.home.mkdir(exist_ok=True)
        program = node_modules() / "gitlab-ci-local" / "src" / "index.js"
        options = [f"--variable={name}={value}" for name, value in predefined.items()]
        done = subprocess.run(
            [
                *(NODE, program, "--force-shell-executor", "--shell-isolation"),
                *("--ignore-predefined-vars", "CI_PIPELINE_SOURCE", *options),
            ],
            cwd=self.checkout,
            env={
                **{k: v for k, v in variables().items() if not k.startswith(("CI_", "GITLAB_"))},
                "HOME": str(self.home),
                "LOCKGATE_HOME": str(paths.home()),
                "LOCKGATE_CHECKOUT": str(ROOT),
                "LOCKGATE_ENDPOINT": self.endpoint,
                "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        output = _COLOUR.sub("", done.stdout)
        found = (_RESULT.match(line) for line in output.splitlines())
        return Pipeline(output, {each[2]: each[1] for each in found if each})
