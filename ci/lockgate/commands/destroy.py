"""Destroy everything in an environment's state."""

from __future__ import annotations

from pathlib import Path

import click

from lockgate.commands import _confirmation, _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate destroy dev                what `lockgate apply dev` made on the embedded AWS
  lockgate destroy dev --target aws   in your own account; asks for the environment's name
"""


@click.command(epilog=_EXAMPLES)
@_options.environment
@_options.target("Destroy on the embedded AWS, or with your own credentials and backend.")
@_options.variables
@_options.terraform
@_options.yes()
def command(
    name: str,
    target_name: str,
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    terraform: str | None,
    yes: bool,
) -> None:
    """Destroy everything in an environment's state."""
    from lockgate.applying import environment_apply
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.repository import environments
    from lockgate.targets.target_selection import for_reading

    root = paths.repository_root()
    environment = environments.single(root, name)
    (environment,) = environments.with_variables([environment], values, var_files)
    engine = engine_of(environment, Engine.find(terraform))
    _confirmation.ask("destroy", name, target_name, yes=yes)
    with for_reading(target_name, root, engine) as target:
        if target is None:
            _screen.answer("The embedded AWS is not up, so nothing is applied there.")
            return
        destroyed = environment_apply.destroy(environment, target, engine, _screen.say)
    _screen.answer(f"{name} is destroyed." if destroyed else f"{name} held nothing.")
