"""``lockgate guard``: refuse, before anything of a change runs, what would run code."""

from __future__ import annotations

import sys

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate guard --base main
  lockgate guard --base HEAD^1 --label lockgate-pipeline-change
  lockgate guard --base main --json        for a program

\b
Exit codes: 0 the change may be planned, 1 it is refused, 2 usage or configuration,
130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Refuse a change that would run code while planning")
@_options.compared
@click.option("--label", "labels", multiple=True, help="A label of the pull request; repeatable.")
@_options.json("Print the answer as JSON.")
def command(revision: str, labels: tuple[str, ...], as_json: bool) -> None:
    """Read what planning the work tree would read, and refuse what REV's allow-lists do not have.

    Nothing is run, downloaded or installed. Each refusal: docs/guard.md.
    """
    from lockgate.base import paths
    from lockgate.guarding.guard import guard
    from lockgate.judging.base_revision import settings_of
    from lockgate.repository.git_repository import GitRepository
    from lockgate.repository.pipeline_settings import read_pipeline_settings

    root = paths.repository_root()
    git = GitRepository.find(root)
    commit, fork = git.commit(revision), git.merge_base(revision)
    prefix = git.path_of(root)
    base = git.tree(commit)
    # REV's own: a branch that left long ago must not bring the rules of that time.
    settings = read_pipeline_settings(settings_of(base, prefix, revision))
    findings = guard(git.tree(fork), git.work_tree(), git.changed(fork), settings, labels, prefix)
    if as_json:
        document = {
            "version": 1,
            "base": commit,
            "passes": not findings,
            "findings": [
                {
                    "rule": finding.rule,
                    "file": finding.file,
                    "line": finding.line,
                    "cause": finding.cause,
                    "fix": finding.fix,
                }
                for finding in findings
            ],
        }
        _screen.answer_json(document)
    else:
        for finding in findings:
            _screen.answer(str(finding))
        said = f"REFUSED: {len(findings)} finding(s), nothing was run" if findings else "PASS"
        _screen.answer(f"{said} (allow-lists of {commit[:12]})")
    sys.exit(1 if findings else 0)
