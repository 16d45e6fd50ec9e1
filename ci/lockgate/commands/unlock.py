"""``lockgate unlock``: release an environment that a pull request holds."""

from __future__ import annotations

import click

_EXAMPLES = """\b
Examples:
  lockgate unlock prod --pull-request 7     as the pipeline does when it is merged or closed
  lockgate unlock prod --force              whoever holds it
  lockgate unlock prod --force --target aws    in your own account

\b
Exit codes: 0 released, or there was nothing to release, 1 refused: somebody else's lock, 2 usage,
3 the state bucket does not answer, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Release an environment")
@click.argument("name", metavar="ENV")
@click.option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Release what this pull request holds, and nothing that another one does.",
)
@click.option("--force", is_flag=True, help="Release it, whoever holds it.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Look at the embedded AWS, or into the state bucket of your own account.",
)
def command(name: str, number: int | None, force: bool, target_name: str) -> None:
    """Release ENV.

    With --pull-request, another pull request's lock is left as it is, and said so: the pipeline
    asks this of every environment. With neither that nor --force, a lock is shown and kept.
    """
    from lockgate import environments, paths
    from lockgate.environment_lock_store import open_stores, unlock
    from lockgate.target import for_reading

    root = paths.repository_root()
    with for_reading(target_name, root) as target:
        stores = open_stores(target, environments.discover(root)) if target else {}
        # The environment may be gone from the repository, and its lock not.
        chosen = [stores[name]] if name in stores else list(dict.fromkeys(stores.values()))
        if not stores or (name not in stores and not any(each.held(name) for each in chosen)):
            environments.select(environments.discover(root), [name])
        said = [unlock(each, name, number, force=force) for each in chosen]
    click.echo(next((each for each in said if each), f"{name} is not locked."))
