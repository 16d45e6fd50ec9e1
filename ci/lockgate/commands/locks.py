"""``lockgate locks``: show which pull request holds which environment, and since when."""

from __future__ import annotations

import json

import click

_EXAMPLES = """\b
Examples:
  lockgate locks
  lockgate locks --target aws
  lockgate locks --json | jq '.locks[] | select(.pull_request == 7).environment'

\b
Exit codes: 0 answered, 2 usage, 3 a lock or the state bucket cannot be read, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Show who holds which environment")
@click.option("--json", "as_json", is_flag=True, help="Print the locks as JSON.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Look at the embedded AWS, or into the state buckets of your own account.",
)
def command(as_json: bool, target_name: str) -> int:
    """Show each environment that a pull request holds: number, author, and since when.

    Shown are Terraform's own locks as well, of the states that are worked on or were left locked.
    """
    from lockgate.base import paths
    from lockgate.base.errors import EngineError
    from lockgate.locks.environment_lock_store import open_stores
    from lockgate.repository import environments
    from lockgate.state.state_lock_object import held_states
    from lockgate.targets.target_selection import for_reading

    root = paths.repository_root()
    with for_reading(target_name, root) as target:
        known = environments.discover(root)
        stores = open_stores(target, known) if target else {}
        states = held_states(target, known) if target else []
        option = target.option if target else ""
        found = [held for store in dict.fromkeys(stores.values()) for held in store.every()]
    if as_json:
        locks = [
            held.lock.as_json() if held.lock else {"environment": held.environment, "error": True}
            for held in found
        ]
        told = {"locks": locks, "state_locks": [each.as_json() for each in states]}
        click.echo(json.dumps(told, indent=2))
    else:
        for held in found:
            click.echo(f"{held.environment}: {held.describe()}")
        for state in states:
            said = f"{state.environment}: its state is locked by {state.describe()}"
            click.echo(f"{said}. {state.next_step(option)}")
        if not found and not states:
            click.echo("No environment is locked.")
    broken = [held.environment for held in found if held.lock is None]
    if broken:
        raise EngineError(
            f"The lock of {', '.join(broken)} cannot be read. `lockgate unlock ENV --force` "
            "removes it."
        )
    return 0
