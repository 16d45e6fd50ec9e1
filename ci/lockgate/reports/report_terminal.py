"""The verdict as a person reads it: what blocks, where, and what to do, then one line."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.reports import provider_text, strategy_text
from lockgate.verdict import loss_text
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "bold yellow",
    Verdict.NOT_APPLICABLE: "dim",
}
# Where output goes to a file there is no terminal width to keep to.
_WIDE = 400
_TEXT_WIDTH = 100


def console(*, stderr: bool = False) -> Console:
    """A console with colours on a terminal only."""
    screen = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not screen.is_terminal:
        return Console(stderr=stderr, highlight=False, width=_WIDE, no_color=True)
    return screen


def show(verdict: GateVerdict, out: Console, *, everything: bool = False) -> None:
    """Print the verdict; with ``everything``, also the findings that pass."""
    for environment in verdict.environments:
        if judged_as := strategy_text.judged_as(environment):
            line = f"{environment.environment}: {judged_as}"
            out.print(Text(_wrapped(line), style="dim" if _counts(environment) else "bold yellow"))
        if environment.engine_error:
            out.print(Text(f"{environment.environment}: could not be planned", style="bold red"))
            out.print(Text(environment.engine_error.rstrip()))
            out.print()
        for problem in environment.problems:
            out.print(Text(f"{environment.environment}: {problem}", style="bold red"))
    rows = [
        finding
        for environment in verdict.environments
        for finding in environment.findings
        if everything or finding.verdict.blocks
    ]
    if rows:
        out.print(_table(rows))
    for environment in verdict.environments:
        out.print(_summary(environment))
        for line in strategy_text.not_asked(environment) if _leaves_out(environment) else ():
            out.print(Text(_wrapped(line, " " * 13), style="dim"))
        for loss in environment.losses:
            line = _wrapped(loss_text.headline(loss), " " * 13)
            out.print(Text(line, style="dim" if loss.survived else "bold red"))
    if planned_with := provider_text.planned_with(verdict):
        out.print(Text(planned_with, style="dim"))
    for note in verdict.notes:
        out.print(Text(note, style="yellow"))
    out.print()
    out.print(Text(verdict.sentence, style="bold green" if verdict.passes else "bold red"))


def _counts(environment: EnvironmentVerdict) -> bool:
    return environment.strategy is None or environment.strategy.counts


def _leaves_out(environment: EnvironmentVerdict) -> bool:
    """Whether its strategy promises less than the others, so that rules are missing."""
    return environment.strategy is not None and not environment.strategy.strategy.promises.names


def show_outputs(outputs: dict[str, Any], out: Console) -> None:
    """Print outputs as ``terraform output -json`` gives them; sensitive values stay hidden."""
    for name, output in sorted(outputs.items()):
        value = "(sensitive)" if output.get("sensitive") else json.dumps(output.get("value"))
        out.print(Text(f"  {name} = {value}"))


def _table(rows: list[EnvironmentFinding]) -> Table:
    table = Table(show_lines=True, expand=False)
    table.add_column("Environment", no_wrap=True)
    table.add_column("Rule", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Resource, file and line, what is wrong, how to fix it", overflow="fold")
    for finding in rows:
        verdict = (
            Text("waived", style="dim")
            if finding.waived
            else Text(finding.verdict.value, style=_STYLES[finding.verdict])
        )
        table.add_row(finding.environment, finding.rule, verdict, _description(finding))
    return table


def _description(finding: EnvironmentFinding) -> Text:
    """Addresses are kept whole, so that they can be searched for and copied."""
    text = Text(finding.address or "(the environment)", style="bold")
    if finding.location:
        text.append(f"\n{finding.location}", style="cyan not bold")
    text.append(f"\n{_wrapped(finding.message or finding.title)}", style="not bold")
    if finding.waived is not None:
        left = f"{finding.waived.days_left} day(s) left"
        until = f"Waived by {finding.waived.owner} until {finding.waived.expires} ({left}): "
        text.append(f"\n{_wrapped(until + finding.waived.reason)}", style="not bold dim")
    elif finding.verdict.blocks and finding.fix:
        text.append(f"\n{_wrapped(f'Fix: {finding.fix}')}", style="not bold dim")
    return text


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _TEXT_WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "",
    )


def _summary(environment: EnvironmentVerdict) -> Text:
    line = Text(f"{environment.environment:<12} ")
    if environment.engine_error:
        return line.append("not planned", style="bold red")
    counts = environment.counts()
    left_out = len(environment.rules) - environment.asked
    counts[Verdict.NOT_APPLICABLE] -= left_out
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS, Verdict.NOT_APPLICABLE):
        if counts[verdict]:
            line.append(f"{counts[verdict]} {verdict.value}", style=_STYLES[verdict])
            line.append("  ")
    if left_out:
        line.append(f"{left_out} not asked  ", style="dim")
    if environment.waived:
        line.append(f"{len(environment.waived)} waived  ", style="yellow")
    if environment.problems:
        line.append("not judged completely", style="bold red")
    return line
