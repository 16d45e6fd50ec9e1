"""What an environment is for, and which rules that leaves out, in words for every report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from lockgate.verdict.verdict import EnvironmentVerdict

_NUMBERED = re.compile(r"^(.*_)(\d+)$")


def judged_as(environment: EnvironmentVerdict) -> str:
    """The strategy that an environment is judged by, in one line; "" where there is none."""
    decision = environment.strategy
    if decision is None:
        return ""
    name = decision.strategy.value
    if decision.declared:
        return f"strategy {name}, as lockgate.yaml declares"
    seen = "; ".join(decision.seen)
    if decision.counts:
        return f"strategy {name}, by its plan: {seen}"
    return f"strategy {name} by its plan, which counts only when it is declared: {seen}"


def not_asked(environment: EnvironmentVerdict) -> list[str]:
    """The rules that do not belong to the strategy, a line for each reason."""
    return [f"{why} ({in_short(rules)})" for why, rules in environment.not_asked.items()]


def in_short(rules: Iterable[str]) -> str:
    """Rules with what they have in common said once: ``LG_FAILOVER_1 to 4, 6, LG_LB_1``."""
    numbered = sorted(
        (match[1], int(match[2])) for rule in rules if (match := _NUMBERED.match(rule))
    )
    parts = []
    for family, entries in groupby(numbered, key=lambda entry: entry[0]):
        numbers = [number for _, number in entries]
        runs = [
            [number for _, number in run]
            for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
        ]
        parts.append(f"{family}{', '.join(_run(run) for run in runs)}")
    return ", ".join(parts)


def _run(numbers: list[int]) -> str:
    if len(numbers) < 3:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]} to {numbers[-1]}"
