"""``lockgate promote``: apply and verify environments in their order, and stop where one fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _confirmation, _options, _screen

if TYPE_CHECKING:
    from lockgate.promotion.promote import Course
    from lockgate.promotion.promotion import Promotion

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
@_options.environments
@click.option("--resume", is_flag=True, help="Go on where this commit's promotion stopped.")
@click.option("--status", is_flag=True, help="Show how far the last promotion got; change nothing.")
@_options.target("Apply to the embedded AWS, or with your own credentials and backend.")
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
@_options.json("Print the journal as JSON.")
@_options.terraform
@_options.yes("; a CI job is not asked")
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
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.promotion.promote import promote_on, read_course
    from lockgate.sealing.sealing_key import read_sealing_key

    if resume and status:
        raise click.UsageError("--resume and --status do not go together")
    course = read_course(paths.repository_root(), names)
    if status:
        return _status(target_name, course, as_json)
    engine = Engine.find(terraform)
    agreed = yes or bool(os.environ.get("CI"))
    for environment in course.chosen:
        _confirmation.ask("promote to", environment.name, target_name, yes=agreed)
    ended = promote_on(
        target_name,
        course,
        engine,
        _screen.say,
        resume=resume,
        bundles=bundles,
        secret=read_sealing_key(os.environ) if bundles is not None else "",
        pull_request=number,
    )
    _show(ended, as_json)
    return ended.exit_code


def _status(target_name: str, course: Course, as_json: bool) -> int:
    from lockgate.promotion.promote import status_on

    status = status_on(target_name, course, _screen.say)
    if status.last is None:
        _screen.answer("null" if as_json else "Nothing was ever promoted.")
        return 0
    _show(status.last, as_json, status.doing)
    return status.last.exit_code


def _show(promotion: Promotion, as_json: bool, doing: str = "") -> None:
    from lockgate.reports import report_promotion

    if as_json:
        next_step = doing or report_promotion.next_step(promotion)
        _screen.answer_json({**promotion.as_json(), "next_step": next_step})
    else:
        report_promotion.show(promotion, _screen.console(), doing)
