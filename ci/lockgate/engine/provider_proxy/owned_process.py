"""Runs a program that ends when the process that started it does, however that ends.

Run as a script: ``owned_process.py PID PROGRAM [ARGUMENT]...``, PID being the owner. Standard
library only, and little of it: it starts in 20 ms.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.5


def main() -> int:
    """Become the program where the system kills it with its owner; else watch over both."""
    owner, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != owner:  # it died before the system was told
            return 1
        os.execv(command[0], command)  # noqa: S606 # no shell is what is wanted
    program = subprocess.Popen(command)
    threading.Thread(target=_kill_with, args=(owner, program), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: program.send_signal(received))
    return program.wait()


def _kill_with(owner: int, program: subprocess.Popen[bytes]) -> None:
    while os.getppid() == owner:
        time.sleep(_LOOK_SECONDS)
    program.kill()


if __name__ == "__main__":
    sys.exit(main())
