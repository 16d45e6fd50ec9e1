"""Works on environments side by side, and stops all of it when one of them ends the command."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from lockgate.repository.environments import Environment

Result = TypeVar("Result")


def workers() -> int:
    """How many environments are worked on at a time.

    One more than there are cores, up to four: while one is judged or waits, the others use them.
    """
    return min((os.cpu_count() or 1) + 1, 4)


def side_by_side(
    environments: Sequence[Environment],
    work: Callable[[Environment, Path], Result],
    stop: Callable[[], None],
) -> tuple[Result, ...]:
    """What ``work`` makes of each environment; its path is for the plan in JSON, and goes with it.

    An exception of one of them, or an interrupt, goes on when ``stop`` has ended the others: the
    work that is under way must not go on for minutes.
    """
    with (
        tempfile.TemporaryDirectory(prefix="lockgate-plans-") as scratch,
        ThreadPoolExecutor(max_workers=workers()) as pool,
    ):
        futures = [
            pool.submit(work, environment, Path(scratch) / f"{quote(environment.name, '')}.json")
            for environment in environments
        ]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            return tuple(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
