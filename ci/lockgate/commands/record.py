"""Record what an environment's look-ups answer in an account, for plans without one."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate record prod --target aws   read only; writes lookups/prod.json, to be committed

\b
Exit codes: 0 recorded, 2 usage or configuration, 3 Terraform or AWS failed.
"""


@click.command(epilog=_EXAMPLES, short_help="Record what look-ups answer")
@_options.environment
@_options.target("Ask the embedded AWS, or with your credentials and backend.")
@_options.terraform
def command(name: str, target_name: str, terraform: str | None) -> int:
    """Write down what the data sources of an environment answered, without any secret.

    The environment is planned once against the account, which is only read. `lockgate check` then
    plans with these answers in place of made-up ones, and says how old they are.
    """
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.judging.look_up_recording import record_on
    from lockgate.repository import environments

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    for part in environment.roots:
        _screen.say(f"{part.name}: asking")
        recorded = record_on(target_name, part, Engine.find(terraform))
        if recorded is None:
            _screen.answer("The embedded AWS is not up, so there is nothing to ask there.")
            return 0
        _screen.answer(f"wrote {recorded.file}: {recorded.count} look-ups of {recorded.account}")
        for address in recorded.left_out:
            _screen.answer(f"  left out {address}: its answers may hold a secret")
    return 0
