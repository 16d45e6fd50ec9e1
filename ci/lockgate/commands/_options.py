"""The options that commands share: each has one name, one meaning and one text."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def target(text: str) -> Decorator:
    """Where a command works; what that means for it is its own text."""
    return click.option(
        "--target",
        "target_name",
        type=click.Choice(["embedded", "aws"]),
        default="embedded",
        show_default=True,
        help=text,
    )


def json(text: str) -> Decorator:
    """The answer for a program; what it holds is the command's own text."""
    return click.option("--json", "as_json", is_flag=True, help=text)


def yes(more: str = "") -> Decorator:
    """Whether to change a real account without asking."""
    return click.option("--yes", is_flag=True, help=f"Do not ask, with --target aws{more}.")


environment = click.argument("name", metavar="ENV")
environments = click.argument("names", nargs=-1, metavar="[ENV]...")


def variables(command: Callable[..., Any]) -> Callable[..., Any]:
    """Values of the root module's variables, given as Terraform is given them."""
    value = click.option(
        "-var",
        "--var",
        "values",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a variable of the root module, as with Terraform; may be given several times.",
    )
    file = click.option(
        "-var-file",
        "--var-file",
        "var_files",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Set variables from this file, as with Terraform; may be given several times.",
    )
    return value(file(command))


def _told_to_all(_context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    """Say which engine runs to whatever of this process, and of those it starts, asks for it."""
    if path:
        os.environ["LOCKGATE_TERRAFORM"] = path
    return path


terraform = click.option(
    "--terraform",
    metavar="PATH",
    callback=_told_to_all,
    help="Use this terraform or tofu executable.",
)

everything = click.option(
    "--all", "everything", is_flag=True, help="Also list the findings that pass."
)

reports = click.option(
    "--report",
    "reports",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write verdict.json, report.md, report.sarif, junit.xml and report.html into DIR.",
)

compared = click.option(
    "--base", "revision", required=True, metavar="REV", help="The commit or branch."
)

judged_by = click.option(
    "--base",
    "revision",
    metavar="REV",
    help="Judge by settings, waivers and policies of this commit, not the work tree's.",
)

service = click.option(
    "--service", default="web", show_default=True, help="What the resources are named."
)

domain = click.option("--domain", default="example.com", show_default=True, help="The domain.")
