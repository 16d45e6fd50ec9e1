"""Who holds something, and since when, as it is written down beside a state."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime


def now() -> datetime:
    """The time, in UTC, without parts of seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def holder_name() -> str:
    """A person's name, or the run of a CI host."""
    return _ci_run() or os.environ.get("USER") or "somebody"


def holder_with_host() -> str:
    """A person and the machine, as Terraform calls them in its lock, or the run of a CI host."""
    return _ci_run() or f"{os.environ.get('USER') or 'somebody'}@{socket.gethostname()}"


def _ci_run() -> str:
    run = os.environ.get("GITHUB_RUN_ID")
    if run:
        return f"GitHub run {run} of {os.environ.get('GITHUB_REPOSITORY', '?')}"
    return os.environ.get("CI_JOB_URL", "")
