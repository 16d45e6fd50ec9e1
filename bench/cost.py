"""What a command costs as a whole: time, CPU, and the memory of all its processes at their peak."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Reading the memory of large processes is work too.
_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds, seconds of CPU, and bytes of memory at its peak.

    On a machine that does other work too, the CPU compares better than the time.
    """

    seconds: float
    cpu: float
    memory: int


def of_command(
    command: Sequence[str],
    directory: Path,
    variables: Mapping[str, str] | None = None,
    accepted: Sequence[int] = (0,),
) -> Cost:
    """Run a command to its end. Raises RuntimeError for an exit code that is not accepted."""

    def run() -> None:
        finished = subprocess.run(
            command,
            cwd=directory,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if finished.returncode not in accepted:
            last = finished.stderr[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {finished.returncode}: {last}")

    return of_work(run)


def of_work(work: Callable[[], object]) -> Cost:
    """Do some work that starts processes, and look at their memory while it lasts."""
    done = threading.Event()
    peak = 0

    def look() -> None:
        nonlocal peak
        while not done.wait(_EVERY_SECONDS):
            peak = max(peak, sum(_memory(child) for child in _children(os.getpid())))

    watcher = threading.Thread(target=look)
    watcher.start()
    started, used = time.perf_counter(), _cpu()
    try:
        work()
        seconds, cpu = time.perf_counter() - started, _cpu() - used
    finally:
        done.set()
        watcher.join()
    return Cost(seconds, cpu, peak)


def median(costs: Sequence[Cost]) -> Cost:
    """The medians of time and CPU, and the most memory."""
    seconds = statistics.median(cost.seconds for cost in costs)
    cpu = statistics.median(cost.cpu for cost in costs)
    return Cost(seconds, cpu, max(cost.memory for cost in costs))


def _cpu() -> float:
    """What this process and all that it has started and that ended have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _memory(pid: int) -> int:
    """The memory of a process and its children: what several share is counted once (PSS)."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return 0  # it has ended meanwhile, or this system does not tell
    return total + sum(_memory(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return children
