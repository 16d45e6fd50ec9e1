"""``lockgate lock``: hold an environment for a pull request whose plan waits to be merged."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate lock prod --pull-request 7 --author ann
  lockgate lock prod --pull-request 7 --author ann --target aws   in your own account

\b
Exit codes: 0 held (now, or by the same pull request before), 1 another pull request holds it,
2 usage, 3 the state bucket does not answer, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Hold an environment for a pull request")
@_options.environment
@click.option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="The number of the pull or merge request.",
)
@click.option("--author", required=True, metavar="NAME", help="Whom others are to ask about it.")
@_options.target("Keep the lock on the embedded AWS, or in the state bucket of your own account.")
def command(name: str, number: int, author: str, target_name: str) -> None:
    """Hold ENV for a pull request, so that its plan is applied to what it was reviewed for.

    The lock lies in the bucket of ENV's state. `lockgate unlock` releases it, as the pipeline does
    when the pull request is merged or closed; `lockgate locks` shows who holds what.
    """
    from lockgate.base import paths
    from lockgate.base.lock_holder import now
    from lockgate.locks.environment_lock import EnvironmentLock, shown_author
    from lockgate.locks.target_locks import lock_on

    wanted = EnvironmentLock(name, number, shown_author(author), now().isoformat())
    _screen.answer(lock_on(target_name, paths.repository_root(), wanted, _screen.say))
