"""Who holds an environment: the pull request whose reviewed plan waits to be merged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

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
    kept = "".join(each if each.isprintable() else " " for each in name)
    return " ".join(kept.split())[:_AUTHOR_LENGTH] or "unknown"


def read_lock(document: object) -> EnvironmentLock | None:
    """A lock as it was written down; None for a document that is none."""
    if not isinstance(document, dict):
        return None
    environment, number = document.get("environment"), document.get("pull_request")
    author, since = document.get("author"), document.get("since")
    if (
        not isinstance(environment, str)
        or not isinstance(number, int)
        or isinstance(number, bool)
        or not isinstance(author, str)
        or not isinstance(since, str)
    ):
        return None
    return EnvironmentLock(environment, number, shown_author(author), shown_author(since))
