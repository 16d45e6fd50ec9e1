"""``lockgate unlock``: release an environment that a pull request holds, or its state's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lockgate.commands import _options, _screen

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLES = """\b
Examples:
  lockgate unlock prod --pull-request 7     as the pipeline does when it is merged or closed
  lockgate unlock prod --force              whoever holds it
  lockgate unlock prod --force --target aws    in your own account
  lockgate unlock prod --state 1f0a77d3-5e2c-…  Terraform's lock, after its holder was killed

\b
Exit codes: 0 released, or there was nothing to release, 1 refused: somebody else's lock, 2 usage,
3 the state bucket does not answer, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Release an environment")
@_options.environment
@click.option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Release what this pull request holds, and nothing that another one does.",
)
@click.option("--force", is_flag=True, help="Release it, whoever holds it.")
@click.option(
    "--state",
    "lock_id",
    metavar="LOCK_ID",
    help="Release the lock of its state, if it is this one: its holder was killed.",
)
@_options.target("Look at the embedded AWS, or into the state bucket of your own account.")
@click.option("--terraform", metavar="PATH", help="With --state: this terraform or tofu.")
def command(
    name: str,
    number: int | None,
    force: bool,
    lock_id: str | None,
    target_name: str,
    terraform: str | None,
) -> None:
    """Release ENV.

    With --pull-request, another pull request's lock is left as it is, and said so: the pipeline
    asks this of every environment. With neither that nor --force, a lock is shown and kept.

    --state is about Terraform's own lock, which whoever meets it is told the ID of. Another lock
    than that is shown and kept.
    """
    from lockgate.base import paths
    from lockgate.locks.target_locks import unlock_on

    root = paths.repository_root()
    if lock_id is not None:
        if number is not None or force:
            raise click.UsageError("--state goes with neither --pull-request nor --force")
        _screen.answer(_unlock_state(root, name, lock_id, target_name, terraform))
        return
    said = unlock_on(target_name, root, name, number, force=force)
    _screen.answer(said or f"{name} is not locked.")


def _unlock_state(
    root: Path, name: str, lock_id: str, target_name: str, terraform: str | None
) -> str:
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.repository import environments
    from lockgate.state.state_unlock import must_be_id, unlock_state
    from lockgate.targets.target_selection import for_reading

    environment = environments.single(root, name)
    must_be_id(lock_id)
    engine = engine_of(environment, Engine.find(terraform))
    with for_reading(target_name, root, engine) as target:
        if target is None:
            return "The embedded AWS is not up, so no state is locked there."
        return unlock_state(environment, target, engine, lock_id)
