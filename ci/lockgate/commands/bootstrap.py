"""``lockgate bootstrap``: make the state bucket, and its replica in the second region."""

from __future__ import annotations

import json

import click

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
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Make it on the embedded AWS, or with your own credentials.",
)
@click.option("--yes", is_flag=True, help="Do not ask, with --target aws.")
def command(dry_run: bool, as_json: bool, target_name: str, yes: bool) -> None:
    """Make the bucket of each environment's backend fit to keep states in.

    Versions, encryption, TLS only, no public access, no ACLs, and a replica in the other region of
    lockgate.yaml: a pipeline whose state lies in the lost region cannot help. What is so already is
    left alone.
    """
    from lockgate.applying import confirmation
    from lockgate.base import paths
    from lockgate.repository import environments
    from lockgate.repository.settings import read_settings_document, settings_for
    from lockgate.state import state_bootstrap
    from lockgate.targets.state_backend import StateBucket
    from lockgate.targets.target_selection import for_apply

    root = paths.repository_root()
    found = environments.discover(root)
    document = read_settings_document(root)
    changes = []
    with for_apply(target_name, root, _say) as target:
        buckets: dict[StateBucket, tuple[str, str]] = {}
        for each in found:
            settings = settings_for(document, each.name)
            bucket = target.state_bucket(each)
            buckets.setdefault(bucket, (settings.primary_region, settings.secondary_region))
        for bucket, regions in buckets.items():
            replica = state_bootstrap.replica_of(bucket, regions)
            pending = state_bootstrap.StateBootstrap(bucket, replica, target.endpoint).pending()
            if pending and not dry_run and target_name == "aws" and not yes:
                for step in pending:
                    _say(f"to do: {step.resource}: {step.what}")
                confirmation.ask("set up the state bucket", bucket.name)
            for step in pending:
                if not dry_run:
                    step.do()
                changes.append(step)
                if not as_json:
                    click.echo(f"{'would' if dry_run else 'done'}: {step.resource}: {step.what}")
    if as_json:
        answer = {"dry_run": dry_run, "changes": [step.as_json() for step in changes]}
        click.echo(json.dumps(answer, indent=2))
    elif not changes:
        click.echo(f"Nothing to change: {', '.join(bucket.name for bucket in buckets)}")


def _say(line: str) -> None:
    click.echo(line, err=True)
