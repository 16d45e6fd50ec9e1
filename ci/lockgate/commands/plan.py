"""Plan one environment and show what would change."""

from __future__ import annotations

from pathlib import Path

import click

_EXAMPLES = """\b
Examples:
  lockgate plan dev
  lockgate plan prod --target aws
  lockgate plan prod --out prod.json   the plan as JSON, with what checkov needs to judge it:
  checkov -f prod.json --external-checks-dir policies --framework terraform_plan
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
@click.option("--terraform", metavar="PATH", help="Use this terraform or tofu executable.")
def command(name: str, out: Path | None, target_name: str, terraform: str | None) -> None:
    """Plan one environment and show what would change.

    The JSON holds every value of the plan, secrets included: keep it where the state may be.
    """
    import tempfile

    from lockgate import environments, paths
    from lockgate.check import attach_facts
    from lockgate.engine import Engine
    from lockgate.planning import plan_environment
    from lockgate.settings import read_settings_document
    from lockgate.target import for_check

    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    engine = Engine.find(terraform)
    with for_check(target_name) as target, tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine, made, on_line=click.echo)
        if out is not None:
            attach_facts(environment, made, read_settings_document(root))
            out.write_bytes(made.read_bytes())
            out.chmod(0o600)
            click.echo(f"Its JSON is in {out}.", err=True)
