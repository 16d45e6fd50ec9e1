"""Who holds an environment: the pull request whose reviewed plan waits to be merged."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from lockgate.base import documents
from lockgate.base.documents import DocumentError

_AUTHOR_LENGTH = 100


@dataclass(frozen=True)
class EnvironmentLock:
    """One environment's holder, and since when (ISO 8601, UTC)."""

    environment: str
    pull_request: int
    author: str
    since: str

    def as_json(self) -> dict[str, Any]:
        """The lock as it lies in the bucket, and as ``lockgate locks --json`` shows it."""
        return asdict(self)

    def describe(self) -> str:
        """Number, author and since when, for a person."""
        return f"pull request {self.pull_request} ({self.author}), since {self.since}"


def shown_author(name: str) -> str:
    """A name that is safe to print in a job's log: one line, no control characters."""
    kept = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(kept.split())[:_AUTHOR_LENGTH] or "unknown"


def read_lock(document: object) -> EnvironmentLock | None:
    """A lock as it was written down; None for a document that is none."""
    try:
        lock = documents.convert(document, EnvironmentLock)
    except DocumentError:
        return None
    return replace(lock, author=shown_author(lock.author), since=shown_author(lock.since))
