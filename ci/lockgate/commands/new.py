"""Write a new environment that passes the gate at once."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate new env qa
  lockgate new env prod --production --domain example.com --service shop
"""


@click.group()
def command() -> None:
    """Write HCL to begin with. Files that are there are never overwritten."""


@command.command(epilog=_EXAMPLES)
@click.argument("name")
@click.option("--production", is_flag=True, help="Three zones, HTTPS, access logs, more servers.")
@_options.service
@_options.domain
@click.option("--bucket", help="The bucket for the state.  [default: the other environments']")
def env(name: str, production: bool, service: str, domain: str, bucket: str | None) -> int:
    """Write the environment NAME into envs/NAME, with address ranges that no other one uses.

    It is composed of modules/two_region_service. What a person must decide is marked DECIDE.
    """
    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.repository import scaffold
    from lockgate.repository.pipeline_settings import read_pipeline_settings
    from lockgate.repository.settings import read_settings_document, settings_for

    root = paths.repository_root()
    document = read_settings_document(root)
    settings = settings_for(document, name)
    if (root / "envs" / name).exists():
        raise UsageError(f"envs/{name} is there already. Nothing was written.")
    if not (root / "modules" / "two_region_service").is_dir():
        raise UsageError(
            "This repository has no modules/two_region_service: `lockgate init` writes it."
        )
    texts = [path.read_text("utf-8", "replace") for path in sorted(root.glob("envs/*/*.tf"))]
    choices = scaffold.Choices(
        service=service,
        domain=domain,
        bucket=bucket or scaffold.bucket_in(texts) or f"{service}-terraform-state",
        primary_region=settings.primary_region,
        secondary_region=settings.secondary_region,
    )
    files = scaffold.environment_files(
        name, choices, scaffold.free_block(texts), production=production
    )
    for path in scaffold.write(root, files).written:
        _screen.answer(f"wrote {path}")
    _screen.answer(f"\nDecide what is marked DECIDE, then run `lockgate check {name}`.")
    if not any(name in stage for stage in read_pipeline_settings(document).promotion):
        _screen.answer(f"Put {name} into pipeline.promotion in lockgate.yaml.")
    if production and not settings.production:
        _screen.answer(f"Put `production: true` under environments.{name} there as well.")
    return 0
