"""What a loss would do, on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.verdict import loss_text
from lockgate.verdict.loss_text import LossTable
from lockgate_policies.model.what_if import LossOutcome


def show(environment: str, outcome: LossOutcome, out: Console) -> None:
    """Print one loss in full."""
    what = outcome.name if outcome.kind == "resource" else f"{outcome.kind} {outcome.name}"
    out.print(Text(f"{environment} without {what}", style="bold"))
    out.print(Text(f"{outcome.lost} resource(s) are gone, with what needs them.\n"))
    for table in loss_text.tables(outcome):
        _table(out, table)
    if lines := loss_text.dependencies(outcome):
        out.print(Text("What remains and refers to something lost:"))
        for line in lines:
            out.print(Text(f"  {line}", style="dim"))
        out.print()
    for line in loss_text.shortfalls(outcome):
        out.print(Text(line, style="bold red"))
    verdict = "SURVIVED" if outcome.survived else "NOT SURVIVED"
    style = "bold green" if outcome.survived else "bold red"
    out.print(Text(f"{verdict}: {loss_text.headline(outcome)}\n", style=style))


def _table(out: Console, shown: LossTable) -> None:
    table = Table(title=shown.title, title_justify="left", title_style="", expand=False)
    for column in shown.columns:
        table.add_column(column, overflow="fold")
    for row in shown.rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
    out.print()
