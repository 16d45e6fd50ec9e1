"""Asks a person before something happens in a real account."""

from __future__ import annotations

import sys

import click

from lockgate.base.errors import UsageError


def ask(doing: str, environment: str, target_name: str, *, yes: bool) -> None:
    """Return when the person types the environment's name, or has said yes before.

    The embedded AWS is nobody's to ask for.

    Raises UsageError if they type something else, or if there is nobody to ask.
    """
    if target_name != "aws" or yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"To {doing} {environment} in a real account without a terminal, give --yes."
        )
    typed = click.prompt(
        f"This will {doing} {environment} in your AWS account. Type its name to go on", err=True
    )
    if typed.strip() != environment:
        raise UsageError(f"'{typed}' is not '{environment}': nothing was done.")
