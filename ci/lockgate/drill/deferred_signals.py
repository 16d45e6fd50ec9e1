"""Holds signals to end back until a safe moment: what was changed must be put back first."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class DeferredSignals:
    """While entered, a signal to end is only noted; ``raise_if_asked`` acts on it.

    Nothing can then interrupt in the middle of an update, or of putting it back, and it does not
    matter how often somebody presses Ctrl-C. Outside the main thread, nothing is held back.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> DeferredSignals:
        if threading.current_thread() is threading.main_thread():
            for number in [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]:
                # What nohup has had ignored stays so.
                if signal.getsignal(number) != signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def raise_if_asked(self) -> None:
        """Raises KeyboardInterrupt if a signal came."""
        if self.asked:
            raise KeyboardInterrupt

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
