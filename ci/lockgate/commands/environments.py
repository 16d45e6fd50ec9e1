"""List the environments of the repository: where they are, and what tells so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lockgate.commands import _options, _screen

if TYPE_CHECKING:
    from lockgate.repository.environments import Overview, PlacedEnvironment

_EXAMPLES = """\b
Examples:
  lockgate environments              what `lockgate check` would plan, and what it leaves out
  lockgate environments --json | jq -r '.environments[].environment'

\b
Exit codes: 0 there is one at least, 2 there is none, or lockgate.yaml is not usable.
"""


@click.command(epilog=_EXAMPLES, short_help="List the environments")
@_options.json("Print them as JSON.")
def command(as_json: bool) -> int:
    """List the environments: their root modules, their variable files, and why they count.

    Root modules are found wherever they stand, unless lockgate.yaml says where they are.
    """
    from lockgate.base import paths
    from lockgate.base.safe_text import visible
    from lockgate.repository import environments

    root = paths.repository_root()
    seen = environments.overview_of(root)
    if as_json:
        _screen.answer_json(_as_json(seen))
        return 0 if seen.environments else 2
    environments.discover(root, seen)
    for environment in seen.environments:
        for line in _lines(environment):
            _screen.answer(line)
    if seen.search.left_out:
        _screen.answer("\nLeft out:")
        for entry in seen.search.left_out:
            _screen.answer(f"  {visible(entry.directory) or '.'}: {visible(entry.why)}")
    return 0


def _lines(environment: PlacedEnvironment) -> list[str]:
    from lockgate.base.safe_text import visible

    name = visible(environment.name)
    if environment.parts:
        parts = [f"  {visible(part.name)}" for part in environment.parts]
        return [f"{name}: {len(parts)} root modules, judged as one", *parts]
    return [visible(f"{name}: {environment.directory or '.'} ({environment.why})")]


def _as_json(seen: Overview) -> dict[str, Any]:
    return {
        "version": 1,
        "environments": [_environment(environment) for environment in seen.environments],
        "left_out": [
            {"directory": entry.directory or ".", "why": entry.why}
            for entry in seen.search.left_out
        ],
    }


def _environment(environment: PlacedEnvironment) -> dict[str, Any]:
    return {
        "environment": environment.name,
        "directory": environment.directory or ".",
        "var_files": list(environment.inputs.var_files),
        "workspace": environment.inputs.workspace or None,
        "backend_config": list(environment.inputs.backend_config),
        "why": environment.why,
        "roots": [_environment(part) for part in environment.parts],
    }
