"""Bootstraps the state buckets of a repository's environments: `lockgate bootstrap`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.repository import environments
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.state.state_bootstrap import StateBootstrap, Step, replica_of
from lockgate.targets.state_backend import StateBucket
from lockgate.targets.target import Target
from lockgate.targets.target_selection import for_apply

Agree = Callable[[StateBucket, Sequence[Step]], None]


@dataclass(frozen=True)
class Bootstrapped:
    """The buckets there are to be, and what was changed, or would be."""

    buckets: tuple[StateBucket, ...]
    changes: tuple[Step, ...]


def bootstrap_on(
    target_name: str,
    root: Path,
    agree: Agree,
    on_step: Callable[[Step], None],
    say: Callable[[str], None],
    *,
    dry_run: bool = False,
) -> Bootstrapped:
    """Make the buckets of a repository's environments, and their replicas, on a target.

    ``agree`` is asked before each bucket that is not as it should be, and stops it by raising;
    ``on_step`` is told each step when it is done, or with ``dry_run`` that it would be.
    """
    changes: list[Step] = []
    with for_apply(target_name, root, say) as target:
        wanted = _bootstraps(target, root)
        for bootstrap in wanted:
            pending = bootstrap.pending()
            if pending and not dry_run:
                agree(bootstrap.bucket, pending)
            for step in pending:
                if not dry_run:
                    step.do()
                changes.append(step)
                on_step(step)
    return Bootstrapped(tuple(place.bucket for place in wanted), tuple(changes))


def _bootstraps(target: Target, root: Path) -> list[StateBootstrap]:
    document = read_settings_document(root)
    regions: dict[StateBucket, tuple[str, str]] = {}
    for environment in environments.discover(root):
        settings = settings_for(document, environment.name)
        pair = (settings.primary_region, settings.secondary_region)
        regions.setdefault(target.state_bucket(environment), pair)
    return [
        StateBootstrap(bucket, replica_of(bucket, pair), target.endpoint)
        for bucket, pair in regions.items()
    ]
