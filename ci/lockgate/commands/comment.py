"""``lockgate comment``: post the verdict on its pull request, in one comment that is updated."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _screen

if TYPE_CHECKING:
    from lockgate.hosts.host import Host

_EXAMPLES = """\b
Examples:
  lockgate comment --host github verdict    in a job of a workflow `on: pull_request`
  lockgate comment --host gitlab verdict    in a job of a merge request's pipeline

\b
What it reads, besides DIR:
  github: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_API_URL
  gitlab: LOCKGATE_TOKEN, CI_API_V4_URL or CI_SERVER_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID

\b
Exit codes: 0 posted, whatever the verdict is, 2 usage or configuration, 3 the host refused or was
not reached, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Post the verdict on its pull request")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host",
    "host_name",
    type=click.Choice(["github", "gitlab"]),
    required=True,
    help="Where the pull request is.",
)
def command(directory: Path, host_name: str) -> None:
    """Post the verdict in DIR, which `lockgate verdict --report DIR` or `check` wrote.

    The comment is found by a hidden marker and updated, so that there is one. What does not fit
    into the host's limit is left out, and the comment says where the full report is. In a job of
    GitHub, the first ten findings that block are also annotations at their lines.
    """
    from lockgate.base.safe_text import visible
    from lockgate.hosts import sticky_comment
    from lockgate.hosts.annotations import workflow_commands
    from lockgate.verdict import verdict_document

    verdict = verdict_document.read_verdict(directory / verdict_document.FILE_NAME)
    if host_name == "github" and os.environ.get("GITHUB_ACTIONS") == "true":
        # Before the comment: they need no right, and hold also where the comment is refused.
        for line in workflow_commands(verdict):
            _screen.answer(line)
    done = sticky_comment.post(_host(host_name), verdict)
    # In one line: a runner reads a command from the start of each.
    _screen.answer(f"The comment is {done}: {visible(verdict.sentence)}")


def _host(name: str) -> Host:
    # Each client is imported only where it is used: they take most of a second.
    if name == "github":
        from lockgate.hosts import github

        return github.from_variables(os.environ)
    from lockgate.hosts import gitlab

    return gitlab.from_variables(os.environ)
