"""Who promotes: one at a time has the lease, ``lockgate/promotions/lock.json``.

Its holder renews it. One that was not renewed for five minutes, or whose process is gone, is taken
over by one other.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lockgate.base.errors import EngineError, PolicyError
from lockgate.base.living_process import lives
from lockgate.base.lock_holder import holder_name, now
from lockgate.promotion.promotion_journal import PREFIX
from lockgate.state.bucket import Bucket, StoredObject

KEY = f"{PREFIX}/lock.json"
# Five renewals may be lost before a promotion is taken for dead.
STALE_SECONDS = 300
RENEWAL_SECONDS = 60


@dataclass(frozen=True)
class PromotionLease:
    """The lease in one bucket. Every method raises EngineError if that does not answer."""

    bucket: Bucket
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)

    def holder(self) -> dict[str, Any] | None:
        """Who promotes at the moment, as the lease says; None if nobody does."""
        stored = self.bucket.read(KEY)
        return None if stored is None else self._document(stored)

    @contextmanager
    def held(self, commit: str, say: Callable[[str], None]) -> Iterator[None]:
        """Be the only promotion. Raises PolicyError, naming the other, if there is one."""
        lease = {
            "commit": commit,
            "holder": holder_name(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": now().isoformat(),
            "renewed": now().isoformat(),
            "nonce": self.nonce,
        }
        if not self.bucket.create(KEY, lease):
            self._take_over(lease, say)
        ended = threading.Event()
        renewal = threading.Thread(target=self._renew, args=(lease, ended), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            ended.set()
            renewal.join()
            if own := self._own():
                self.bucket.delete(KEY, own)

    def _take_over(self, lease: dict[str, Any], say: Callable[[str], None]) -> None:
        other = self.holder() or {}
        named = describe(other)
        if not is_stale(other):
            raise PolicyError(
                f"A promotion is under way: {named}. Wait for it, or look with "
                "`lockgate promote --status`. If it was killed, it can be taken over "
                f"{STALE_SECONDS // 60} minutes after its last sign of life."
            )
        # Of several who see the same dead holder, one may write.
        token = f"{PREFIX}/taken-over/{other.get('nonce', 'unknown')}"
        if not self.bucket.create(token, {"by": lease["holder"]}):
            raise PolicyError(f"Somebody else takes over from {named} at this moment.")
        say(f"Took over from a promotion that is dead: {named}")
        self.bucket.write(KEY, lease)

    def _renew(self, lease: dict[str, Any], ended: threading.Event) -> None:
        while not ended.wait(RENEWAL_SECONDS):
            try:
                own = self._own()
                if own is None:
                    return
                self.bucket.replace(KEY, {**lease, "renewed": now().isoformat()}, own)
            except EngineError:
                continue  # the next renewal may get through

    def _own(self) -> StoredObject | None:
        """The lease as it lies there, if it is this one's."""
        stored = self.bucket.read(KEY)
        own = stored is not None and (self._document(stored) or {}).get("nonce") == self.nonce
        return stored if own else None

    def _document(self, stored: StoredObject) -> dict[str, Any] | None:
        try:
            document = stored.json()
        except ValueError as error:
            raise EngineError(f"{self.bucket.place(KEY)} is not JSON: {error}") from error
        return document if isinstance(document, dict) else None


def is_stale(lease: Mapping[str, Any]) -> bool:
    """Whether a lease's holder is dead: killed on this machine, or silent for too long."""
    pid = lease.get("pid")
    if lease.get("host") == socket.gethostname() and isinstance(pid, int) and not lives(pid):
        return True
    try:
        renewed = datetime.fromisoformat(str(lease.get("renewed")))
        return (now() - renewed).total_seconds() > STALE_SECONDS
    except (TypeError, ValueError):
        return False


def describe(lease: Mapping[str, Any]) -> str:
    """Who promotes what, since when."""
    return (
        f"{lease.get('holder', 'somebody')} on {lease.get('host', 'a machine')} (process "
        f"{lease.get('pid', '?')}), commit {str(lease.get('commit', '?'))[:12]}, since "
        f"{lease.get('since', '?')}"
    )
