"""``lockgate push-state``: upload the state that an apply kept because it could not."""

from __future__ import annotations

from pathlib import Path

import click

from lockgate.commands import _confirmation, _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate push-state prod ~/.cache/lockgate/errored-states/prod-20261125T080000000000.tfstate
  lockgate push-state prod prod.tfstate --target aws    in your own account

\b
Exit codes: 0 uploaded, 1 refused: the state was written since, or is of something else, 2 usage,
3 Terraform or AWS failed, or the state is locked, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Upload a state that was kept")
@_options.environment
@click.argument(
    "state", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@_options.target("Upload to the embedded AWS, or to the backend in your own account.")
@_options.terraform
@_options.yes()
def command(name: str, state: Path, target_name: str, terraform: str | None, yes: bool) -> None:
    """Upload FILE, which an apply kept, as the state of ENV.

    An apply that cannot write its state any more, for the network or its rights are gone, keeps it
    and says where. Until it is uploaded, nobody knows of what was made. A state that was written
    since is not replaced.
    """
    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.repository import environments
    from lockgate.state.state_push import push_state
    from lockgate.targets.target_selection import for_reading

    root = paths.repository_root()
    environment = environments.single(root, name)
    _confirmation.ask("upload a state of", name, target_name, yes=yes)
    engine = engine_of(environment, Engine.find(terraform))
    with for_reading(target_name, root, engine) as target:
        if target is None:
            raise UsageError(
                "The embedded AWS is not up, and what it held went with it: there is nothing that "
                f"{state} is the state of. `lockgate apply {name}` starts anew."
            )
        _screen.answer(push_state(environment, target, engine, state))
