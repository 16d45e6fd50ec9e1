"""``lockgate drift``: find what changed outside, and judge what really stands."""

from __future__ import annotations

from pathlib import Path

import click

from lockgate.commands import _options, _screen

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
@_options.environments
@_options.json("Print what was found as JSON.")
@click.option(
    "--issue",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the Markdown text of an issue here, its title in the first line.",
)
@_options.target("Look at the embedded AWS, or with your own credentials and backend.")
@_options.variables
@_options.terraform
def command(
    names: tuple[str, ...],
    as_json: bool,
    issue: Path | None,
    target_name: str,
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    terraform: str | None,
) -> int:
    """Find what changed outside of environments, and judge what really stands.

    Compares the state with the account, attribute by attribute. What the account holds is then
    judged by every rule, as a plan is. Nothing is applied, and no state is written.
    """
    from lockgate.applying import drift as drifts
    from lockgate.applying.drift_check import find_drift_on
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.reports import report_drift
    from lockgate.repository import environments

    root = paths.repository_root()
    chosen = environments.select(environments.discover(root), list(names))
    chosen = environments.with_variables(chosen, values, var_files)

    def say(name: str, doing: str) -> None:
        _screen.say(f"{name}: {doing}")

    drifts_of_all = find_drift_on(target_name, root, chosen, Engine.find(terraform), say)
    if drifts_of_all is None:
        _screen.say("The embedded AWS is not up, so nothing is applied there.")
        drifts_of_all = tuple(
            drifts.EnvironmentDrift(environment.name, applied=False) for environment in chosen
        )
    if issue is not None:
        _write(issue, report_drift.issue(drifts_of_all))
    if as_json:
        _screen.answer_json(report_drift.as_json(drifts_of_all))
    else:
        report_drift.show(drifts_of_all, _screen.console())
    return drifts.exit_code(drifts_of_all)


def _write(path: Path, text: str) -> None:
    from lockgate.base.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
