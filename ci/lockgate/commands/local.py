"""Start, stop or look at the embedded AWS."""

from __future__ import annotations

import json
import time

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate local up             start it at any free port
  lockgate local up --port 4566
  lockgate local status --json | jq -r .endpoint
  lockgate local down           stop it; everything in it is gone
"""


@click.group(epilog=_EXAMPLES)
def command() -> None:
    """Start, stop or look at the embedded AWS.

    It is moto's server on loopback, one for each repository. `lockgate apply` starts it by itself.
    """


@command.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here.  [default: any free]")
@_options.json("Print where it is as JSON.")
def up(port: int | None, as_json: bool) -> None:
    """Start it, unless it is up."""
    from lockgate.base import paths
    from lockgate.targets import local_aws

    server, started = local_aws.up(paths.repository_root(), port or 0)
    if as_json:
        _screen.answer(json.dumps(_as_json(server)))
    else:
        word = "is up" if started else "was up already"
        _screen.answer(f"The embedded AWS {word} at {server.endpoint} (process {server.pid})")


@command.command()
@_options.json("Print what was stopped as JSON.")
def down(as_json: bool) -> None:
    """Stop it; what was applied there is gone."""
    from lockgate.base import paths
    from lockgate.targets import local_aws

    server = local_aws.down(paths.repository_root())
    if as_json:
        _screen.answer(json.dumps({"up": False, "stopped": server is not None}))
    elif server is None:
        _screen.answer("The embedded AWS was not up.")
    else:
        _screen.answer(f"The embedded AWS at {server.endpoint} is stopped, all in it is gone.")


@command.command()
@_options.json("Print it as JSON.")
def status(as_json: bool) -> int:
    """Tell whether it is up, and where; exit code 1 if it is not."""
    from lockgate.base import paths
    from lockgate.targets import local_aws

    server = local_aws.status(paths.repository_root())
    if as_json:
        _screen.answer(json.dumps(_as_json(server)))
    elif server is None:
        _screen.answer("The embedded AWS is not up. Start it with `lockgate local up`.")
    else:
        minutes = (time.time() - server.started) / 60
        _screen.answer(
            f"The embedded AWS is up at {server.endpoint} (process {server.pid}, "
            f"for {minutes:.0f} min)"
        )
    return 0 if server else 1


def _as_json(server: object) -> dict[str, object]:
    from lockgate.targets.local_aws import LocalServer

    if not isinstance(server, LocalServer):
        return {"up": False}
    return {
        "up": True,
        "endpoint": server.endpoint,
        "port": server.port,
        "pid": server.pid,
        "started": server.started,
    }
