"""Where promotions are written down: beside the states, so that any runner can go on.

``lockgate/promotions/<commit>.json`` is a journal, and ``latest.json`` names the last commit. Only
who holds the lease writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lockgate.base.errors import EngineError
from lockgate.promotion.promotion import Promotion, read_promotion
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket, open_bucket
from lockgate.targets.target import Target

PREFIX = "lockgate/promotions"
_ADVICE = (
    "The promotion's journal and lock are kept there: look whether the bucket is there and the "
    "role may read and write."
)


@dataclass(frozen=True)
class PromotionJournals:
    """The journals in one bucket. Every method raises EngineError if it does not answer."""

    bucket: Bucket

    def read(self, commit: str) -> Promotion | None:
        """The journal of a commit's promotion; None if there is none."""
        key = _key(commit)
        document = self._read(key)
        return None if document is None else read_promotion(document, self.bucket.place(key))

    def latest(self) -> Promotion | None:
        """The journal of the last promotion."""
        named = self._read(_key("latest"))
        return self.read(str(named.get("commit"))) if isinstance(named, dict) else None

    def write(self, promotion: Promotion) -> None:
        """Write a journal down."""
        self.bucket.write(_key(promotion.commit), promotion.as_json())

    def begin(self, promotion: Promotion) -> None:
        """Write a journal down as the last one's."""
        self.write(promotion)
        self.bucket.write(_key("latest"), {"commit": promotion.commit})

    def _read(self, key: str) -> Any:
        stored = self.bucket.read(key)
        try:
            return None if stored is None else stored.json()
        except ValueError as error:
            raise EngineError(f"{self.bucket.place(key)} is not JSON: {error}") from error


def open_promotion_bucket(target: Target, environments: Sequence[Environment]) -> Bucket:
    """Where journals and lease lie: the bucket that holds the first environment's state.

    Raises UsageError if that is not written in an ``s3`` backend, EngineError if it does not
    answer.
    """
    return open_bucket(target, target.state_bucket(environments[0]), _ADVICE)


def _key(name: str) -> str:
    return f"{PREFIX}/{name}.json"
