"""Slow commands: progress while they work, their last words when they fail."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.install import slow_command


def run(program: str, said: list[str], every: float = 5) -> None:
    slow_command.run(
        [sys.executable, "-c", program], doing="do it", fix="Try.", say=said.append, every=every
    )


def test_a_quick_command_says_nothing() -> None:
    said: list[str] = []
    run("print('hello')", said)
    assert said == []


def test_progress_tells_the_time_and_the_last_line() -> None:
    said: list[str] = []
    run("import time; print('Collecting boto3', flush=True); time.sleep(1.5)", said, every=0.5)
    assert said
    assert said[-1].endswith("s  Collecting boto3")


def test_a_failure_says_what_why_and_what_to_do() -> None:
    with pytest.raises(UsageError) as caught:
        run("print('no such\\n\\npackage'); raise SystemExit(7)", [])
    assert str(caught.value) == "could not do it (exit code 7):\n  no such\n  package\nTry."


def test_only_the_end_of_a_long_output_is_shown() -> None:
    with pytest.raises(UsageError) as caught:
        run("print('\\n'.join(map(str, range(5000)))); raise SystemExit(1)", [])
    assert "  4999\n" in str(caught.value)
    assert "  4900\n" not in str(caught.value)


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"could not do it: .*No such file.*nowhere"):
        slow_command.run([tmp_path / "nowhere"], doing="do it", fix="Try.", say=print)


def test_an_interruption_stops_the_command(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    program = f"import time, pathlib; time.sleep(3); pathlib.Path({str(mark)!r}).touch()"
    timer = threading.Timer(0.5, signal.pthread_kill, [threading.get_ident(), signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(program, [])
    time.sleep(3)
    assert not mark.exists()
