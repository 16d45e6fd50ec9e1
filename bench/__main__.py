"""Measures ``lockgate check`` beside bare Terraform, and judging beside checkov, by turns.

``make bench`` takes under five minutes and prints each figure as soon as it has it; ``make
bench-full`` measures more often, and what takes longer. Medians of whole processes are compared in
one run, as the speed of a machine drifts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import checking, cost, judging
from bench.cost import Cost

THREE, TEN = 0.5, 0.4
"""The most that a check of three and of ten environments may take, in times of bare Terraform."""
MEMORY = 1.5e9
"""The most memory that a check may take, in bytes."""


def main() -> int:
    """Print the figures; exit code 1 if one misses its goal."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--full", action="store_true", help="more runs, and the long ones")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON at the end")
    arguments = parser.parse_args()
    started = time.monotonic()
    figures = []
    for figure in _figures(full=arguments.full):
        figures.append(figure)
        print(_line(figure), file=sys.stderr if arguments.json else sys.stdout, flush=True)
    if arguments.json:
        print(json.dumps(figures, indent=2))
    print(f"{len(figures)} figures in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return 0 if all(figure["kept"] for figure in figures) else 1


def _figures(*, full: bool) -> Iterator[dict[str, Any]]:
    runs = 7 if full else 2
    more = 3 if full else 1
    with checking.newest_installed() as newest:
        if newest is None:
            _say("no other provider is installed below /opt, /usr/local or /usr/share")
        for provider in filter(None, (checking.bundled(), newest)):
            for what, count, times, limit in (
                ("three environments", None, runs, THREE),
                ("ten environments", 10, more, TEN),
            ):
                yield from _checks(what, provider, count, times, limit)
    yield from judging.measure(runs, full=full, say=_say)


def _checks(
    what: str, provider: checking.Provider, count: int | None, runs: int, limit: float
) -> Iterator[dict[str, Any]]:
    """The first check, for which the provider is asked everything, and those that follow."""
    title = f"check {what}, provider {provider.version}"
    bare: list[Cost] = []
    again: list[Cost] = []
    with checking.subject(provider, count) as subject:
        _say(f"{title}: bare Terraform, and the first check")
        bare.append(subject.bare())
        checking.forget_answers()
        yield _beside_bare(f"{title}, the first time", bare, [subject.checked()], limit)
        for number in range(runs):
            _say(f"{title}, again: run {number + 1} of {runs}")
            if number > 0:
                bare.append(subject.bare())
            again.append(subject.checked())
    yield _beside_bare(f"{title}, again", bare, again, limit)


def _beside_bare(title: str, bare: list[Cost], ours: list[Cost], limit: float) -> dict[str, Any]:
    their, our = cost.median(bare), cost.median(ours)
    ratio = our.seconds / their.seconds
    return {
        "what": title,
        "beside": "bare init + plan + show -json",
        "runs": len(ours),
        "theirs": vars(their).copy(),
        "ours": vars(our).copy(),
        "ratio": round(ratio, 3),
        "goal": f"at most {limit}, {MEMORY / 1e9} GB",
        "kept": ratio <= limit and our.memory <= MEMORY,
    }


def _line(figure: dict[str, Any]) -> str:
    lines = [f"{figure['what']} ({figure['runs']} run(s))"]
    for name, costs in ((figure["beside"], figure["theirs"]), ("lockgate", figure["ours"])):
        if costs:
            lines.append(
                f"  {name:<32} {costs['seconds']:7.2f} s {costs['cpu']:7.2f} s of CPU "
                f"{costs['memory'] / 1e6:6.0f} MB"
            )
    if figure["ratio"] is not None:
        missed = "" if figure["kept"] else "  MISSED"
        of_cpu = figure["ours"]["cpu"] / figure["theirs"]["cpu"]
        words = f"of CPU {of_cpu:4.2f}, goal: {figure['goal']}"
        lines.append(f"  {'ratio':<32} {figure['ratio']:7.2f}   ({words}){missed}")
    return "\n".join(lines)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
