"""What a loss would do, on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.verdict import loss_text
from lockgate.verdict.loss_text import LossTable
from lockgate_policies.model.what_if import LossOutcome


def show(environment: str, found: LossOutcome, out: Console) -> None:
    """Print one loss in full."""
    what = found.name if found.kind == "resource" else f"{found.kind} {found.name}"
    out.print(Text(f"{environment} without {what}", style="bold"))
    out.print(Text(f"{found.lost} resource(s) are gone, with what needs them.\n"))
    for table in loss_text.tables(found):
        _table(out, table)
    if lines := loss_text.dependencies(found):
        out.print(Text("What remains and refers to something lost:"))
        for line in lines:
            out.print(Text(f"  {line}", style="dim"))
        out.print()
    for line in loss_text.shortfalls(found):
        out.print(Text(line, style="bold red"))
    verdict = "SURVIVED" if found.survived else "NOT SURVIVED"
    style = "bold green" if found.survived else "bold red"
    out.print(Text(f"{verdict}: {loss_text.headline(found)}\n", style=style))


def _table(out: Console, shown: LossTable) -> None:
    table = Table(title=shown.title, title_justify="left", title_style="", expand=False)
    for column in shown.columns:
        table.add_column(column, overflow="fold")
    for row in shown.rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
    out.print()
