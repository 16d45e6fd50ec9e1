"""Shows a drill while it runs: a live view on a terminal, lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from lockgate.drill.snapshot import Phase, RecordState, Snapshot, Watch

_BAR = 30
_REFRESHES = 8


@dataclass(frozen=True)
class Display:
    """Where a drill says what happened (``say``), and how it stands (``watch``)."""

    say: Callable[[str], None]
    watch: Watch


@contextmanager
def display(console: Console) -> Iterator[Display]:
    """A display on this console; the live view goes at the end, the lines above it stay."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield Display(lambda line: console.print(Text(line), soft_wrap=True), lambda _: None)
        return
    with Live(console=console, refresh_per_second=_REFRESHES, transient=True) as live:
        yield Display(
            lambda line: live.console.print(Text(line)),
            lambda snapshot: live.update(view(snapshot)),
        )


def view(snapshot: Snapshot) -> RenderableType:
    """The live view of one moment."""
    rows = Table.grid(padding=(0, 2))
    for record in snapshot.records:
        rows.add_row(record.role, record.region, _servers(record), _check(record), _dns(record))
    return Group(Text(snapshot.name, style="bold"), rows, _clients(snapshot), _clock(snapshot))


def _servers(record: RecordState) -> Text:
    up = record.answers == "up"
    return Text("up" if up else f"lost: {record.answers}", style="green" if up else "bold red")


def _check(record: RecordState) -> Text:
    if record.healthy is None:
        return Text("no health check", style="yellow")
    of = f" ({record.agreeing} of {record.checkers} checkers see it up)" if record.checkers else ""
    if record.healthy:
        return Text(f"healthy{of}", style="green")
    return Text(f"unhealthy{of}", style="bold red")


def _dns(record: RecordState) -> Text:
    return Text("<- DNS answers" if record.chosen else "", style="bold")


def _clients(snapshot: Snapshot) -> Text:
    text = Text("clients: ")
    served = sorted(
        snapshot.served_by.items(),
        key=lambda served_name: (served_name[0] is None, served_name[0] or ""),
    )
    for place, (region, count) in enumerate(served):
        text.append(", " if place else "")
        text.append(
            f"{count} {'not served' if region is None else f'served by {region}'}",
            style="bold red" if region is None else "green",
        )
    text.append(f"; requests: {snapshot.good} good, ")
    text.append(f"{snapshot.lost} lost", style="bold red" if snapshot.lost else "")
    return text


def _clock(snapshot: Snapshot) -> Text:
    if snapshot.phase is Phase.SETTLING or snapshot.computed is None:
        return Text(f"{snapshot.phase.value}: {snapshot.elapsed:.0f} s")
    done = min(_BAR, round(_BAR * snapshot.elapsed / snapshot.computed))
    late = snapshot.elapsed > snapshot.computed
    text = Text()
    text.append("#" * done, style="bold red" if late else "cyan")
    text.append("." * (_BAR - done), style="dim")
    said = f" {snapshot.phase.value}: {snapshot.elapsed:.0f} s of {snapshot.computed} s computed"
    text.append(said, style="bold red" if late else "")
    return text
