"""Begin in this repository: settings, modules and two environments that pass the gate."""

from __future__ import annotations

from pathlib import Path

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate init
  lockgate init --service shop --domain shop.example.com --bucket shop-state
  lockgate init --primary-region eu-west-1 --secondary-region eu-central-1
"""


@click.command(epilog=_EXAMPLES)
@_options.service
@_options.domain
@click.option("--bucket", help="The bucket for the state.  [default: SERVICE-terraform-state]")
@click.option("--primary-region", default="us-east-1", show_default=True)
@click.option("--secondary-region", default="us-west-2", show_default=True)
def command(
    service: str, domain: str, bucket: str | None, primary_region: str, secondary_region: str
) -> int:
    """Begin in the current directory: lockgate.yaml, modules and the environments dev and prod.

    In a repository that has environments already, those are left alone, and only the settings are
    written, with what each of them is for as its plan shows it. Files that are there are never
    overwritten.
    """
    from lockgate.base.paths import SETTINGS_FILE
    from lockgate.engine.engine import Engine
    from lockgate.judging.shown_strategy import shown_strategies
    from lockgate.repository import environments, scaffold
    from lockgate.repository.settings import settings_for

    root = Path.cwd()
    settings = settings_for(
        {"defaults": {"primary_region": primary_region, "secondary_region": secondary_region}}, ""
    )
    choices = scaffold.Choices(
        service=service,
        domain=domain,
        bucket=bucket or f"{service}-terraform-state",
        primary_region=primary_region,
        secondary_region=secondary_region,
    )
    seen = environments.overview_of(root)
    theirs = [environment.name for environment in seen.environments]
    if theirs and not (root / SETTINGS_FILE).exists():
        progress = _screen.Progress()
        known = environments.discover(root)
        strategies = shown_strategies(known, settings, Engine.find(), progress.say)
        progress.done(len(known))
        files = scaffold.settings_files(choices, seen, strategies)
    elif theirs:
        files = scaffold.settings_files(choices, seen, {})
    else:
        files = scaffold.environment_files("dev", choices, 10, production=False)
        files |= scaffold.environment_files("prod", choices, 30, production=True)
        files |= scaffold.repository_files(choices)
    outcome = scaffold.write(root, files)
    for path in outcome.written:
        _screen.answer(f"wrote {path}")
    for path in outcome.kept:
        _screen.answer(f"kept  {path}: it was there")
    if theirs:
        _screen.answer(f"\nYour environments are {', '.join(theirs)}. Run `lockgate check`.")
    else:
        _screen.answer("\nDecide what is marked DECIDE, then run `lockgate check`.")
    return 0
