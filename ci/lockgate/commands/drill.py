"""``lockgate drill``: rehearse the loss of a region, and time the recovery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lockgate.drill.timeline import Timeline

_EXAMPLES = """\b
Examples:
  lockgate drill prod                            in real time: some minutes
  lockgate drill prod --time-scale 20            twenty times as fast
  lockgate drill prod --fault slow --picture timeline.svg
  lockgate drill prod --json | jq '.drills[].took'

\b
Exit codes: 0 recovered within the computed time and one interval, and came back; 1 it did not,
2 usage, or something that the drill does not model, 3 the API failed, 130 interrupted.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="ENV")
@click.option(
    "--target",
    "target_name",
    type=click.Choice(["embedded", "aws"]),
    default="embedded",
    show_default=True,
    help="Where the environment is applied; this version drills on the embedded AWS only.",
)
@click.option(
    "--fault",
    type=click.Choice(["refused", "timeout", "500", "slow"]),
    default="refused",
    show_default=True,
    help="How the lost region's load balancers fail.",
)
@click.option("--lose", metavar="REGION", help="The region to lose; else the primary's.")
@click.option(
    "--time-scale",
    type=click.FloatRange(1, 60),
    default=1,
    show_default=True,
    help="Seconds that pass in a real one.",
)
@click.option(
    "--dns-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The DNS server's port on loopback; 0, as by default, is any free one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the timeline as JSON.")
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the timeline of every name here, as SVG.",
)
def command(
    name: str,
    target_name: str,
    fault: str,
    lose: str | None,
    time_scale: float,
    dns_port: int,
    as_json: bool,
    picture: Path | None,
) -> int:
    """Rehearse the loss of a region on what is applied, and time the recovery.

    Reads records, health checks and load balancers from the AWS API. Everything else runs on
    loopback: a server for each load balancer, checkers and a DNS server by Route 53's rules, and
    a client. Nothing that is applied is touched.
    """
    from lockgate import environments, paths, report_terminal
    from lockgate.drill import applied
    from lockgate.drill.display import display
    from lockgate.drill.picture import svg
    from lockgate.drill.rehearsal import rehearse
    from lockgate.drill.servers import Mode
    from lockgate.errors import UsageError
    from lockgate.promotion_store import client
    from lockgate.target import EmbeddedTarget, for_reading

    if picture is not None and picture.suffix.lower() != ".svg":
        raise UsageError(
            f"--picture {picture}: pictures are drawn as SVG only. Name a file that ends in .svg; "
            "every browser shows it, and converts it by printing."
        )
    root = paths.repository_root()
    (environment,) = environments.select(environments.discover(root), [name])
    if target_name == "aws":
        raise UsageError(
            "This version drills on the embedded AWS only. Apply the environment there "
            f"(`lockgate apply {name}`), and drill without --target."
        )
    with for_reading(target_name, root) as target:
        if not isinstance(target, EmbeddedTarget):
            raise applied.nothing_applied(name)
        endpoint = target.endpoint
        found = applied.models(
            environment.name, lambda service, region: client(service, region, endpoint)
        )
    regions = sorted({each.region for model in found for each in model.balancers.values()})
    if lose is not None and lose not in regions:
        raise UsageError(
            f"--lose {lose}: '{name}' has no load balancer there. It has some in: "
            f"{', '.join(regions) or 'no region'}."
        )
    if lose is not None:
        found = [each for each in found if each.leads_to(each.primary).region == lose]
        if not found:
            raise UsageError(
                f"--lose {lose}: no name of '{name}' has its primary record there, so nothing "
                "would move, and there is no recovery to time."
            )
    pace = "in real time" if time_scale == 1 else f"{time_scale:g} times as fast as real time"
    timelines = []
    with display(report_terminal.console(stderr=True)) as shown:
        for model in found:
            shown.say(f"{model.title}: drilling {pace}")
            timelines.append(
                rehearse(
                    model, Mode(fault), time_scale, shown.say, dns_port, lose, watch=shown.watch
                )
            )
    if picture is not None:
        try:
            picture.write_text(svg(timelines), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{picture} cannot be written: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps({"drills": [each.as_json() for each in timelines]}, indent=2))
    else:
        for timeline in timelines:
            _show(timeline)
    return 0 if all(each.passes for each in timelines) else 1


def _show(timeline: Timeline) -> None:
    click.echo(f"{timeline.name}: the loss of {timeline.lost_region} ({timeline.fault_kind})")
    for name, at in timeline.moments():
        click.echo(f"  {name:18} {'never' if at is None else f'{at:7.1f} s'}")
    took = "never" if timeline.took is None else f"{timeline.took:.1f} s"
    computed = timeline.recovery_time
    named = "none: nothing detects" if computed is None else f"{computed} s"
    click.echo(f"  recovery {took}; computed {named}; allowed {timeline.allowed:.0f} s")
    click.echo(f"  {timeline.lost} of {timeline.requests} requests lost")
    click.echo(f"  time scale {timeline.time_scale:g}")
    for problem in timeline.problems:
        click.echo(f"NOT PASSED: {problem}", err=True)
    if timeline.passes:
        click.echo("PASSED")
