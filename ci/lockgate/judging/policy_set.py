"""One hash for all that judges: another policy set may judge the same plan otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lockgate.base.errors import PolicyError


def policy_set_hash(policies: Path) -> str:
    """The sha256 of every file under a policies directory, names and contents.

    Raises PolicyError if there is none: no policies is not a policy set.
    """
    total = hashlib.sha256()
    files = sorted(
        path for path in policies.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    if not files:
        raise PolicyError(f"{policies} holds no policies. Install Lockgate again.")
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(policies).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
