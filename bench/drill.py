"""Measures what a drill takes beside the computed recovery time: ``python -m bench.drill``.

Interval 10 and threshold 3 in real time, interval 30 and threshold 3 scaled. Every run is a process
with ports of its own, so that the runs go side by side; they mostly wait. The fault comes at
another moment in each, as the phases of checkers and of cached answers decide what it takes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from lockgate.drill.answers import RecordSet
from lockgate.drill.records import EndpointCheck, LoadBalancer, Record, Role
from lockgate.drill.rehearsal import rehearse
from lockgate.drill.servers import Mode
from lockgate.drill.zone_model import ZoneModel, zone_model


@dataclass(frozen=True)
class Setting:
    """A health check, how fast its drill runs, and how many of them side by side."""

    interval: int
    threshold: int
    time_scale: float
    side_by_side: int

    @property
    def title(self) -> str:
        """What it is called in the table."""
        pace = "in real time" if self.time_scale == 1 else f"scaled, {self.time_scale:g} times"
        return f"{self.interval}/{self.threshold}, {pace}"


@dataclass(frozen=True)
class Run:
    """One drill: what recovery took (None: never), what was computed, and what was not passed."""

    took: float | None
    computed: int
    problems: tuple[str, ...]


SETTINGS = (Setting(10, 3, 1, 10), Setting(30, 3, 10, 2))


def main() -> int:
    """Print the figures; exit code 1 if a run was more than an interval off what is computed."""
    parser = argparse.ArgumentParser(prog="python -m bench.drill")
    parser.add_argument("--runs", type=int, default=10)
    faults = [mode.value for mode in Mode if mode is not Mode.UP]
    parser.add_argument("--fault", choices=faults, default=Mode.REFUSED.value)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    loads = [os.getloadavg()[0]]
    measured = _measure(SETTINGS, arguments.runs, Mode(arguments.fault))
    loads.append(os.getloadavg()[0])
    figures = {
        "fault": arguments.fault,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, loopback",
        "load_before_and_after": [round(load, 1) for load in loads],
        "settings": [summary(setting, runs) for setting, runs in measured],
    }
    print(json.dumps(figures, indent=2) if arguments.json else _table(figures))
    return (
        0
        if all(
            setting_summary["within"] == setting_summary["runs"]
            for setting_summary in figures["settings"]
        )
        else 1
    )


def _measure(
    settings: Sequence[Setting], runs: int, fault: Mode
) -> list[tuple[Setting, list[Run]]]:
    spawn = multiprocessing.get_context("spawn")
    pools = [
        ProcessPoolExecutor(drill_setting.side_by_side, mp_context=spawn)
        for drill_setting in settings
    ]
    started = [
        (setting, [pool.submit(_run, setting, fault, run / runs) for run in range(runs)])
        for setting, pool in zip(settings, pools, strict=True)
    ]
    try:
        return [(setting, [future.result() for future in futures]) for setting, futures in started]
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def _run(setting: Setting, fault: Mode, phase: float) -> Run:
    """One drill, whose fault comes a share of an interval later than it could."""
    model = _model(setting.interval, setting.threshold)
    rehearsal = rehearse(model, fault, setting.time_scale, settle=phase * setting.interval)
    assert rehearsal.recovery_time is not None
    return Run(rehearsal.took, rehearsal.recovery_time, rehearsal.problems)


def _model(interval: int, threshold: int) -> ZoneModel:
    """A failover pair of aliases, whose primary has a health check."""
    name = "app.example.com"
    balancers = [
        LoadBalancer("east.elb.example", "us-east-1", frozenset({80})),
        LoadBalancer("west.elb.example", "us-west-2", frozenset({80})),
    ]
    pair = tuple(
        Record(name, "A", role, None, (), balancer.dns_name, True, check, role.value)
        for role, balancer, check in zip(Role, balancers, ("check", None), strict=True)
    )
    check = EndpointCheck("check", "HTTP", balancers[0].dns_name, 80, "/", interval, threshold)
    return zone_model(RecordSet(name, "A", pair), {"check": check}, balancers)


def summary(setting: Setting, runs: Sequence[Run]) -> dict[str, Any]:
    """What the runs of a setting took, in seconds, and how many were near what is computed."""
    took = [run.took for run in runs if run.took is not None]
    return {
        "setting": setting.title,
        "interval": setting.interval,
        "threshold": setting.threshold,
        "time_scale": setting.time_scale,
        "computed": runs[0].computed,
        "runs": len(runs),
        "within": sum(_is_near(run, setting.interval) for run in runs),
        "median": round(statistics.median(took), 1) if took else None,
        "min": round(min(took), 1) if took else None,
        "max": round(max(took), 1) if took else None,
        "took": [None if run.took is None else round(run.took, 1) for run in runs],
        "problems": sorted({problem for run in runs for problem in run.problems}),
    }


def _is_near(run: Run, interval: int) -> bool:
    near = run.took is not None and abs(run.took - run.computed) <= interval
    return near and not run.problems


def _table(figures: dict[str, Any]) -> str:
    before, after = figures["load_before_and_after"]
    lines = [
        f"fault: {figures['fault']}; {figures['machine']}; load {before} before, {after} after",
        f"{'interval/threshold':26} {'computed':>8} {'median':>8} {'min':>8} {'max':>8}  within an "
        "interval",
    ]
    for setting in figures["settings"]:
        seconds = [setting["computed"], setting["median"], setting["min"], setting["max"]]
        cells = " ".join(f"{'never' if s is None else f'{s} s':>8}" for s in seconds)
        lines.append(f"{setting['setting']:26} {cells}  {setting['within']} of {setting['runs']}")
        lines += [f"  NOT PASSED: {problem}" for problem in setting["problems"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
