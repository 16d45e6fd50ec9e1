"""Whether a process lives: the running do, the ended and the killed do not."""

from __future__ import annotations

import os
import subprocess

import pytest

from lockgate.base.living_process import lives


def test_only_what_runs_lives() -> None:
    assert lives(os.getpid())
    child = subprocess.Popen(["/bin/sleep", "60"])
    assert lives(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not lives(child.pid)  # a zombie: nobody has asked yet how it ended
    child.wait()
    assert not lives(child.pid)


@pytest.mark.parametrize("pid", [2**22 + 1, 2**80])
def test_what_can_be_no_process_does_not_live(pid: int) -> None:
    assert not lives(pid)
