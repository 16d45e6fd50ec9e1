"""Applies one environment on a throw-away AWS, looks at it, destroys it."""

from __future__ import annotations

import time

import click

from lockgate.applying import environment_apply
from lockgate.base import paths
from lockgate.base.errors import EngineError, PolicyError
from lockgate.engine.engine import Engine
from lockgate.judging.environment_check import open_judge
from lockgate.reports import report_terminal as terminal
from lockgate.repository import environments
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.targets import leftover_resources, local_aws
from lockgate.targets.embedded_target import EmbeddedTarget


def show(name: str, terraform: str | None) -> None:
    """Apply the environment, show its outputs, plan again, destroy it, and ask what is left.

    Raises PolicyError if it does not pass, EngineError if it does not converge or leaves anything.
    """
    root = paths.repository_root()
    environment = environments.single(root, name)
    engine = Engine.find(terraform)
    settings = settings_for(read_settings_document(root), name)
    regions = (settings.primary_region, settings.secondary_region)
    started = time.monotonic()

    def step(title: str) -> None:
        click.secho(f"\n{title}  ({time.monotonic() - started:.0f} s)", bold=True)

    with (
        local_aws.throw_away() as endpoint,
        open_judge([environment], resolve=engine) as judge,
    ):
        target = EmbeddedTarget(endpoint, keep_state=True)
        step(f"1. Plan {name}, judge the plan, apply it on an embedded AWS")
        applied = environment_apply.apply(environment, target, engine, judge.judge, click.echo)
        if not applied.verdict.passes:
            raise PolicyError(f"{name} does not pass: run `lockgate check {name}` to see why")
        click.echo(f"All {len(applied.verdict.rules)} rules were kept.")
        step("2. The outputs")
        terminal.show_outputs(applied.outputs, terminal.console())
        step("3. A second plan")
        again = environment_apply.apply(environment, target, engine, judge.judge, click.echo)
        if again.changed:
            raise EngineError(f"The second plan of {name} was not empty.")
        click.echo("is empty: what stands is what the code says.")
        step("4. Destroy it")
        environment_apply.destroy(environment, target, engine, click.echo)
        step("5. What is left, asked of the AWS API in both regions")
        left = leftover_resources.find(endpoint, regions)
        if left:
            raise EngineError(f"Destroying {name} left behind: {', '.join(left)}")
        click.echo(f"Nothing, in {' and '.join(regions)}.")
