"""Plan one environment, show what would change, and seal the plan for an apply."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lockgate.engine.engine import Engine
    from lockgate.judging.base_revision import JudgedBy
    from lockgate.repository.environments import Environment

_EXAMPLES = """\b
Examples:
  lockgate plan dev
  lockgate plan prod --target aws
  lockgate plan prod --out prod.json   the plan as JSON, with what checkov needs to judge it:
  checkov -f prod.json --framework terraform_plan \\
    --external-checks-dir policies/lockgate_policies/checkov
  lockgate plan prod --target aws --bundle prod.lockgate   sealed, for `lockgate apply`
  lockgate plan prod --bundle prod.lockgate --approve aws_s3_bucket.old

\b
Exit codes: 0 planned, 1 the sealed plan would be refused (it is written, to be looked at),
2 usage, 3 Terraform or AWS failed.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="ENV")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write its JSON here.")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Plan on a throw-away embedded AWS, or with your credentials and backend.",
)
@click.option(
    "--bundle",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Judge the plan and seal it here, under LOCKGATE_SEAL_KEY.",
)
@click.option(
    "--approve",
    "approved",
    metavar="ADDRESS",
    multiple=True,
    help="Record in the bundle that this may be destroyed or replaced.",
)
@click.option(
    "--approve-all",
    is_flag=True,
    help="Record in the bundle that all it destroys or replaces may be.",
)
@click.option(
    "--base",
    "revision",
    metavar="REV",
    help="Judge by settings, waivers and policies of this commit, not the work tree's.",
)
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
def command(
    name: str,
    out: Path | None,
    target_name: str,
    bundle: Path | None,
    approved: tuple[str, ...],
    approve_all: bool,
    revision: str | None,
    terraform: str | None,
) -> int:
    """Plan one environment and show what would change.

    The JSON holds every value of the plan, secrets included: keep it where the state may be. A
    bundle is encrypted; it is planned against the state that `lockgate apply` keeps.
    """
    import tempfile

    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.judging.environment_check import attach_facts
    from lockgate.judging.environment_plan import plan_environment
    from lockgate.repository import environments
    from lockgate.repository.settings import read_settings_document
    from lockgate.targets.target_selection import for_check

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    engine = Engine.find(terraform)
    if bundle is not None:
        if out is not None:
            raise click.UsageError("--bundle and --out do not go together")
        approvals = None if approve_all else approved
        return _seal(environment, engine, target_name, bundle, approvals, revision)
    if approved or approve_all:
        raise click.UsageError("--approve is recorded in a bundle: give --bundle too")
    with (
        _base(root, revision) as base,
        for_check(target_name) as target,
        tempfile.TemporaryDirectory() as scratch,
    ):
        made = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine, made, on_line=click.echo)
        if out is not None:
            attach_facts(
                environment, made, read_settings_document(base.directory if base else root)
            )
            out.write_bytes(made.read_bytes())
            out.chmod(0o600)
            click.echo(f"Its JSON is in {out}.", err=True)
    return 0


def _seal(
    environment: Environment,
    engine: Engine,
    target_name: str,
    bundle: Path,
    approved: Sequence[str] | None,
    revision: str | None,
) -> int:
    import os
    from contextlib import ExitStack
    from dataclasses import replace
    from datetime import UTC, datetime

    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.install import provision
    from lockgate.judging import environment_check
    from lockgate.judging.policy_set import policy_set_hash
    from lockgate.reports import report_terminal
    from lockgate.repository.pipeline_settings import read_pipeline_settings
    from lockgate.repository.settings import read_settings_document
    from lockgate.sealing.plan_sealing import make_sealed_plan, surroundings
    from lockgate.sealing.sealed_box import write_box
    from lockgate.sealing.sealed_plan import not_judged_to_pass, seal
    from lockgate.sealing.sealing_key import read_sealing_key
    from lockgate.targets.target_selection import for_apply

    secret = read_sealing_key(os.environ)
    here = surroundings(environment, engine, target_name)
    with ExitStack() as stack:
        base = stack.enter_context(_base(environment.root, revision))
        judging = base.policies if base else paths.policies_dir()
        here = replace(here, policies=policy_set_hash(judging))
        settings = read_pipeline_settings(
            read_settings_document(base.directory if base else environment.root)
        )
        catalogue = environment_check.read_catalogue(judging)
        target = stack.enter_context(for_apply(target_name, environment.root, _say))
        judge = stack.enter_context(
            environment_check.Judge([environment], provision.ensure_checkov(), catalogue, base)
        )
        sealed = make_sealed_plan(
            environment, target, engine, judge.judge, here, approved, on_line=click.echo
        )
    try:
        bundle.parent.mkdir(parents=True, exist_ok=True)
        write_box(bundle, seal(sealed, secret))
    except OSError as error:
        raise UsageError(f"{bundle} cannot be written: {error.strerror}") from error
    verdict = sealed.manifest.judged()
    report_terminal.show(verdict, report_terminal.console())
    click.echo(f"The sealed plan is in {bundle}.", err=True)
    refused = not_judged_to_pass(sealed, settings, datetime.now(UTC))
    for each in refused:
        click.echo(f"`lockgate apply` will refuse it. {each}", err=True)
    return 1 if refused else 0


@contextmanager
def _base(root: Path, revision: str | None) -> Iterator[JudgedBy | None]:
    """What judges instead of the work tree, if a revision is given; and say so."""
    from lockgate.base import paths
    from lockgate.judging.base_revision import judged_by

    if revision is None:
        yield None
        return
    with judged_by(root, revision, paths.policies_dir()) as base:
        click.echo(f"{base.note}.", err=True)
        yield base


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()
