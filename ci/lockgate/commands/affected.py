"""``lockgate affected``: say which environments a change can alter, and why."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate affected --base main                  for a person
  lockgate affected --base main --json           for a program
  lockgate affected --base HEAD^1 --matrix github    what a workflow fans out over
  lockgate affected --base "$BASE" --matrix gitlab   a parallel matrix, [] for nothing to do

\b
Exit codes: 0 answered, 2 usage or configuration, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Say which environments a change can alter")
@_options.compared
@_options.json("Print the answer as JSON.")
@click.option(
    "--matrix",
    type=click.Choice(["github", "gitlab"]),
    help="Print, in one line, what this CI host fans out over.",
)
def command(revision: str, as_json: bool, matrix: str | None) -> None:
    """List the environments that can plan or be judged differently since REV, with the reasons.

    Compared are the work tree, files that are not committed included, and the commit where HEAD
    left REV. What cannot be told, such as a path that is computed, counts as changed.
    """
    from lockgate.base import paths
    from lockgate.base.safe_text import visible
    from lockgate.repository import ci_matrix as matrices
    from lockgate.repository.affected import find_affected

    if matrix and as_json:
        raise click.UsageError("--json and --matrix are two forms of one answer: give one")
    answer = find_affected(paths.repository_root(), revision)
    if matrix:
        _screen.answer((matrices.github if matrix == "github" else matrices.gitlab)(answer.names))
    elif as_json:
        _screen.answer_json(answer.as_json())
    else:
        for environment in answer.environments:
            _screen.answer(
                f"{visible(environment.name)}{' (deleted)' if environment.deleted else ''}"
            )
            for reason in environment.reasons:
                _screen.answer(f"  {visible(reason)}")
        if answer.unaffected:
            _screen.answer(f"Not affected: {', '.join(map(visible, answer.unaffected))}")
