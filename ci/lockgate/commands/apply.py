"""Plan an environment, judge the plan, and apply it if it passes."""

from __future__ import annotations

import sys

import click

_EXAMPLES = """\b
Examples:
  lockgate apply dev                on the embedded AWS, which is started if need be
  lockgate apply prod --target aws  in your own account; asks for the environment's name

\b
Exit codes: 0 applied (or nothing to do), 1 the gate says no and nothing was applied,
2 usage, 3 Terraform or AWS failed, 130 interrupted (the state is saved, the lock released).
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="ENV")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Apply to the embedded AWS, or with your own credentials and backend.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
@click.option("--yes", is_flag=True, help="Do not ask, with --target aws.")
def command(name: str, target_name: str, terraform: str | None, yes: bool) -> int:
    """Plan an environment, judge the plan, and apply it if it passes."""
    from lockgate import applying, check, confirmation, environments, paths, provision
    from lockgate import report_terminal as terminal
    from lockgate.engine import Engine
    from lockgate.target import for_apply
    from lockgate.verdict import GateVerdict

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    engine = Engine.find(terraform)
    catalogue = check.read_catalogue(paths.policies_dir())
    if target_name == "aws" and not yes:
        confirmation.ask("apply", name)
    with (
        for_apply(target_name, root, _say) as target,
        check.Judge([environment], provision.ensure_checkov(), catalogue) as judge,
    ):
        applied = applying.apply(environment, target, engine, judge.judge, _say)
    out = terminal.console()
    if not applied.verdict.passes:
        terminal.show(GateVerdict((applied.verdict,)), out)
        click.echo(f"{name} was not applied.", err=True)
        return GateVerdict((applied.verdict,)).exit_code
    click.echo(f"{name} is applied." if applied.changed else f"{name} is as it should be.")
    terminal.show_outputs(applied.outputs, out)
    return 0


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()
