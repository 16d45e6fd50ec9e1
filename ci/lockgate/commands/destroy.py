"""Destroy everything in an environment's state."""

from __future__ import annotations

import click

_EXAMPLES = """\b
Examples:
  lockgate destroy dev                what `lockgate apply dev` made on the embedded AWS
  lockgate destroy dev --target aws   in your own account; asks for the environment's name
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="ENV")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Destroy on the embedded AWS, or with your own credentials and backend.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
@click.option("--yes", is_flag=True, help="Do not ask, with --target aws.")
def command(name: str, target_name: str, terraform: str | None, yes: bool) -> None:
    """Destroy everything in an environment's state."""
    from lockgate.applying import confirmation, environment_apply
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.repository import environments
    from lockgate.targets import local_aws
    from lockgate.targets.target_selection import for_apply

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    engine = Engine.find(terraform)
    if target_name == "embedded" and local_aws.status(root) is None:
        click.echo("The embedded AWS is not up, so nothing is applied there.")
        return
    if target_name == "aws" and not yes:
        confirmation.ask("destroy", name)
    with for_apply(target_name, root, _say) as target:
        destroyed = environment_apply.destroy(environment, target, engine, _say)
    click.echo(f"{name} is destroyed." if destroyed else f"{name} held nothing.")


def _say(line: str) -> None:
    click.echo(line, err=True)
