"""What a loss would do, as a person reads it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.policies.model.surviving_capacity import CapacityOutcome
from lockgate.policies.model.surviving_data import DataOutcome
from lockgate.policies.model.surviving_names import NameOutcome
from lockgate.policies.model.what_if import LossOutcome

_MOST_DEPENDENCIES = 12


def headline(found: LossOutcome) -> str:
    """A loss in one line."""
    if found.shortfalls:
        return f"without {found.name}: {'; '.join(each.message for each in found.shortfalls)}"
    parts = [_name_in_short(each) for each in found.names if each.judged]
    if found.capacity:
        least = min(found.capacity, key=lambda each: each.share or 0)
        parts.append(f"{least.share or 0:.0%} of the capacity remains")
    kept = [each for each in found.data if each.judged]
    if kept:
        points = [each.recovery_point or 0 for each in kept]
        parts.append(f"{len(kept)} data store(s) keep a copy, RPO {max(points)} s")
    return f"without {found.name}: {', '.join(parts) or 'nothing changes'}"


def _name_in_short(name: NameOutcome) -> str:
    if name.seconds:
        return f"{name.name} answers again after {name.arithmetic}"
    return f"{name.name} goes on answering"


def show(environment: str, found: LossOutcome, out: Console) -> None:
    """Print one loss in full."""
    what = found.name if found.kind == "resource" else f"{found.kind} {found.name}"
    out.print(Text(f"{environment} without {what}", style="bold"))
    out.print(Text(f"{found.lost} resource(s) are gone, with what needs them.\n"))
    rto, rpo = found.recovery_time_objective, found.recovery_point_objective
    _table(out, f"Names (recovery time objective {rto} s)", _NAMES, map(_name_row, found.names))
    _table(out, "Capacity", _CAPACITY, map(_capacity_row, found.capacity))
    _table(out, f"Data (recovery point objective {rpo} s)", _DATA, map(_data_row, found.data))
    _dependencies(found, out)
    for shortfall in found.shortfalls:
        word = "missed" if shortfall.certain else "not known"
        subject = f"{shortfall.subject}: " if shortfall.subject else ""
        out.print(Text(f"{word}: {subject}{shortfall.message}", style="bold red"))
    verdict = "SURVIVED" if found.survived else "NOT SURVIVED"
    style = "bold green" if found.survived else "bold red"
    out.print(Text(f"{verdict}: {headline(found)}\n", style=style))


_NAMES = ("Name", "Answers", "Through", "After")
_CAPACITY = ("Measure", "Serving now", "Remaining", "Share", "Promised")
_DATA = ("Data store", "Copies left in", "Replication", "May lack", "Promotion")


def _table(out: Console, title: str, columns: tuple[str, ...], rows: map[list[str]]) -> None:
    filled = list(rows)
    if not filled:
        return
    table = Table(title=title, title_justify="left", title_style="", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in filled:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
    out.print()


def _name_row(name: NameOutcome) -> list[str]:
    word = {True: "yes", False: "no", None: "not known"}[name.answers]
    through = f"{name.record}\n→ {name.endpoint}" if name.endpoint else name.record
    after = name.arithmetic or name.why
    return [name.name, word if name.judged else f"{word} (not judged)", through, after]


def _capacity_row(capacity: CapacityOutcome) -> list[str]:
    promised = "-" if capacity.target is None else f"{capacity.target:.0%}"
    if capacity.share is None:
        return [capacity.measure, "not known", "not known", capacity.why, promised]
    numbers = (str(capacity.serving), str(capacity.remaining), f"{capacity.share:.0%}")
    return [capacity.measure, *numbers, promised]


def _data_row(data: DataOutcome) -> list[str]:
    if not data.kept:
        return [data.address, "none" if data.kept is False else "not known", data.why, "-", "-"]
    person = f"by a person, then about {data.promotion} s" if data.promotion else "not needed"
    return [
        data.address,
        ", ".join(data.regions),
        data.replication,
        f"{data.recovery_point} s",
        person,
    ]


def _dependencies(found: LossOutcome, out: Console) -> None:
    if not found.dependencies:
        return
    out.print(Text("What remains and refers to something lost:"))
    for each in found.dependencies[:_MOST_DEPENDENCIES]:
        out.print(Text(f"  {each.address}: {each.argument} → {each.lost}", style="dim"))
    more = len(found.dependencies) - _MOST_DEPENDENCIES
    if more > 0:
        out.print(Text(f"  and {more} more: --json lists them", style="dim"))
    out.print()
