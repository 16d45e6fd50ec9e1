"""Apply a sealed plan; or plan an environment, judge the plan, and apply it if it passes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lockgate.applying.environment_apply import Applied
    from lockgate.repository.environments import Environment

_EXAMPLES = """\b
Examples:
  lockgate apply dev                on the embedded AWS, which is started if need be
  lockgate apply prod --target aws  in your own account; asks for the environment's name
  lockgate apply prod.lockgate --target aws   exactly the plan that was sealed and reviewed
  lockgate apply prod.lockgate --show         what is in it; applies nothing
  lockgate apply prod.lockgate --anew aws_lb.one   after a kill: what it names does not stand

\b
Exit codes: 0 applied (or nothing to do), 1 the gate says no and nothing was applied,
2 usage, 3 Terraform or AWS failed, 130 interrupted (the state is saved, the lock released).
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="ENV|BUNDLE")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Apply to the embedded AWS, or with your own credentials and backend.",
)
@click.option("--show", is_flag=True, help="Show what a bundle holds; apply nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --show: its manifest as JSON.")
@click.option(
    "--anew",
    metavar="ADDRESS",
    multiple=True,
    help="Make this, though an apply that was killed may have: it does not stand in the account.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
@click.option("--yes", is_flag=True, help="Do not ask, with --target aws.")
def command(
    name: str,
    target_name: str,
    show: bool,
    as_json: bool,
    anew: tuple[str, ...],
    terraform: str | None,
    yes: bool,
) -> int:
    """Plan an environment, judge the plan, and apply it if it passes; or apply a sealed plan.

    BUNDLE is a file of `lockgate plan ENV --bundle FILE`. Its plan is applied as it was sealed. If
    the state moved on, a new plan is applied only where it does the same, value by value.
    """
    from lockgate.applying import confirmation
    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.repository import environments

    if as_json and not show:
        raise click.UsageError("--json is for --show")
    if show:
        return _show(Path(name), as_json)
    root = paths.repository_root()
    found = {each.name: each for each in environments.discover(root)}
    bundle = None if name in found else Path(name)
    if bundle is None:
        environment = found[name]
    elif bundle.is_file():
        environment = _of_bundle(bundle, found)
    else:
        raise UsageError(
            f"There is no environment '{name}', and no file of that name. Known environments are: "
            f"{', '.join(found)}."
        )
    if target_name == "aws" and not yes:
        confirmation.ask("apply", environment.name)
    return _apply(environment, bundle, target_name, terraform, anew)


def _of_bundle(bundle: Path, found: dict[str, Environment]) -> Environment:
    from lockgate.base.errors import PolicyError
    from lockgate.sealing.reviewed_bundle import read_bundle
    from lockgate.sealing.sealing_key import read_sealing_key

    manifest = read_bundle(bundle, read_sealing_key(os.environ)).manifest
    name = manifest.surroundings.environment
    if name not in found:
        raise PolicyError(
            f"{bundle} is refused: it is of the environment '{name}', which is not here. Known "
            f"are: {', '.join(found)}."
        )
    return found[name]


def _apply(
    environment: Environment,
    bundle: Path | None,
    target_name: str,
    terraform: str | None,
    anew: tuple[str, ...],
) -> int:
    from lockgate.applying import environment_apply
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.reports import report_terminal as terminal
    from lockgate.repository.pipeline_settings import read_pipeline_settings
    from lockgate.repository.settings import read_settings_document
    from lockgate.sealing.plan_sealing import surroundings
    from lockgate.sealing.reviewed_bundle import Bundles
    from lockgate.sealing.sealing_key import read_sealing_key
    from lockgate.targets.target_selection import for_apply
    from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict

    engine = Engine.find(terraform)
    catalogue = environment_check.read_catalogue(paths.policies_dir())

    def judge_later(environment: Environment, plan: Path) -> EnvironmentVerdict:
        """Judge with a checkov of its own, which most sealed plans do not need."""
        with environment_check.Judge([environment], provision.ensure_checkov(), catalogue) as judge:
            return judge.judge(environment, plan)

    applied: Applied
    name = environment.name
    if bundle is not None:
        settings = read_pipeline_settings(read_settings_document(environment.root))
        here = {name: surroundings(environment, engine, target_name)}
        secret = read_sealing_key(os.environ)
        reviewed = Bundles(here, settings, secret).read(bundle, environment)
        with for_apply(target_name, environment.root, _say) as target:
            applied = environment_apply.apply(
                environment, target, engine, judge_later, _say, anew, reviewed
            )
    else:
        with (
            for_apply(target_name, environment.root, _say) as target,
            environment_check.Judge([environment], provision.ensure_checkov(), catalogue) as judge,
        ):
            applied = environment_apply.apply(environment, target, engine, judge.judge, _say, anew)
    out = terminal.console()
    if not applied.verdict.passes:
        terminal.show(GateVerdict((applied.verdict,)), out)
        click.echo(f"{name} was not applied.", err=True)
        return GateVerdict((applied.verdict,)).exit_code
    click.echo(f"{name} is applied." if applied.changed else f"{name} is as it should be.")
    terminal.show_outputs(applied.outputs, out)
    return 0


def _show(bundle: Path, as_json: bool) -> int:
    from lockgate.reports import report_sealed_plan
    from lockgate.sealing.reviewed_bundle import read_bundle
    from lockgate.sealing.sealing_key import read_sealing_key

    sealed = read_bundle(bundle, read_sealing_key(os.environ))
    if as_json:
        click.echo(json.dumps(sealed.manifest.as_json(), indent=2))
    else:
        click.echo("\n".join(report_sealed_plan.lines(sealed)))
    return 0


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()
