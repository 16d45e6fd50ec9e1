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


def headline(found: LossOutcome) -> str:
    """A loss in one line."""
    if found.shortfalls:
        messages = "; ".join(shortfall.message for shortfall in found.shortfalls)
        return f"without {found.name}: {messages}"
    parts = _accepted(found)
    if found.promised.names:
        parts += [_name_in_short(name) for name in found.names if name.judged]
    if found.capacity and found.promised.capacity:
        least = min(found.capacity, key=lambda each: each.share or 0)
        parts.append(f"{least.share or 0:.0%} of the capacity remains")
    kept = [each for each in found.data if each.judged and each.kept]
    if kept:
        points = [each.recovery_point or 0 for each in kept]
        parts.append(f"{len(kept)} data store(s) keep a copy, RPO {max(points)} s")
    return f"without {found.name}: {', '.join(parts) or 'nothing changes'}"


def _accepted(found: LossOutcome) -> list[str]:
    """What ends or waits for a person, where the strategy promises no more."""
    strategy = f"as its strategy {found.strategy} has it"
    if found.promised.names:
        return []
    if found.promised.data:
        return [f"a person starts it and leads its names there, {strategy}"]
    restored = [data for data in found.data if data.judged and not data.kept]
    if found.strategy == Strategy.BACKUP_RESTORE.value:
        restoring = f"restored {len(restored)} data store(s)" if restored else "built it again"
        return [f"it ends until a person has {restoring}, {strategy}"]
    return [f"it ends, {strategy}"]


def _name_in_short(name: NameOutcome) -> str:
    if name.seconds:
        return f"{name.name} answers again after {name.arithmetic}"
    return f"{name.name} goes on answering"


def tables(found: LossOutcome) -> list[LossTable]:
    """Names, capacity and data, each only where there is any."""
    rto, rpo = found.recovery_time_objective, found.recovery_point_objective
    names, data = "Names, which a person leads on", "Data"
    if found.promised.names:
        names = f"Names (recovery time objective {rto} s)"
    if found.promised.data:
        data = f"Data (recovery point objective {rpo} s)"
    every = (
        LossTable(
            names,
            ("Name", "Answers", "Through", "After"),
            tuple(map(_name_row, found.names)),
        ),
        LossTable(
            "Capacity",
            ("Measure", "Serving now", "Remaining", "Share", "Promised"),
            tuple(map(_capacity_row, found.capacity)),
        ),
        LossTable(
            data,
            ("Data store", "Copies left in", "Replication", "May lack", "Promotion"),
            tuple(map(_data_row, found.data)),
        ),
    )
    return [table for table in every if table.rows]


def dependencies(found: LossOutcome) -> list[str]:
    """What remains and refers to something lost, a line each; the last may count the rest."""
    shown = found.dependencies[:_MOST_DEPENDENCIES]
    lines = [f"{each.address}: {each.argument} → {each.lost}" for each in shown]
    more = len(found.dependencies) - len(shown)
    return [*lines, f"and {more} more: lockgate whatif --json lists them"] if more else lines


def shortfalls(found: LossOutcome) -> list[str]:
    """The targets that are missed, or of which it cannot be told, a line each."""
    lines = []
    for shortfall in found.shortfalls:
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
