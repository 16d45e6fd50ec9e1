"""Keeps what a command prints from being read as commands by GitHub's runner."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence

# It prints workflow commands of its own, and escapes what it puts into them.
_SPEAKS_TO_THE_HOST = "comment"


def stop(variables: Mapping[str, str], arguments: Sequence[str]) -> None:
    """In a workflow's step, tell the runner that no line from here on is a command.

    File names, plans and Terraform's messages hold text of the change: a line of it that begins
    with ``::`` could set an output or hide words of the log. The word that would end this is
    random and told to nobody, since the runner reads the two streams in no certain order; it is
    over with the step.
    """
    if variables.get("GITHUB_ACTIONS") == "true" and arguments[:1] != [_SPEAKS_TO_THE_HOST]:
        sys.stderr.write(f"::stop-commands::{secrets.token_hex(16)}\n")
        sys.stderr.flush()
