"""``lockgate check``: plan every environment and judge it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _options, _screen

if TYPE_CHECKING:
    from lockgate.repository.environments import Environment
    from lockgate.verdict.verdict import GateVerdict

_EXAMPLES = """\b
Examples:
  lockgate check                      every environment of the repository
  lockgate check prod --all           one, with the findings that pass
  lockgate check --json | jq .passes  for a program
  lockgate check --plan plan.json     a plan that was written before; no engine runs
  lockgate check --plan prod=plans    every plan below a directory, as one environment
  lockgate check --report reports     also write Markdown, SARIF, JUnit, HTML and JSON there
  lockgate check --static             what the HCL alone decides, at once: for editors and hooks
  lockgate check dev --base HEAD^1    judged by what the base branch has, as in a pipeline
  lockgate check --target aws prod    against your own account and state
  lockgate check prod -var image=v7   with a variable's value, as Terraform takes it

\b
Exit codes: 0 everything passes, 1 the gate says no, 2 usage or configuration,
3 an environment could not be planned, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Plan and policy-check environments")
@_options.environments
@_options.json("Print the verdict as JSON.")
@_options.everything
@_options.target(
    "Plan on a throw-away embedded AWS, or with your credentials, backend and registry."
)
@click.option(
    "--provider",
    envvar="LOCKGATE_PROVIDER",
    metavar="VERSION",
    help="Plan with this version of the AWS provider, or with the `bundled` one.  [default: the "
    "one that lockgate.yaml, the lock file or the constraints name]",
)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="[ENV=]FILE|DIRECTORY|-",
    help="Judge this plan in JSON instead of planning, all plans of a directory, or the one on "
    "standard input (-); may be given several times.",
)
@_options.reports
@click.option("--static", is_flag=True, help="Judge only what needs no plan, in under a second.")
@_options.variables
@_options.terraform
@click.option(
    "--policies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Judge by the policies in this directory.  [default: Lockgate's own]",
)
@_options.judged_by
def command(
    names: tuple[str, ...],
    as_json: bool,
    everything: bool,
    provider: str | None,
    plans: tuple[str, ...],
    reports: Path | None,
    static: bool,
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    target_name: str,
    terraform: str | None,
    policies: Path | None,
    revision: str | None,
) -> None:
    """Plan the environments side by side and judge each plan by every policy.

    The verdict is the same on a laptop, in a pull request and before a merge is applied:
    environments are planned from nothing and without an account.
    """
    from lockgate.base import paths
    from lockgate.base.safe_text import visible
    from lockgate.repository import environments

    if revision is not None and (plans or static):
        raise click.UsageError("--base is for plans that are made now: not --plan, not --static")
    if reports is not None:
        from lockgate.reports import report_files

        if static:
            raise click.UsageError("--report is for whole verdicts; --static judges no plan")
        report_files.prepare(reports)
    if plans:
        if names or static:
            raise click.UsageError("--plan goes with neither environments nor --static")
        from lockgate.judging.plan_files import judge_plan_files
        from lockgate.judging.plan_sources import plan_sources

        verdict = judge_plan_files(plan_sources(plans), policies)
        _report(verdict, as_json, everything, reports=reports)
        sys.exit(verdict.exit_code)
    root = paths.repository_root()
    seen = environments.overview_of(root)
    chosen = environments.select(environments.discover(root, seen), list(names))
    for line in environments.what_was_found(seen):
        _screen.say(visible(line))
    chosen = environments.with_variables(chosen, values, var_files)
    if static:
        sys.exit(_static(chosen, as_json, everything))
    from lockgate.engine.engine import Engine
    from lockgate.judging.base_revision import judged_by_base
    from lockgate.judging.gate_check import check_on

    engine = Engine.find(terraform)
    progress = _screen.Progress()
    with judged_by_base(root, revision, policies) as base:
        verdict = check_on(target_name, chosen, engine, progress.say, policies, base, provider)
    progress.done(len(chosen))
    if base is not None:
        _screen.say(f"{base.note}.")
    _report(verdict, as_json, everything, reports=reports)
    sys.exit(verdict.exit_code)


def _report(
    verdict: GateVerdict,
    as_json: bool,
    everything: bool,
    extra: dict[str, object] | None = None,
    reports: Path | None = None,
) -> None:
    if reports is not None:
        from lockgate.reports import report_files

        report_files.write(verdict, reports)
    if as_json:
        from lockgate.verdict import verdict_document

        document = {**verdict_document.as_json(verdict), **(extra or {})}
        _screen.answer_json(document)
    else:
        from lockgate.reports import report_terminal

        report_terminal.show(verdict, _screen.console(), everything=everything)


def _static(chosen: list[Environment], as_json: bool, everything: bool) -> int:
    from lockgate.judging.static_check import check_static, needing_a_plan
    from lockgate_policies.catalogue.rule_files import load_rules

    rules = load_rules()
    verdict = check_static(chosen, rules)
    waiting = {
        environment.environment: needing_a_plan(environment, rules)
        for environment in verdict.environments
    }
    _report(verdict, as_json, everything, {"static": True, "needs_plan": waiting})
    if not as_json:
        every = sorted(set().union(*waiting.values()))
        _screen.answer(
            f"Static: {len(every)} rules need a plan (`lockgate check`): {', '.join(every)}"
        )
    return verdict.exit_code
