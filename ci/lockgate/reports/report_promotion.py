"""A promotion as a person reads it: one row for each environment, and the next command."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.base.safe_text import visible_lines
from lockgate.promotion import promotion
from lockgate.promotion.promotion import Promotion

_STYLES = {
    promotion.DONE: "green",
    promotion.REFUSED: "bold red",
    promotion.FAILED: "bold red",
    promotion.INTERRUPTED: "bold yellow",
}


def show(progress: Promotion, out: Console, doing: str = "") -> None:
    """Print how far it got; ``doing`` says who is at it, if somebody is."""
    table = Table(expand=False)
    for column in ("Stage", "Environment", "State", "Seconds", "What"):
        table.add_column(column, overflow="fold", no_wrap=column != "What")
    for number, stage in enumerate(progress.stages, start=1):
        for name in stage:
            step = progress.step(name)
            table.add_row(
                str(number),
                name,
                Text(step.state, style=_STYLES.get(step.state, "")),
                f"{step.seconds:.1f}" if step.seconds else "",
                Text("\n".join(visible_lines(step.message))),
            )
    out.print(table)
    good = progress.state == promotion.DONE
    out.print(Text(sentence(progress), style="bold green" if good else "bold red"))
    out.print(Text(doing or next_step(progress)))


def sentence(progress: Promotion) -> str:
    """The promotion in one line."""
    done = [name for name in progress.names if progress.step(name).state == promotion.DONE]
    where = [
        f"{name} {progress.step(name).state}"
        for name in progress.names
        if progress.step(name).state not in (promotion.DONE, promotion.WAITING)
    ]
    short = progress.commit[:12]
    if progress.state == promotion.DONE:
        return f"PROMOTED: {short} is applied and verified in {', '.join(done)}"
    waiting = [n for n in progress.names if progress.step(n).state == promotion.WAITING]
    kept = f"; not begun: {', '.join(waiting)}" if waiting else ""
    return f"STOPPED: {short}: {', '.join(where) or 'nothing begun'}{kept}"


def next_step(progress: Promotion) -> str:
    """What to do now."""
    if progress.state == promotion.DONE:
        return "Nothing is left to do."
    if progress.state == promotion.REFUSED:
        return (
            "If the code is wrong, merge a fix: a new commit is a new promotion, from the first "
            "stage. If something outside was, put it right: `lockgate promote --resume` goes on."
        )
    return "Put right what it says, if anything; `lockgate promote --resume` goes on from there."
