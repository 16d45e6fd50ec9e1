"""Install checkov and the AWS provider, or repair them."""

from __future__ import annotations

import click

from lockgate.commands import _screen
from lockgate.install import provision


@click.command()
def command() -> None:
    """Install checkov and the AWS provider, or repair them.

    Everything goes under LOCKGATE_HOME (default: lockgate in the user's cache directory). When all
    is there and whole, nothing is changed and no network is used.
    """
    provision.install(_screen.say)
