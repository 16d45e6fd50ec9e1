"""``lockgate bootstrap``: make the state bucket, and its replica in the second region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lockgate.commands import _confirmation, _options, _screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lockgate.state.state_bootstrap import Step
    from lockgate.targets.state_backend import StateBucket

_EXAMPLES = """\b
Examples:
  lockgate bootstrap                          on the embedded AWS
  lockgate bootstrap --dry-run --target aws   what it would change in your account; nothing is
  lockgate bootstrap --target aws             make it so; asks first
  lockgate bootstrap --dry-run --json | jq '.changes[].change'

\b
Exit codes: 0 done, or nothing to do, 2 usage, or a bucket that is used in another way, 3 AWS
refused, 130 interrupted. Run it again after any of them: what is done stays done.
"""


@click.command(epilog=_EXAMPLES, short_help="Make the state bucket and its replica")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@_options.json("Print the changes as JSON.")
@_options.target("Make it on the embedded AWS, or with your own credentials.")
@_options.yes()
def command(dry_run: bool, as_json: bool, target_name: str, yes: bool) -> None:
    """Make the bucket of each environment's backend fit to keep states in.

    Versions, encryption, TLS only, no public access, no ACLs, and a replica in the other region of
    lockgate.yaml: a pipeline whose state lies in the lost region cannot help. What is so already is
    left alone.
    """
    from lockgate.base import paths
    from lockgate.state.target_bootstrap import bootstrap_on

    def agree(bucket: StateBucket, pending: Sequence[Step]) -> None:
        if target_name == "aws" and not yes:
            for step in pending:
                _screen.say(f"to do: {step.resource}: {step.what}")
            _confirmation.ask("set up the state bucket", bucket.name, target_name, yes=yes)

    def on_step(step: Step) -> None:
        if not as_json:
            done = "would" if dry_run else "done"
            _screen.answer(f"{done}: {step.resource}: {step.what}")

    root = paths.repository_root()
    bootstrapped = bootstrap_on(target_name, root, agree, on_step, _screen.say, dry_run=dry_run)
    if as_json:
        changes = [step.as_json() for step in bootstrapped.changes]
        _screen.answer_json({"dry_run": dry_run, "changes": changes})
    elif not bootstrapped.changes:
        _screen.answer(
            f"Nothing to change: {', '.join(bucket.name for bucket in bootstrapped.buckets)}"
        )
