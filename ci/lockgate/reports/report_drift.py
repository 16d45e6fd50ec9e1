"""Drift as a person reads it: a table for the terminal, the text of an issue, and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lockgate.applying import drift
from lockgate.applying.drift import AttributeDrift, EnvironmentDrift, ResourceDrift
from lockgate.base.markdown_text import block, code, prose
from lockgate.base.safe_text import visible
from lockgate.verdict import verdict_document
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict

# Longest value that is written out, in characters: a policy document can fill a screen.
_LONGEST = 300


def show(environments: Sequence[EnvironmentDrift], out: Console) -> None:
    """Print what changed outside, the verdict on what stands, and what to do next."""
    rows = [
        (environment.environment, resource)
        for environment in environments
        for resource in environment.resources
    ]
    if rows:
        table = Table(show_lines=True, expand=False)
        table.add_column("Environment", no_wrap=True)
        table.add_column("Changed outside", overflow="fold")
        table.add_column("The next apply", no_wrap=True)
        for name, resource in rows:
            text = Text(resource.address, style="bold")
            for line in _lines(resource):
                text.append(f"\n  {line}", style="not bold")
            table.add_row(name, text, _fate(resource))
        out.print(table)
    for environment in environments:
        good = environment.exit_code == 0
        out.print(
            Text(
                f"{environment.environment:<12} {sentence(environment)}",
                style="" if good else "red",
            )
        )
        if environment.engine_error:
            out.print(Text(environment.engine_error.rstrip()))
        for line in _blocking(environment.verdict):
            out.print(Text(f"{'':<12}   {line}", style="red"))
        for line in next_steps(environment):
            out.print(Text(f"{'':<12}   {line}", style="dim"))


def sentence(drifted: EnvironmentDrift) -> str:
    """What was found of one environment, in one sentence."""
    if drifted.engine_error:
        return "could not be read, so nothing is known of it"
    if not drifted.applied:
        return "nothing is applied yet: its state is empty"
    told = "no drift"
    if drifted.resources:
        deleted = sum(resource.deleted for resource in drifted.resources)
        parts = [(len(drifted.resources) - deleted, "changed"), (deleted, "deleted")]
        counted = " and ".join(f"{number} {word}" for number, word in parts if number)
        told = f"drift: {counted} outside"
    pending = f"; {len(drifted.pending)} more to be applied" if drifted.pending else ""
    return f"{told}{pending}; {_standing(drifted.verdict)}"


def next_steps(drifted: EnvironmentDrift) -> list[str]:
    """What a person can do about it, with the commands."""
    name = drifted.environment
    if drifted.engine_error:
        return [f"Put right what the message says, and run `lockgate drift {name}` again."]
    steps = []
    if any(resource.reverted for resource in drifted.resources):
        steps.append(
            f"Undo it with `lockgate apply {name}`, or write it into the HCL and merge that."
        )
    if any(not resource.reverted for resource in drifted.resources):
        steps.append(
            "What the next apply leaves is set by no code, or follows from the rest: if it is "
            "still there afterwards, undo it by hand or write it into the HCL."
        )
    if not drifted.resources and drifted.verdict is not None and not drifted.verdict.passes:
        steps.append("Nothing changed outside: what is applied breaks the rules. See above.")
    if drifted.pending:
        steps.append(
            "The next apply also changes (code that is not applied yet, or what depends on the "
            f"drift): {', '.join(drifted.pending)}."
        )
    return steps


def issue(environments: Sequence[EnvironmentDrift]) -> str:
    """The text of an issue in Markdown: its title in the first line, a blank line, the body."""
    bad = [environment for environment in environments if environment.exit_code]
    names = ", ".join(visible(drifted.environment) for drifted in bad or environments)
    title = f"Drift: {names}" if bad else f"No drift: {names}"
    parts = [title]
    for environment in environments:
        parts.append(f"## {prose(environment.environment)}")
        parts.append(f"{prose(sentence(environment).capitalize())}.")
        if environment.engine_error:
            parts.append(block(environment.engine_error))
        if environment.resources:
            rows = ["| Changed outside | What | The next apply |", "|---|---|---|"]
            for resource in environment.resources:
                what = "<br>".join(prose(line) for line in _lines(resource))
                rows.append(f"| {prose(resource.address)} | {what} | {_fate(resource)} |")
            parts.append("\n".join(rows))
        if blocking := _blocking(environment.verdict):
            parts.append(
                "\n".join(["What stands now breaks:", ""] + [f"- {prose(b)}" for b in blocking])
            )
        if steps := next_steps(environment):
            parts.append("\n".join(f"- {_with_commands(step)}" for step in steps))
    return "\n\n".join(parts) + "\n"


def as_json(environments: Sequence[EnvironmentDrift]) -> dict[str, Any]:
    """The drift as a JSON object; its shape is described in docs/drift.md."""
    return {
        "version": 1,
        "exit_code": drift.exit_code(tuple(environments)),
        "environments": [_environment(environment) for environment in environments],
    }


def _environment(drifted: EnvironmentDrift) -> dict[str, Any]:
    verdict = drifted.verdict
    return {
        "environment": drifted.environment,
        "exit_code": drifted.exit_code,
        "applied": drifted.applied,
        "drifted": bool(drifted.resources),
        "summary": sentence(drifted),
        "engine_error": drifted.engine_error or None,
        "resources": [
            {
                "address": resource.address,
                "action": "deleted" if resource.deleted else "changed",
                "reverted": resource.reverted,
                "attributes": [
                    {
                        "path": attribute.path,
                        "before": attribute.before,
                        "after": attribute.after,
                        "sensitive": attribute.sensitive,
                    }
                    for attribute in resource.attributes
                ],
            }
            for resource in drifted.resources
        ],
        "pending": list(drifted.pending),
        "next_steps": next_steps(drifted),
        "verdict": None if verdict is None else verdict_document.as_json(GateVerdict((verdict,))),
    }


def _lines(resource: ResourceDrift) -> list[str]:
    return (
        ["deleted"] if resource.deleted else [_line(attribute) for attribute in resource.attributes]
    )


def _line(attribute: AttributeDrift) -> str:
    if attribute.sensitive:
        return f"{visible(attribute.path)}: (sensitive) → (sensitive, another)"
    before, after = _value(attribute.before), _value(attribute.after)
    if isinstance(attribute.before, list) and isinstance(attribute.after, list):
        gone = [f"gone: {before}"] if attribute.before else []
        new = [f"new: {after}"] if attribute.after else []
        return f"{visible(attribute.path)}: {'; '.join(gone + new)}"
    return f"{visible(attribute.path)}: {before} → {after}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        value = [_without_unset(item) for item in value]
    text = visible("unset" if value is None else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _without_unset(item: Any) -> Any:
    """An item of a list without the keys that say nothing, which the provider always fills in."""
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if value not in (None, "", [], {}, False)}


def _fate(resource: ResourceDrift) -> str:
    return "undoes it" if resource.reverted else "leaves it"


def _standing(verdict: EnvironmentVerdict | None) -> str:
    if verdict is None:
        return "it was not judged"
    return "what stands keeps the rules" if verdict.passes else "what stands breaks the rules"


def _blocking(verdict: EnvironmentVerdict | None) -> list[str]:
    if verdict is None:
        return []
    told = [
        f"{finding.rule} {finding.address or '(the environment)'}: "
        f"{finding.message or finding.title}"
        for finding in verdict.blocking
    ]
    return [*verdict.problems, *told]


def _with_commands(step: str) -> str:
    """Prose in which what stands between backticks stays code."""
    parts = step.split("`")
    return "".join(code(part) if number % 2 else prose(part) for number, part in enumerate(parts))
