"""Plan one environment, show what would change, and seal the plan for an apply."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _options, _screen

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
@_options.environment
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write its JSON here.")
@_options.target("Plan on a throw-away embedded AWS, or with your credentials and backend.")
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
@_options.judged_by
@_options.variables
@_options.terraform
def command(
    name: str,
    out: Path | None,
    target_name: str,
    bundle: Path | None,
    approved: tuple[str, ...],
    approve_all: bool,
    revision: str | None,
    values: tuple[str, ...],
    var_files: tuple[Path, ...],
    terraform: str | None,
) -> int:
    """Plan one environment and show what would change.

    The JSON holds every value of the plan, secrets included: keep it where the state may be. A
    bundle is encrypted; it is planned against the state that `lockgate apply` keeps.
    """
    from lockgate.base import paths
    from lockgate.engine.engine import Engine
    from lockgate.engine.environment_engine import engine_of
    from lockgate.judging.plan_showing import plan_on
    from lockgate.repository import environments
    from lockgate.repository.settings import read_settings_document

    root = paths.repository_root()
    environment = environments.single(root, name)
    (environment,) = environments.with_variables([environment], values, var_files)
    engine = engine_of(environment, Engine.find(terraform))
    if bundle is not None:
        if out is not None:
            raise click.UsageError("--bundle and --out do not go together")
        approvals = None if approve_all else approved
        return _seal(environment, engine, target_name, bundle, approvals, revision)
    if approved or approve_all:
        raise click.UsageError("--approve is recorded in a bundle: give --bundle too")
    with _base(root, revision) as base:
        settings = read_settings_document(base.directory if base else root) if out else None
        plan_on(target_name, environment, engine, _screen.answer, out, settings)
    if out is not None:
        _screen.say(f"Its JSON is in {out}.")
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

    from lockgate.reports import report_terminal
    from lockgate.sealing.bundle_making import make_bundle
    from lockgate.sealing.sealing_key import read_sealing_key

    secret = read_sealing_key(os.environ)
    with _base(environment.root, revision) as base:
        bundled = make_bundle(
            target_name,
            environment,
            engine,
            bundle,
            secret,
            _screen.say,
            approved,
            base,
            on_line=_screen.answer,
        )
    report_terminal.show(bundled.verdict, _screen.console())
    _screen.say(f"The sealed plan is in {bundle}.")
    for reason in bundled.refusals:
        _screen.say(f"`lockgate apply` will refuse it. {reason}")
    return 1 if bundled.refusals else 0


@contextmanager
def _base(root: Path, revision: str | None) -> Iterator[JudgedBy | None]:
    """What judges instead of the work tree, if a revision is given; and say so."""
    from lockgate.judging.base_revision import judged_by_base

    with judged_by_base(root, revision) as base:
        if base is not None:
            _screen.say(f"{base.note}.")
        yield base
