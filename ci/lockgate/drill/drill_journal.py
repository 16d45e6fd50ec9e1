"""What a drill on a real account is about to change, written down before it changes it.

One object for each environment, ``lockgate/drills/<env>.json``, in the bucket of its state: that
is where a colleague's machine, or the next runner, looks when the one that drilled is gone, which
a file on that machine would not be. S3 keeps an object whole and durable before it answers, so it
needs no fsync and no rename; and it is created once, so that of two drills one begins.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from lockgate.base import documents
from lockgate.base.documents import DocumentError
from lockgate.base.errors import EngineError
from lockgate.base.lock_holder import holder_name, now
from lockgate.state.bucket import Bucket, StoredObject

PREFIX = "lockgate/drills/"
ADVICE = (
    "A drill writes down there what it changes: look whether the bucket is there and the role may "
    "read and write."
)


@dataclass(frozen=True)
class CheckBefore:
    """A health check as it was before the drill: its version, and its whole configuration."""

    id: str
    version: int
    config: Mapping[str, Any]


@dataclass(frozen=True)
class DrillJournal:
    """One drill: who began it where, and the health checks that it inverts."""

    environment: str
    region: str
    checks: tuple[CheckBefore, ...]
    holder: str = field(default_factory=holder_name)
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    since: str = field(default_factory=lambda: now().isoformat())
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)

    def describe(self) -> str:
        """Who drills, since when."""
        return f"{self.holder} on {self.host} (process {self.pid}), since {self.since}"

    def as_json(self) -> dict[str, Any]:
        """The journal as it is written down."""
        written: dict[str, Any] = documents.builtins(_Written(1, **vars(self)))
        return written


class _Written(msgspec.Struct, frozen=True):
    """A journal as it lies in the bucket, where nothing may be left out."""

    version: Literal[1]
    environment: str
    region: str
    checks: tuple[CheckBefore, ...]
    holder: str
    host: str
    pid: int
    since: str
    nonce: str


def read_journal(stored: StoredObject, place: str) -> DrillJournal:
    """A journal from what was written down at a place. Raises EngineError if it is none."""
    try:
        written = msgspec.structs.asdict(stored.read_as(_Written))
    except DocumentError as error:
        raise EngineError(
            f"{place} is no journal of a drill that this version reads ({error}). Look at the "
            "health checks that it names with `aws route53 get-health-check`, put them right, and "
            "delete the object."
        ) from error
    del written["version"]
    return DrillJournal(**written)


@dataclass(frozen=True)
class DrillJournalStore:
    """The journals in one bucket. Every method raises EngineError if it does not answer."""

    bucket: Bucket

    def begin(self, journal: DrillJournal) -> bool:
        """Write a journal down, unless there is one already; tell whether it was written."""
        return self.bucket.create(_key(journal.environment), journal.as_json())

    def read(self, environment: str) -> DrillJournal | None:
        """The journal of an environment's unfinished drill; None if there is none."""
        key = _key(environment)
        stored = self.bucket.read(key)
        return None if stored is None else read_journal(stored, self.bucket.place(key))

    def end(self, journal: DrillJournal) -> None:
        """Remove a journal, if it is still this one."""
        key = _key(journal.environment)
        stored = self.bucket.read(key)
        if stored is None:
            return
        if read_journal(stored, self.bucket.place(key)).nonce == journal.nonce:
            self.bucket.delete(key, stored)


def _key(environment: str) -> str:
    return f"{PREFIX}{environment}.json"
