"""Where promotions are written down: beside the states, so that any runner can go on.

``lockgate/promotions/<commit>.json`` is a journal, ``latest.json`` names the last commit, and
``lock.json`` exists while a promotion runs. S3's conditional write (``If-None-Match: *``,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html) lets only one have
it. Its holder renews it; one that was not renewed for five minutes is taken over.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lockgate.base.errors import EngineError, PolicyError
from lockgate.base.lock_holder import holder_name, now
from lockgate.promotion.promotion import Promotion, read_promotion
from lockgate.repository.environments import Environment
from lockgate.targets.aws_api import ask_bucket
from lockgate.targets.target import Target

PREFIX = "lockgate/promotions"
LOCK = f"{PREFIX}/lock.json"
# Five renewals may be lost before a promotion is taken for dead.
STALE_SECONDS = 300
RENEWAL_SECONDS = 60
_ADVICE = (
    "The promotion's journal and lock are kept there: look whether the bucket is there and the "
    "role may read and write."
)


@dataclass(frozen=True)
class PromotionStore:
    """The journals in one bucket."""

    client: Any
    bucket: str
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)

    def read(self, commit: str) -> Promotion | None:
        """The journal of a commit's promotion; None if there is none. Raises EngineError."""
        key = f"{PREFIX}/{commit}.json"
        document = self._get(key)
        return None if document is None else read_promotion(document, f"s3://{self.bucket}/{key}")

    def latest(self) -> Promotion | None:
        """The journal of the last promotion. Raises EngineError if it cannot be read."""
        named = self._get(f"{PREFIX}/latest.json")
        return self.read(str(named.get("commit"))) if isinstance(named, dict) else None

    def write(self, promotion: Promotion) -> None:
        """Write a journal down. Raises EngineError if that fails."""
        self._put(f"{PREFIX}/{promotion.commit}.json", promotion.as_json())

    def begin(self, promotion: Promotion) -> None:
        """Write a journal down as the last one's."""
        self.write(promotion)
        self._put(f"{PREFIX}/latest.json", {"commit": promotion.commit})

    def holder(self) -> dict[str, Any] | None:
        """Who promotes at the moment, as the lock says; None if nobody does."""
        found = self._get(LOCK)
        return found if isinstance(found, dict) else None

    @contextmanager
    def locked(self, commit: str, say: Callable[[str], None]) -> Iterator[None]:
        """Be the only promotion. Raises PolicyError, naming the other, if there is one."""
        lock = {
            "commit": commit,
            "holder": holder_name(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": now().isoformat(),
            "renewed": now().isoformat(),
            "nonce": self.nonce,
        }
        if not self._create(LOCK, lock):
            self._take_over(lock, say)
        ended = threading.Event()
        renewal = threading.Thread(target=self._renew, args=(lock, ended), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            ended.set()
            renewal.join()
            if (self.holder() or {}).get("nonce") == self.nonce:
                self._ask("delete_object", Key=LOCK)

    def _take_over(self, lock: dict[str, Any], say: Callable[[str], None]) -> None:
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
        if not self._create(token, {"by": lock["holder"]}):
            raise PolicyError(f"Somebody else takes over from {named} at this moment.")
        say(f"Took over from a promotion that is dead: {named}")
        self._put(LOCK, lock)

    def _renew(self, lock: dict[str, Any], ended: threading.Event) -> None:
        while not ended.wait(RENEWAL_SECONDS):
            try:
                if (self.holder() or {}).get("nonce") != self.nonce:
                    return
                self._put(LOCK, {**lock, "renewed": now().isoformat()})
            except EngineError:
                continue  # the next renewal may get through

    def _create(self, key: str, document: Any) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._ask("put_object", Key=key, Body=json.dumps(document).encode(), IfNoneMatch="*")
        except EngineError as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and _status(cause) in (409, 412):
                return False
            raise
        return True

    def _put(self, key: str, document: Any) -> None:
        self._ask("put_object", Key=key, Body=json.dumps(document, indent=2).encode())

    def _get(self, key: str) -> Any:
        from botocore.exceptions import ClientError

        try:
            return json.loads(self._ask("get_object", Key=key)["Body"].read())
        except EngineError as error:
            if isinstance(error.__cause__, ClientError) and _status(error.__cause__) == 404:
                return None
            raise
        except ValueError as error:
            raise EngineError(f"s3://{self.bucket}/{key} is not JSON: {error}") from error

    def _ask(self, operation: str, **arguments: Any) -> Any:
        return ask_bucket(self.client, self.bucket, operation, (), _ADVICE, **arguments)


def open_store(target: Target, environments: Sequence[Environment]) -> PromotionStore:
    """The store of a target: the bucket that holds the first environment's state.

    Raises UsageError if that is not written in an ``s3`` backend, EngineError if it does not
    answer.
    """
    target.ensure_bucket()
    bucket = target.state_bucket(environments[0])
    return PromotionStore(target.client("s3", bucket.region), bucket.name)


def is_stale(lock: dict[str, Any]) -> bool:
    """Whether a lock's holder is dead: killed on this machine, or silent for too long."""
    here = lock.get("host") == socket.gethostname() and Path("/proc/self").exists()
    if here and not Path(f"/proc/{lock.get('pid')}").exists():
        return True
    try:
        renewed = datetime.fromisoformat(str(lock.get("renewed")))
        return (now() - renewed).total_seconds() > STALE_SECONDS
    except (TypeError, ValueError):
        return False


def describe(lock: dict[str, Any]) -> str:
    """Who promotes what, since when."""
    return (
        f"{lock.get('holder', 'somebody')} on {lock.get('host', 'a machine')} (process "
        f"{lock.get('pid', '?')}), commit {str(lock.get('commit', '?'))[:12]}, since "
        f"{lock.get('since', '?')}"
    )


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
