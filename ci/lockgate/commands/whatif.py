"""Say what losing a region, a zone or a resource would do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

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
@click.argument("name", metavar="ENV")
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
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Plan on a throw-away embedded AWS, or with your credentials and backend.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
def command(
    name: str,
    regions: tuple[str, ...],
    zones: tuple[str, ...],
    resources: tuple[str, ...],
    plan: Path | None,
    as_json: bool,
    target_name: str,
    terraform: str | None,
) -> None:
    """Say what losing a region, a zone or a resource would do to an environment.

    Takes it out of the planned architecture, with everything that needs it, and tells which names
    still answer and when, how much capacity remains, and which data is left. Several losses are
    worked out one by one. Without any, each of the environment's two regions is lost once.
    """
    import tempfile

    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.judging.environment_check import attach_facts
    from lockgate.judging.environment_plan import plan_environment
    from lockgate.reports import report_losses
    from lockgate.reports import report_terminal as terminal
    from lockgate.repository import environments
    from lockgate.repository.settings import read_settings_document, settings_for
    from lockgate.targets.target_selection import for_check
    from lockgate.verdict import losses, verdict_document
    from lockgate_policies.model.loss import REGION, RESOURCE, ZONE, Loss

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    document = read_settings_document(root)
    settings = settings_for(document, name)
    wanted = [Loss(REGION, each) for each in regions]
    wanted += [Loss(ZONE, each) for each in zones]
    wanted += [Loss(RESOURCE, each) for each in resources]
    with tempfile.TemporaryDirectory(prefix="lockgate-whatif-") as scratch:
        made = Path(scratch) / "plan.json"
        if plan is not None:
            made.write_bytes(plan.read_bytes())
        else:
            click.echo(f"{name}: planning", err=True)
            with for_check(target_name) as target:
                plan_environment(environment, target, Engine.find(terraform), made)
        attach_facts(environment, made, document)
        architecture = losses.read_plan_file(made, settings, name)
    found = (
        losses.work_out(architecture, wanted) if wanted else losses.regional_losses(architecture)
    )
    survived = all(each.survived for each in found)
    if as_json:
        document = {
            "version": 1,
            "environment": name,
            "survived": survived,
            "losses": [verdict_document.loss_as_json(each) for each in found],
        }
        click.echo(json.dumps(document, indent=2))
    else:
        for each in found:
            report_losses.show(name, each, terminal.console())
    sys.exit(0 if survived else 1)
