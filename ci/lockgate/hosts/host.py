"""What Lockgate asks of a host: the comments on a pull request, its limit, and its addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Comment:
    """A comment on the pull request; ``own`` tells that the account of the token wrote it."""

    number: int
    body: str
    own: bool


@dataclass(frozen=True)
class Places:
    """Where the host shows the judged files and the run's artifacts; "" for nowhere."""

    source_url: str = ""
    report_url: str = ""


NOWHERE = Places()


class Host(Protocol):
    """One pull request on one host. Every method raises EngineError if the host refuses."""

    @property
    def limit(self) -> int:
        """The largest comment, in characters."""

    @property
    def places(self) -> Places:
        """Where links lead."""

    def comments(self) -> Iterator[Comment]:
        """The comments, the oldest first, fetched as they are asked for."""

    def create(self, body: str) -> None:
        """Add a comment."""

    def update(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
