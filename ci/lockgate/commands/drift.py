"""``lockgate drift``: find what changed outside, and judge what really stands."""

from __future__ import annotations

import json
from pathlib import Path

import click

_EXAMPLES = """\b
Examples:
  lockgate drift                              every environment, on the embedded AWS
  lockgate drift prod --target aws            one, in your own account; nothing is applied
  lockgate drift --target aws --issue issue.md   also the text of an issue, its title first
  lockgate drift --json | jq '.environments[].resources[].address'

\b
Exit codes: 0 everything is as it was applied (or nothing is applied yet), 1 drift, or what stands
breaks the rules, 2 usage, 3 a state or an account could not be read, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("names", nargs=-1, metavar="[ENV]...")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option(
    "--issue",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the Markdown text of an issue here, its title in the first line.",
)
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Look at the embedded AWS, or with your own credentials and backend.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
def command(
    names: tuple[str, ...],
    as_json: bool,
    issue: Path | None,
    target_name: str,
    terraform: str | None,
) -> int:
    """Find what changed outside of environments, and judge what really stands.

    Compares the state with the account, attribute by attribute. What the account holds is then
    judged by every rule, as a plan is. Nothing is applied, and no state is written.
    """
    from lockgate.applying import drift as drifts
    from lockgate.applying.drift_check import find_drift
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.reports import report_drift
    from lockgate.reports import report_terminal as terminal
    from lockgate.repository import environments
    from lockgate.targets.target_selection import for_reading

    root = paths.repository_root()
    chosen = environments.select(environments.discover(root), list(names))
    engine = Engine.find(terraform)
    with for_reading(target_name, root) as target:
        if target is None:
            click.echo("The embedded AWS is not up, so nothing is applied there.", err=True)
            found = tuple(drifts.EnvironmentDrift(each.name, applied=False) for each in chosen)
        else:
            catalogue = environment_check.read_catalogue(paths.policies_dir())
            with environment_check.Judge(chosen, provision.ensure_checkov(), catalogue) as judge:
                found = find_drift(
                    chosen, target, engine, judge, lambda name, doing: _say(f"{name}: {doing}")
                )
    if issue is not None:
        _write(issue, report_drift.issue(found))
    if as_json:
        click.echo(json.dumps(report_drift.as_json(found), indent=2))
    else:
        report_drift.show(found, terminal.console())
    return drifts.exit_code(found)


def _write(path: Path, text: str) -> None:
    from lockgate.base.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _say(line: str) -> None:
    click.echo(line, err=True)
