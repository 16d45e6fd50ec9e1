"""``lockgate promote``: apply and verify environments in their order, and stop where one fails."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lockgate.engine.engine import Engine
    from lockgate.promotion.promotion import Promotion
    from lockgate.promotion.promotion_journal import PromotionJournals
    from lockgate.promotion.promotion_lease import PromotionLease
    from lockgate.repository.environments import Environment
    from lockgate.repository.pipeline_settings import PipelineSettings
    from lockgate.sealing.reviewed_bundle import Bundles

_EXAMPLES = """\b
Examples:
  lockgate promote                       dev, staging, prod, as lockgate.yaml orders them
  lockgate promote --resume              go on where it stopped, with the same commit
  lockgate promote --status              how far the last one got, and who is at it
  lockgate promote --target aws --bundles plans   apply plans/<env>.lockgate, as reviewed
  lockgate promote --target aws --bundles plans --pull-request 7   and release what 7 holds

\b
Exit codes: 0 all applied and verified, 1 a gate or a verification said no, 2 usage,
3 Terraform or AWS failed, 130 interrupted (states saved, locks released).
"""


@click.command(epilog=_EXAMPLES)
@click.argument("names", nargs=-1, metavar="[ENV]...")
@click.option("--resume", is_flag=True, help="Go on where this commit's promotion stopped.")
@click.option("--status", is_flag=True, help="Show how far the last promotion got; change nothing.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Apply to the embedded AWS, or with your own credentials and backend.",
)
@click.option(
    "--bundles",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Apply the sealed plans DIR/<env>.lockgate, and nothing that was not reviewed.",
)
@click.option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="The one that was merged: what it holds is released when that is applied and verified.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the journal as JSON.")
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
@click.option("--yes", is_flag=True, help="Do not ask, with --target aws; a CI job is not asked.")
def command(
    names: tuple[str, ...],
    resume: bool,
    status: bool,
    target_name: str,
    bundles: Path | None,
    number: int | None,
    as_json: bool,
    terraform: str | None,
    yes: bool,
) -> int:
    """Apply and verify environments in the settings' order; a failure stops the later stages.

    After each apply, a second plan must be empty, every declared output must be there, and the AWS
    API must know the load balancers and records. The order is pipeline.promotion in lockgate.yaml.
    What pull requests hold stops nothing; whose plan is stale now is said.
    """
    from lockgate.applying import confirmation, verification
    from lockgate.base import paths
    from lockgate.base.errors import Interrupted, UsageError
    from lockgate.base.lock_holder import now
    from lockgate.engine.engine import Engine
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.promotion import promotion as promotions
    from lockgate.promotion import promotion_run
    from lockgate.promotion.promotion_journal import PromotionJournals, open_promotion_bucket
    from lockgate.promotion.promotion_lease import PromotionLease
    from lockgate.promotion.promotion_locks import open_locks
    from lockgate.repository import environments
    from lockgate.repository.pipeline_settings import read_pipeline_settings
    from lockgate.repository.settings import read_settings_document
    from lockgate.repository.working_tree import clean_commit
    from lockgate.targets.target_selection import for_apply

    if resume and status:
        raise click.UsageError("--resume and --status do not go together")
    root = paths.repository_root()
    found = {each.name: each for each in environments.discover(root)}
    settings = read_pipeline_settings(read_settings_document(root))
    stages = promotions.choose_stages(settings.promotion, list(found), names)
    chosen = [found[name] for stage in stages for name in stage]
    # Always the same journal, whichever environments are asked for.
    first = [found[name] for stage in settings.promotion for name in stage]
    if status:
        with for_apply(target_name, root, _say) as target:
            bucket = open_promotion_bucket(target, first)
            return _status(PromotionJournals(bucket), PromotionLease(bucket), as_json)
    commit = clean_commit(root)
    engine = Engine.find(terraform)
    catalogue = environment_check.read_catalogue(paths.policies_dir())
    if target_name == "aws" and not yes and not os.environ.get("CI"):
        for each in chosen:
            confirmation.ask("promote to", each.name)
    with for_apply(target_name, root, _say) as target:
        bucket = open_promotion_bucket(target, first)
        journals = PromotionJournals(bucket)
        with PromotionLease(bucket).held(commit, _say):
            begun = promotions.Promotion(commit, stages, started=now().isoformat())
            if resume:
                begun = _resumed(journals, commit)
                if names and stages != begun.stages:
                    raise UsageError(
                        "--resume goes on with the environments it was begun with: "
                        f"{', '.join(begun.names)}. Leave the names out."
                    )
                chosen = [found[name] for name in begun.names if name in found]
            with environment_check.Judge(chosen, provision.ensure_checkov(), catalogue) as judge:
                sealed = None
                if bundles is not None:
                    sealed = _bundles(chosen, target_name, engine, settings)
                promoter = promotion_run.Promoter(
                    found,
                    target,
                    engine,
                    judge,
                    journals,
                    _say,
                    drills=settings.verify_with_drill,
                    drill_arguments=verification.drill_arguments(
                        target_name, settings.drill_time_scale
                    ),
                    bundles=bundles,
                    open_bundle=sealed.read if sealed else None,
                    locks=open_locks(target, chosen, number),
                )
                journals.begin(begun)
                try:
                    ended = promoter.run(begun)
                except KeyboardInterrupt as interrupt:
                    raise Interrupted(
                        "Interrupted. Terraform finished what it had begun, saved the states and "
                        "released the locks. `lockgate promote --resume` goes on from there."
                    ) from interrupt
    _show(ended, as_json)
    return ended.exit_code


def _bundles(
    chosen: Sequence[Environment], target_name: str, engine: Engine, settings: PipelineSettings
) -> Bundles:
    from lockgate.sealing.plan_sealing import surroundings
    from lockgate.sealing.reviewed_bundle import Bundles
    from lockgate.sealing.sealing_key import read_sealing_key

    secret = read_sealing_key(os.environ)
    # Before the first apply: an `init` in a real account may write files that are no commit's.
    here = {each.name: surroundings(each, engine, target_name) for each in chosen}
    return Bundles(here, settings, secret)


def _resumed(journals: PromotionJournals, commit: str) -> Promotion:
    from lockgate.base.errors import UsageError

    journal = journals.read(commit)
    if journal is not None:
        return journal.resumed()
    last = journals.latest()
    if last is None:
        raise UsageError("There is no promotion to resume. Begin one with `lockgate promote`.")
    raise UsageError(
        f"The last promotion is of commit {last.commit[:12]} ({last.state}), and this is commit "
        f"{commit[:12]}: what was verified there says nothing of this one. Begin a new one with "
        f"`lockgate promote`, or check {last.commit[:12]} out to go on with it."
    )


def _status(journals: PromotionJournals, lease: PromotionLease, as_json: bool) -> int:
    from lockgate.promotion.promotion_lease import describe, is_stale

    last, held = journals.latest(), lease.holder()
    if last is None:
        click.echo("null" if as_json else "Nothing was ever promoted.")
        return 0
    doing = ""
    if held is not None and is_stale(held):
        doing = f"{describe(held)} was killed. `lockgate promote --resume` goes on from there."
    elif held is not None:
        doing = f"Under way: {describe(held)}."
    _show(last, as_json, doing)
    return last.exit_code


def _show(found: Promotion, as_json: bool, doing: str = "") -> None:
    from lockgate.reports import report_promotion, report_terminal

    if as_json:
        next_step = doing or report_promotion.next_step(found)
        click.echo(json.dumps({**found.as_json(), "next_step": next_step}, indent=2))
    else:
        report_promotion.show(found, report_terminal.console(), doing)


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()
