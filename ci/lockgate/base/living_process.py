"""Whether a process of this machine lives."""

from __future__ import annotations

import os
from pathlib import Path


def lives(pid: int) -> bool:
    """Tell whether a process runs; what cannot be told of it counts as running."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    try:
        # A child that was killed stays as a zombie until its parent, perhaps us, looks at it.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return True
