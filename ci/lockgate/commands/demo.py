"""Show the whole pipeline, from a pull request to drift, on a throw-away git remote and AWS."""

from __future__ import annotations

import click

from lockgate.commands import _options

_EXAMPLES = """\b
Examples:
  lockgate demo        the whole story, about four minutes; everything is thrown away
  lockgate demo dev    apply this repository's dev, look at it, destroy it

\b
Exit codes: 0 it went as told, 1 ENV does not pass, 2 usage, 3 it went otherwise, or Terraform
failed, 130 interrupted (nothing is left behind).
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="[ENV]", required=False)
@_options.terraform
def command(name: str | None, terraform: str | None) -> None:
    """Show the whole pipeline on a throw-away git remote and embedded AWS.

    A pull request that breaks failover is blocked; its fix passes, is sealed, merged and promoted
    to dev, staging and prod; somebody deletes a route by hand, and drift finds it. Every command is
    shown and really run. With ENV, only that environment of this repository is applied, looked at
    and destroyed. Most of the time is waits that the AWS provider makes.
    """
    if name is None:
        from lockgate.demo import story

        story.tell(terraform)
    else:
        from lockgate.demo import one_environment

        one_environment.show(name, terraform)
