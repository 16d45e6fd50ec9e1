"""The objects that Lockgate keeps in a bucket, which everybody who works on a state can see.

S3's conditional writes let one of many win: an object is created with ``If-None-Match: *``, and
replaced or deleted with ``If-Match``, so that nobody writes over what they have not seen
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from lockgate.base import documents
from lockgate.base.errors import EngineError
from lockgate.targets.state_backend import StateBucket
from lockgate.targets.target import Target

T = TypeVar("T")
_ABSENT = 404
# 409: somebody else's conditional write was at it at the same moment.
_OTHERWISE = (409, 412)


@dataclass(frozen=True)
class StoredObject:
    """An object as it was seen."""

    body: bytes
    etag: str

    def json(self) -> Any:
        """What it holds. Raises DocumentError if that is no JSON."""
        return documents.parse(self.body)

    def read_as(self, kind: type[T]) -> T:
        """What it holds, by its definition. Raises DocumentError if it is not of this form."""
        return documents.read(self.body, kind)


@dataclass(frozen=True)
class Bucket:
    """One bucket, asked by an S3 client.

    Every method raises EngineError, ending with ``advice``, if the bucket does not answer. One
    that is not there is no answer: it does not mean that there is no object.
    """

    client: Any
    name: str
    advice: str

    def read(self, key: str) -> StoredObject | None:
        """An object; None if there is none."""
        answer = self._ask("get_object", (_ABSENT,), Key=key)
        return None if answer is None else StoredObject(answer["Body"].read(), answer["ETag"])

    def create(self, key: str, document: Any) -> bool:
        """Write an object, as JSON, unless there is one; tell whether it was written."""
        return self._put(key, document, _OTHERWISE, IfNoneMatch="*")

    def replace(self, key: str, document: Any, seen: StoredObject) -> bool:
        """Write an object, as JSON, over the one that was seen; False if it is another by now."""
        return self._put(key, document, (_ABSENT, *_OTHERWISE), IfMatch=seen.etag)

    def write(self, key: str, document: Any) -> None:
        """Write an object, as JSON, whatever is there: only for what nobody else writes."""
        self._put(key, document, ())

    def delete(self, key: str, seen: StoredObject) -> bool:
        """Delete the object that was seen; False if it is another by now, or gone."""
        answers = (_ABSENT, *_OTHERWISE)
        return self._ask("delete_object", answers, Key=key, IfMatch=seen.etag) is not None

    def remove(self, key: str) -> None:
        """Delete an object, whatever it is: only for what nobody else writes."""
        self._ask("delete_object", (_ABSENT,), Key=key)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin so."""
        keys: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", (), Prefix=prefix, **token)
            keys += [entry["Key"] for entry in page.get("Contents", [])]
            if not page.get("IsTruncated"):
                return keys
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def place(self, key: str) -> str:
        """An object's address, for a person."""
        return f"s3://{self.name}/{key}"

    def _put(self, key: str, document: Any, answers: tuple[int, ...], **condition: str) -> bool:
        body = json.dumps(document, indent=2).encode()
        return self._ask("put_object", answers, Key=key, Body=body, **condition) is not None

    def _ask(self, operation: str, answers: tuple[int, ...], **arguments: Any) -> Any:
        """What S3 answers; None for one of the HTTP statuses that are an answer too."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, operation)(Bucket=self.name, **arguments)
        except (BotoCoreError, ClientError) as error:
            response = error.response if isinstance(error, ClientError) else {}
            missing = response.get("Error", {}).get("Code") == "NoSuchBucket"
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status in answers and not missing:
                return None
            place = self.place(arguments.get("Key", arguments.get("Prefix", "")))
            raise EngineError(f"{place}: {error}. {self.advice}") from error


def open_bucket(
    target: Target, place: StateBucket, advice: str, patience: int | None = None
) -> Bucket:
    """A bucket that holds states; with ``patience``, it is waited for that long (seconds), once.

    Raises EngineError if an embedded AWS makes none.
    """
    target.ensure_bucket()
    return Bucket(target.client("s3", place.region, patience), place.name, advice)
