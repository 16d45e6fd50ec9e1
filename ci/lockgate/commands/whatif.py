"""Say what losing a region, a zone or a resource would do."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate whatif prod                          each of its two regions
  lockgate whatif prod --lose us-east-1
  lockgate whatif prod --lose-zone us-east-1a
  lockgate whatif prod --lose-resource module.service.module.app_primary
  lockgate whatif prod --plan prod.json --json  a plan that was written before

\b
Exit codes: 0 survived, 1 a target is missed or cannot be told, 2 usage or configuration,
3 the environment could not be planned, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES)
@_options.environment
@click.option("--lose", "regions", multiple=True, metavar="REGION", help="Lose this region.")
@click.option("--lose-zone", "zones", multiple=True, metavar="ZONE", help="Lose this zone.")
@click.option(
    "--lose-resource",
    "resources",
    multiple=True,
    metavar="ADDRESS",
    help="Lose this resource, all instances of it, or this module.",
)
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read this plan in JSON instead of planning.",
)
@_options.json("Print the outcome as JSON.")
@_options.target("Plan on a throw-away embedded AWS, or with your credentials and backend.")
@_options.variables
@_options.terraform
def command(
    name: str,
    regions: tuple[str, ...],
    zones: tuple[str, ...],
    resources: tuple[str, ...],
    plan: Path | None,
    as_json: bool,
    target_name: str,
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    terraform: str | None,
) -> None:
    """Say what losing a region, a zone or a resource would do to an environment.

    Takes it out of the planned architecture, with everything that needs it, and tells which names
    still answer and when, how much capacity remains, and which data is left. Several losses are
    worked out one by one. Without any, each of the environment's two regions is lost once.
    """
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.judging.loss_check import losses_of_plan, losses_on
    from lockgate.reports import report_losses
    from lockgate.repository import environments
    from lockgate.verdict import verdict_document
    from lockgate_policies.model.loss import REGION, RESOURCE, ZONE, Loss

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    (environment,) = environments.with_variables([environment], values, var_files)
    wanted = [
        Loss(kind, lost)
        for kind, named in ((REGION, regions), (ZONE, zones), (RESOURCE, resources))
        for lost in named
    ]
    if plan is not None:
        outcomes = losses_of_plan(environment, plan, wanted)
    else:
        _screen.say(f"{name}: planning")
        outcomes = losses_on(
            target_name, environment, engine_of(environment, Engine.find(terraform)), wanted
        )
    survived = all(outcome.survived for outcome in outcomes)
    if as_json:
        document = {
            "version": 1,
            "environment": name,
            "survived": survived,
            "losses": [verdict_document.loss_as_json(outcome) for outcome in outcomes],
        }
        _screen.answer_json(document)
    else:
        for outcome in outcomes:
            report_losses.show(name, outcome, _screen.console())
    sys.exit(0 if survived else 1)
