"""``lockgate drill``: rehearse the loss of a region, and time the recovery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lockgate.commands import _options, _screen

if TYPE_CHECKING:
    from lockgate.drill.timeline import Timeline
    from lockgate.repository.environments import Environment

_EXAMPLES = """\b
Examples:
  lockgate drill prod                            in real time: some minutes
  lockgate drill prod --time-scale 20            twenty times as fast
  lockgate drill prod --fault slow --picture timeline.svg
  lockgate drill prod --json | jq '.drills[].took'
  lockgate drill prod --target aws --confirm prod       moves real clients, and puts them back
  lockgate drill --revert                put back what a drill that was killed had changed
  lockgate drill prod --revert           the same, for one environment

\b
Exit codes: 0 recovered within the computed time and one interval, and came back, or was put back;
1 it did not, or was refused as it would do harm, 2 usage, or something that the drill does not
model, 3 the API failed, 130 interrupted, and put back.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("name", metavar="[ENV]", required=False)
@_options.target("Rehearse on loopback what the embedded AWS holds, or invert a real health check.")
@click.option(
    "--confirm",
    metavar="NAME",
    help="With --target aws: the environment's name again, as this moves real clients.",
)
@click.option(
    "--revert",
    "reverting",
    is_flag=True,
    help="Put back what an unfinished drill changed in a real account; of all environments "
    "without ENV.",
)
@click.option(
    "--name-server",
    "name_servers",
    metavar="ADDRESS[:PORT]",
    multiple=True,
    help="With --target aws: ask this server with authority, not those of the zone; repeatable.",
)
@click.option(
    "--resolver",
    metavar="ADDRESS[:PORT]",
    help="With --target aws: look load balancers up here, not by the system's resolver.",
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
@_options.json("Print the timeline as JSON.")
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the timeline of every name here, as SVG.",
)
def command(
    name: str | None,
    target_name: str,
    confirm: str | None,
    reverting: bool,
    name_servers: tuple[str, ...],
    resolver: str | None,
    fault: str,
    lose: str | None,
    time_scale: float,
    dns_port: int,
    as_json: bool,
    picture: Path | None,
) -> int:
    """Rehearse the loss of a region on what is applied, and time the recovery.

    Reads records, health checks and load balancers from the AWS API. On the embedded AWS,
    everything else runs on loopback: a server for each load balancer, checkers and a DNS server by
    Route 53's rules, and a client. Nothing that is applied is touched.

    With --target aws, the health check of the primary record is inverted, so that Route 53 takes
    its region for lost; the zone's name servers and the second region are watched, and the check
    is put back, whatever happens.
    """
    from lockgate.base import paths
    from lockgate.base.errors import UsageError
    from lockgate.drill import real_account
    from lockgate.repository import environments
    from lockgate.repository.settings import read_settings_document, settings_for

    root = paths.repository_root()
    if reverting:
        if confirm is not None:
            raise UsageError("--revert needs no --confirm: it only puts back.")
        chosen = environments.select(environments.discover(root), [name] if name else [])
        for line in real_account.revert(chosen, named=name is not None):
            _screen.answer(line)
        return 0
    if name is None:
        raise UsageError("Missing argument ENV: the environment to drill.")
    environment = environments.single(root, name)
    objective = settings_for(read_settings_document(root), name).recovery_time_objective
    if picture is not None and picture.suffix.lower() != ".svg":
        raise UsageError(
            f"--picture {picture}: pictures are drawn as SVG only. Name a file that ends in .svg; "
            "every browser shows it, and converts it by printing."
        )
    if target_name == "aws":
        if fault != "refused" or time_scale != 1 or dns_port:
            raise UsageError(
                "--fault, --time-scale and --dns-port are of the rehearsal on loopback: a real "
                "account has one fault, an inverted health check, and one time."
            )
        timelines = real_account.drill(
            environment, confirm, lose, name_servers, resolver, _screen.say
        )
    else:
        if confirm is not None or name_servers or resolver is not None:
            raise UsageError(
                "--confirm, --name-server and --resolver go with --target aws: the rehearsal on "
                "the embedded AWS changes nothing and asks nobody."
            )
        timelines = _rehearse(environment, fault, lose, time_scale, dns_port)
    timelines = [replace(timeline, objective=objective) for timeline in timelines]
    if picture is not None:
        from lockgate.drill.picture import svg

        try:
            picture.write_text(svg(timelines), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{picture} cannot be written: {error.strerror}") from error
    if as_json:
        _screen.answer_json({"drills": [timeline.as_json() for timeline in timelines]})
    else:
        for timeline in timelines:
            _show(timeline)
    return 0 if all(timeline.passes for timeline in timelines) else 1


def _rehearse(
    environment: Environment, fault: str, lose: str | None, time_scale: float, dns_port: int
) -> list[Timeline]:
    """Drill on loopback what is applied in the embedded AWS."""
    from lockgate.drill.display import display
    from lockgate.drill.embedded_drill import models_to_rehearse, rehearse_each
    from lockgate.drill.servers import Mode

    models = models_to_rehearse(environment, lose)
    with display(_screen.console(stderr=True)) as shown:
        return rehearse_each(models, shown, Mode(fault), time_scale, dns_port, lose)


def _show(timeline: Timeline) -> None:
    from lockgate.drill.timeline import INVERTED

    _screen.answer(f"{timeline.name}: the loss of {timeline.lost_region} ({timeline.fault_kind})")
    for name, at in timeline.moments():
        _screen.answer(f"  {name:18} {'never' if at is None else f'{at:7.1f} s'}")
    took = "never" if timeline.took is None else f"{timeline.took:.1f} s"
    computed = timeline.recovery_time
    named = "none: nothing detects" if computed is None else f"{computed} s"
    _screen.answer(f"  recovery {took}; computed {named}; allowed {timeline.allowed:.0f} s")
    if timeline.objective is not None:
        _screen.answer(f"  recovery time objective {timeline.objective} s")
    _screen.answer(f"  {timeline.lost} of {timeline.requests} requests lost")
    if timeline.fault_kind == INVERTED:
        _screen.answer("  an inverted check is unhealthy at once: its detection was not rehearsed")
    else:
        _screen.answer(f"  time scale {timeline.time_scale:g}")
    for problem in timeline.problems:
        _screen.say(f"NOT PASSED: {problem}")
    if timeline.passes:
        _screen.answer("PASSED")
