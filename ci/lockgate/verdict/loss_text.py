"""What a loss would do, in words and cells, for every report alike."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate_policies.model.strategy import Strategy
from lockgate_policies.model.surviving_capacity import CapacityOutcome
from lockgate_policies.model.surviving_data import DataOutcome
from lockgate_policies.model.surviving_names import NameOutcome
from lockgate_policies.model.what_if import LossOutcome

_MOST_DEPENDENCIES = 12


@dataclass(frozen=True)
class LossTable:
    """A table of one loss: what its rows are about, and their cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def headline(outcome: LossOutcome) -> str:
    """A loss in one line."""
    if outcome.shortfalls:
        messages = "; ".join(shortfall.message for shortfall in outcome.shortfalls)
        return f"without {outcome.name}: {messages}"
    parts = _accepted(outcome)
    if outcome.promised.names:
        parts += [_name_in_short(name) for name in outcome.names if name.judged]
    if outcome.capacity and outcome.promised.capacity:
        least = min(outcome.capacity, key=lambda share: share.share or 0)
        parts.append(f"{least.share or 0:.0%} of the capacity remains")
    kept = [store for store in outcome.data if store.judged and store.kept]
    if kept:
        points = [store.recovery_point or 0 for store in kept]
        parts.append(f"{len(kept)} data store(s) keep a copy, RPO {max(points)} s")
    return f"without {outcome.name}: {', '.join(parts) or 'nothing changes'}"


def _accepted(outcome: LossOutcome) -> list[str]:
    """What ends or waits for a person, where the strategy promises no more."""
    strategy = f"as its strategy {outcome.strategy} has it"
    if outcome.promised.names:
        return []
    if outcome.promised.data:
        return [f"a person starts it and leads its names there, {strategy}"]
    restored = [data for data in outcome.data if data.judged and not data.kept]
    if outcome.strategy == Strategy.BACKUP_RESTORE.value:
        restoring = f"restored {len(restored)} data store(s)" if restored else "built it again"
        return [f"it ends until a person has {restoring}, {strategy}"]
    return [f"it ends, {strategy}"]


def _name_in_short(name: NameOutcome) -> str:
    if name.seconds:
        return f"{name.name} answers again after {name.arithmetic}"
    return f"{name.name} goes on answering"


def tables(outcome: LossOutcome) -> list[LossTable]:
    """Names, capacity and data, each only where there is any."""
    rto, rpo = outcome.recovery_time_objective, outcome.recovery_point_objective
    names, data = "Names, which a person leads on", "Data"
    if outcome.promised.names:
        names = f"Names (recovery time objective {rto} s)"
    if outcome.promised.data:
        data = f"Data (recovery point objective {rpo} s)"
    every = (
        LossTable(
            names,
            ("Name", "Answers", "Through", "After"),
            tuple(map(_name_row, outcome.names)),
        ),
        LossTable(
            "Capacity",
            ("Measure", "Serving now", "Remaining", "Share", "Promised"),
            tuple(map(_capacity_row, outcome.capacity)),
        ),
        LossTable(
            data,
            ("Data store", "Copies left in", "Replication", "May lack", "Promotion"),
            tuple(map(_data_row, outcome.data)),
        ),
    )
    return [table for table in every if table.rows]


def dependencies(outcome: LossOutcome) -> list[str]:
    """What remains and refers to something lost, a line each; the last may count the rest."""
    shown = outcome.dependencies[:_MOST_DEPENDENCIES]
    lines = [
        f"{dependency.address}: {dependency.argument} → {dependency.lost}" for dependency in shown
    ]
    more = len(outcome.dependencies) - len(shown)
    return [*lines, f"and {more} more: lockgate whatif --json lists them"] if more else lines


def shortfalls(outcome: LossOutcome) -> list[str]:
    """The targets that are missed, or of which it cannot be told, a line each."""
    lines = []
    for shortfall in outcome.shortfalls:
        subject = f"{shortfall.subject}: " if shortfall.subject else ""
        lines.append(
            f"{'missed' if shortfall.certain else 'not known'}: {subject}{shortfall.message}"
        )
    return lines


def _name_row(name: NameOutcome) -> tuple[str, ...]:
    word = {True: "yes", False: "no", None: "not known"}[name.answers]
    through = f"{name.record}\n→ {name.endpoint}" if name.endpoint else name.record
    after = name.arithmetic or name.why
    return name.name, word if name.judged else f"{word} (not judged)", through, after


def _capacity_row(capacity: CapacityOutcome) -> tuple[str, ...]:
    promised = "-" if capacity.target is None else f"{capacity.target:.0%}"
    if capacity.share is None:
        return capacity.measure, "not known", "not known", capacity.why, promised
    numbers = (str(capacity.serving), str(capacity.remaining), f"{capacity.share:.0%}")
    return capacity.measure, *numbers, promised


def _data_row(data: DataOutcome) -> tuple[str, ...]:
    if not data.kept:
        return data.address, "none" if data.kept is False else "not known", data.why, "-", "-"
    person = f"by a person, then about {data.promotion} s" if data.promotion else "not needed"
    point = f"{data.recovery_point} s"
    return data.address, ", ".join(data.regions), data.replication, point, person
