"""Where the record of an apply lies: ``lockgate/applies/<env>.json``, beside the state."""

from __future__ import annotations

from dataclasses import dataclass

from lockgate.applying.apply_record import ApplyRecord, read_record
from lockgate.base.errors import EngineError, UsageError
from lockgate.repository.environments import Environment
from lockgate.state.bucket import Bucket, StoredObject, open_bucket
from lockgate.targets.target import Target

PREFIX = "lockgate/applies/"
# An apply goes on meanwhile, and what it says is waited for no longer than this.
_PATIENCE_SECONDS = 10
ADVICE = (
    "What an apply makes is written down there: look whether the bucket is there and the role may "
    "read and write."
)


@dataclass(frozen=True)
class Seen:
    """A record as it lay in the bucket."""

    record: ApplyRecord
    stored: StoredObject


@dataclass(frozen=True)
class ApplyRecordStore:
    """The record of one environment. Every method raises EngineError if the bucket fails."""

    bucket: Bucket
    key: str

    def read(self) -> Seen | None:
        """The record of an apply that did not end, or is not at its end; None if there is none."""
        stored = self.bucket.read(self.key)
        if stored is None:
            return None
        try:
            record = read_record(stored.json())
        except ValueError:
            record = None
        if record is None:
            raise EngineError(
                f"{self.bucket.place(self.key)} says what an apply made that was cut off, and "
                "cannot be read. Look what stands in the account that the state does not know of; "
                "then remove that object."
            )
        return Seen(record, stored)

    def begin(self, record: ApplyRecord) -> None:
        """Write a new record down; what was there must have been looked at, and removed."""
        if not self.bucket.create(self.key, record.as_json()):
            raise self._another()

    def write(self, record: ApplyRecord) -> None:
        """Write the record down as it stands."""
        self.bucket.write(self.key, record.as_json())

    def remove(self, seen: Seen | None = None) -> None:
        """Remove the record of one's own, or another's as it was seen."""
        if seen is None:
            self.bucket.remove(self.key)
        elif not self.bucket.delete(self.key, seen.stored):
            raise self._another()

    def _another(self) -> EngineError:
        return EngineError(
            f"Another apply began at this moment ({self.bucket.place(self.key)}), and nothing "
            "was applied by this one. Run it again."
        )


def open_record_store(target: Target, environment: Environment) -> ApplyRecordStore | None:
    """The store of an environment; None where its state is in no ``s3`` backend, or out of reach.

    Raises EngineError if the environment's HCL cannot be read.
    """
    try:
        place = target.state_bucket(environment)
    except UsageError:
        return None
    if not target.reaches_state(environment):
        return None
    bucket = open_bucket(target, place, ADVICE, _PATIENCE_SECONDS)
    return ApplyRecordStore(bucket, f"{PREFIX}{environment.name}.json")
