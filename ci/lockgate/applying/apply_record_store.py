"""Where the record of an apply lies: ``lockgate/applies/<env>.json``, beside the state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lockgate.applying.apply_record import ApplyRecord, read_record
from lockgate.base.errors import EngineError, UsageError
from lockgate.repository.environments import Environment
from lockgate.targets.aws_api import ask_bucket
from lockgate.targets.target import Target

PREFIX = "lockgate/applies/"
# An apply goes on meanwhile, and what it says is waited for no longer than this.
_PATIENCE_SECONDS = 10
_ABSENT, _THERE = (404,), (409, 412)
_ADVICE = (
    "What an apply makes is written down there: look whether the bucket is there and the role may "
    "read and write."
)


@dataclass(frozen=True)
class Seen:
    """A record as it lay in the bucket."""

    record: ApplyRecord
    etag: str


@dataclass(frozen=True)
class ApplyRecordStore:
    """The record of one environment. Every method raises EngineError if the bucket fails."""

    client: Any
    bucket: str
    key: str

    def read(self) -> Seen | None:
        """The record of an apply that did not end, or is not at its end; None if there is none."""
        answer = self._ask("get_object", _ABSENT)
        if answer is None:
            return None
        try:
            record = read_record(json.loads(answer["Body"].read()))
        except ValueError:
            record = None
        if record is None:
            raise EngineError(
                f"s3://{self.bucket}/{self.key} says what an apply made that was cut off, and "
                "cannot be read. Look what stands in the account that the state does not know of; "
                "then remove that object."
            )
        return Seen(record, answer["ETag"])

    def begin(self, record: ApplyRecord) -> None:
        """Write a new record down; what was there must have been looked at, and removed."""
        if self._ask("put_object", _THERE, Body=_body(record), IfNoneMatch="*") is None:
            raise self._another()

    def write(self, record: ApplyRecord) -> None:
        """Write the record down as it stands."""
        self._ask("put_object", (), Body=_body(record))

    def remove(self, seen: Seen | None = None) -> None:
        """Remove the record of one's own, or another's as it was seen."""
        if seen is None:
            self._ask("delete_object", _ABSENT)
        elif self._ask("delete_object", (*_ABSENT, *_THERE), IfMatch=seen.etag) is None:
            raise self._another()

    def _another(self) -> EngineError:
        return EngineError(
            f"Another apply began at this moment (s3://{self.bucket}/{self.key}), and nothing "
            "was applied by this one. Run it again."
        )

    def _ask(self, operation: str, answers: tuple[int, ...], **arguments: Any) -> Any:
        """What the API answers; None for one of the HTTP statuses that are an answer too."""
        return ask_bucket(
            self.client, self.bucket, operation, answers, _ADVICE, Key=self.key, **arguments
        )


def open_record_store(target: Target, environment: Environment) -> ApplyRecordStore | None:
    """The store of an environment; None where its state is in no ``s3`` backend, or out of reach.

    Raises EngineError if the environment's HCL cannot be read.
    """
    try:
        bucket = target.state_bucket(environment)
    except UsageError:
        return None
    if not target.reaches_state(environment):
        return None
    s3 = target.client("s3", bucket.region, _PATIENCE_SECONDS)
    return ApplyRecordStore(s3, bucket.name, f"{PREFIX}{environment.name}.json")


def _body(record: ApplyRecord) -> bytes:
    return json.dumps(record.as_json(), indent=2).encode()
