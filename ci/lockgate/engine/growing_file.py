"""Reads a file that another process is writing, line by line, as far as it has come."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable

_AT_ONCE = 65536


class GrowingFile:
    """What stands in a file so far; ``on_line`` gets every line once it is whole."""

    def __init__(self, descriptor: int, on_line: Callable[[str], None] | None = None) -> None:
        self._descriptor = descriptor
        self._on_line = on_line
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._position = 0
        self._told = 0
        self.text = ""

    def read_on(self) -> None:
        """Read what was written since the last time."""
        # pread: the writer's position is shared with this descriptor.
        while chunk := os.pread(self._descriptor, _AT_ONCE, self._position):
            self._position += len(chunk)
            self.text += self._decoder.decode(chunk)
        while (end := self.text.find("\n", self._told)) >= 0:
            line, self._told = self.text[self._told : end], end + 1
            if self._on_line:
                self._on_line(line)
