"""``lockgate locks``: show which pull request holds which environment, and since when."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate locks
  lockgate locks --target aws
  lockgate locks --json | jq '.locks[] | select(.pull_request == 7).environment'

\b
Exit codes: 0 answered, 2 usage, 3 a lock or the state bucket cannot be read, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Show who holds which environment")
@_options.json("Print the locks as JSON.")
@_options.target("Look at the embedded AWS, or into the state buckets of your own account.")
def command(as_json: bool, target_name: str) -> int:
    """Show each environment that a pull request holds: number, author, and since when.

    Shown are Terraform's own locks as well, of the states that are worked on or were left locked.
    """
    from lockgate.base import paths
    from lockgate.base.errors import EngineError
    from lockgate.locks.target_locks import locks_on

    of_target = locks_on(target_name, paths.repository_root())
    if as_json:
        locks = [
            held.lock.as_json() if held.lock else {"environment": held.environment, "error": True}
            for held in of_target.held
        ]
        states = [state.as_json() for state in of_target.states]
        _screen.answer_json({"locks": locks, "state_locks": states})
    else:
        for held in of_target.held:
            _screen.answer(f"{held.environment}: {held.describe()}")
        for state in of_target.states:
            said = f"{state.environment}: its state is locked by {state.describe()}"
            _screen.answer(f"{said}. {state.next_step(of_target.option)}")
        if not of_target.held and not of_target.states:
            _screen.answer("No environment is locked.")
    broken = [held.environment for held in of_target.held if held.lock is None]
    if broken:
        raise EngineError(
            f"The lock of {', '.join(broken)} cannot be read. `lockgate unlock ENV --force` "
            "removes it."
        )
    return 0
