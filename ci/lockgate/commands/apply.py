"""Apply a sealed plan; or plan an environment, judge the plan, and apply it if it passes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _confirmation, _options, _screen

if TYPE_CHECKING:
    from lockgate.applying.environment_apply import Applied

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
@_options.target("Apply to the embedded AWS, or with your own credentials and backend.")
@click.option("--show", is_flag=True, help="Show what a bundle holds; apply nothing.")
@_options.json("With --show: its manifest as JSON.")
@click.option(
    "--anew",
    metavar="ADDRESS",
    multiple=True,
    help="Make this, though an apply that was killed may have: it does not stand in the account.",
)
@_options.variables
@_options.terraform
@_options.yes()
def command(
    name: str,
    target_name: str,
    show: bool,
    as_json: bool,
    anew: tuple[str, ...],
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    terraform: str | None,
    yes: bool,
) -> int:
    """Plan an environment, judge the plan, and apply it if it passes; or apply a sealed plan.

    BUNDLE is a file of `lockgate plan ENV --bundle FILE`. Its plan is applied as it was sealed. If
    the state moved on, a new plan is applied only where it does the same, value by value.
    """
    from lockgate.applying.target_apply import apply_on
    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.repository import environments
    from lockgate.repository.pipeline_settings import read_pipeline_settings
    from lockgate.repository.settings import read_settings_document
    from lockgate.sealing.reviewed_bundle import Bundles, environment_of
    from lockgate.sealing.sealing_key import read_sealing_key

    if as_json and not show:
        raise click.UsageError("--json is for --show")
    if show:
        return _show(Path(name), as_json)
    root = paths.repository_root()
    known_environments = {
        known_environment.name: known_environment
        for known_environment in environments.with_parts(environments.discover(root))
    }
    bundle = None if name in known_environments else Path(name)
    if bundle is None:
        environment = known_environments[name]
    elif bundle.is_file():
        environment = environment_of(bundle, read_sealing_key(os.environ), known_environments)
    else:
        raise UsageError(
            f"There is no environment '{name}', and no file of that name. Known environments are: "
            f"{', '.join(known_environments)}."
        )
    (environment,) = environments.with_variables([environment], values, var_files)
    _confirmation.ask("apply", environment.name, target_name, yes=yes)
    engine, reviewed = engine_of(environment, Engine.find(terraform)), None
    if bundle is not None:
        settings = read_pipeline_settings(read_settings_document(root))
        secret = read_sealing_key(os.environ)
        bundles = Bundles.of([environment], settings, engine, target_name, secret)
        reviewed = bundles.read(bundle, environment)
    applied = apply_on(target_name, environment, engine, _screen.say, anew, reviewed)
    return _report(environment.name, applied)


def _report(name: str, applied: Applied) -> int:
    from lockgate.reports import report_terminal
    from lockgate.verdict.verdict import GateVerdict

    if not applied.verdict.passes:
        verdict = GateVerdict((applied.verdict,))
        report_terminal.show(verdict, _screen.console())
        _screen.say(f"{name} was not applied.")
        return verdict.exit_code
    _screen.answer(f"{name} is applied." if applied.changed else f"{name} is as it should be.")
    report_terminal.show_outputs(applied.outputs, _screen.console())
    return 0


def _show(bundle: Path, as_json: bool) -> int:
    from lockgate.reports import report_sealed_plan
    from lockgate.sealing.reviewed_bundle import read_bundle
    from lockgate.sealing.sealing_key import read_sealing_key

    sealed = read_bundle(bundle, read_sealing_key(os.environ))
    if as_json:
        _screen.answer_json(sealed.manifest.as_json())
    else:
        _screen.answer("\n".join(report_sealed_plan.lines(sealed)))
    return 0
