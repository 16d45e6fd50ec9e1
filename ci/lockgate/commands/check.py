"""``lockgate check``: plan every environment and judge it."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lockgate.engine.engine import Engine
    from lockgate.judging.environment_check import Judge
    from lockgate.judging.plan_making import PlanMaker
    from lockgate.repository.environments import Environment
    from lockgate.verdict.verdict import GateVerdict

_EXAMPLES = """\b
Examples:
  lockgate check                      every environment in envs/
  lockgate check prod --all           one, with the findings that pass
  lockgate check --json | jq .passes  for a program
  lockgate check --plan plan.json     a plan that was written before; no engine runs
  lockgate check --report reports     also write Markdown, SARIF, JUnit, HTML and JSON there
  lockgate check --static             what the HCL alone decides, at once: for editors and hooks
  lockgate check dev --base HEAD^1    judged by what the base branch has, as in a pipeline
  lockgate check --target aws prod    against your own account and state

\b
Exit codes: 0 everything passes, 1 the gate says no, 2 usage or configuration,
3 an environment could not be planned, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES, short_help="Plan and policy-check environments")
@click.argument("names", nargs=-1, metavar="[ENV]...")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.option("--all", "everything", is_flag=True, help="Also list the findings that pass.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Plan on a throw-away embedded AWS, or with your credentials, backend and registry.",
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
    type=click.Path(path_type=Path, dir_okay=False),
    help="Judge this plan in JSON instead of planning; may be given several times.",
)
@click.option(
    "--report",
    "reports",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write verdict.json, report.md, report.sarif, junit.xml and report.html into DIR.",
)
@click.option("--static", is_flag=True, help="Judge only what needs no plan, in under a second.")
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
@click.option(
    "--policies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Judge by the policies in this directory.  [default: Lockgate's own]",
)
@click.option(
    "--base",
    "revision",
    metavar="REV",
    help="Judge by settings, waivers and policies of this commit, not the work tree's.",
)
def command(
    names: tuple[str, ...],
    as_json: bool,
    everything: bool,
    provider: str | None,
    plans: tuple[Path, ...],
    reports: Path | None,
    static: bool,
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
        sys.exit(_plan_files(plans, as_json, everything, policies, reports))
    root = paths.repository_root()
    chosen = environments.select(environments.discover(root), list(names))
    if static:
        sys.exit(_static(chosen, as_json, everything))
    from lockgate.engine.engine import Engine
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.judging.base_revision import judged_by

    judging = (policies or paths.policies_dir()).resolve()
    checkov_python = provision.ensure_checkov()
    engine = Engine.find(terraform)
    progress = _Progress()
    started = time.monotonic()
    with (
        judged_by(root, revision, judging) if revision else nullcontext() as base,
        environment_check.Judge(
            chosen,
            checkov_python,
            environment_check.read_catalogue(base.policies if base else judging),
            base,
        ) as judge,
        _plans(target_name, chosen, engine, judge, provider) as maker,
    ):
        verdict = environment_check.check(chosen, maker, judge, progress.say)
    progress.done(len(chosen), time.monotonic() - started)
    if base is not None:
        click.echo(f"{base.note}.", err=True)
    _report(verdict, as_json, everything, reports=reports)
    sys.exit(verdict.exit_code)


@contextmanager
def _plans(
    target: str, chosen: list[Environment], engine: Engine, judge: Judge, provider: str | None
) -> Iterator[PlanMaker]:
    from lockgate.engine.provider_choice import ProviderChoice
    from lockgate.judging.plan_making import TargetPlans, resolved_plans
    from lockgate.targets.target_selection import for_check

    if target == "embedded":
        choice = ProviderChoice(engine, provider, lambda line: click.echo(line, err=True))
        with resolved_plans(chosen, engine, choice, judge.settings_of) as plans:
            yield plans
    else:
        with for_check(target) as account:
            yield TargetPlans(account, engine)


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
        click.echo(json.dumps(document, indent=2))
    else:
        from lockgate.reports import report_terminal

        report_terminal.show(verdict, report_terminal.console(), everything=everything)


def _plan_files(
    plans: tuple[Path, ...],
    as_json: bool,
    everything: bool,
    policies: Path | None,
    reports: Path | None,
) -> int:
    from lockgate.base import paths
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.judging.plan_files import judge_plan_files

    catalogue = environment_check.read_catalogue((policies or paths.policies_dir()).resolve())
    verdict = judge_plan_files(plans, provision.ensure_checkov(), catalogue)
    _report(verdict, as_json, everything, reports=reports)
    return verdict.exit_code


def _static(chosen: list[Environment], as_json: bool, everything: bool) -> int:
    from lockgate.judging.static_check import check_static, needing_a_plan
    from lockgate_policies.catalogue.rule_files import load_rules

    rules = load_rules()
    verdict = check_static(chosen, rules)
    waiting = {each.environment: needing_a_plan(each, rules) for each in verdict.environments}
    _report(verdict, as_json, everything, {"static": True, "needs_plan": waiting})
    if not as_json:
        every = sorted(set().union(*waiting.values()))
        click.echo(f"Static: {len(every)} rules need a plan (`lockgate check`): {', '.join(every)}")
    return verdict.exit_code


class _Progress:
    """Says on standard error what is under way; one line that changes, on a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live = sys.stderr.isatty()
        self._now: dict[str, str] = {}

    def say(self, environment: str, doing: str) -> None:
        """Note what an environment is at."""
        with self._lock:
            self._now[environment] = doing
            if self._live:
                line = "  ".join(f"{name}: {what}" for name, what in self._now.items())
                click.echo(f"\r\033[2K{line}", err=True, nl=False)
            else:
                click.echo(f"{environment}: {doing}", err=True)

    def done(self, count: int, seconds: float) -> None:
        """Close the line."""
        if self._live:
            click.echo("\r\033[2K", err=True, nl=False)
        click.echo(f"{count} environment(s) in {seconds:.1f} s", err=True)
