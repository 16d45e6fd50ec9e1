"""What a provider answered before: kept from one command to the next, below LOCKGATE_HOME.

A provider that asks nobody plans and validates by its program, its configuration and the question
alone. Most questions of a check are those of the last one, so most checks start no provider.

An answer is sealed by its question: nobody can read it in the file who does not know what was
asked, secrets included. Whatever is wrong with the file, it is as if nothing was kept.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from lockgate.base import paths
from lockgate.install.provider_binary import ProviderBinary

_FORMAT = 1
_ROW_BYTES = 16
_DAYS_KEPT = 30
_DAYS_BETWEEN_NOTES = 7
_LARGEST_FILE = 1 << 28
_PATIENCE_SECONDS = 2.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS answers (id BLOB PRIMARY KEY, day INTEGER, sealed BLOB) "
    "WITHOUT ROWID"
)


class KeptAnswers:
    """The answers of one provider's program; what is new is written by ``close``."""

    def __init__(self, file: Path, program: bytes, today: date | None = None):
        """Open the file; ``program`` tells one program of a provider from all others."""
        self._file = file
        self._program = program
        self._today = (today or date.today()).toordinal()
        self._lock = threading.Lock()
        self._known: dict[bytes, bytes] = {}
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._connection: sqlite3.Connection | None = None
        with self._harmless():
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
            self._connection = sqlite3.connect(
                file, timeout=_PATIENCE_SECONDS, check_same_thread=False
            )
            self._connection.execute(_TABLE)

    @classmethod
    def at_home(cls, binary: ProviderBinary) -> KeptAnswers:
        """Those that all commands share. A program is told by its place, size and time."""
        path = binary.path.resolve()
        try:
            status = path.stat()
            facts = (_FORMAT, binary, path, status.st_size, status.st_mtime_ns, status.st_ino)
        except OSError:
            facts = (_FORMAT, binary, path, 0, 0, 0)  # that it cannot be run is said later
        return cls(paths.home() / f"answers-{_FORMAT}.sqlite", repr(facts).encode())

    def find(self, *question: bytes) -> bytes | None:
        """What was answered to this question before."""
        row, seal = self._row(question)
        with self._lock:
            if row in self._known:
                return self._known[row]
            sealed = self._read(row)
            if sealed is None:
                return None
            try:
                self._known[row] = zlib.decompress(_sealed(sealed, seal))
            except zlib.error:
                return None
            return self._known[row]

    def keep(self, answer: bytes, *question: bytes) -> None:
        """Keep an answer for this command and later ones."""
        row, seal = self._row(question)
        with self._lock:
            self._known[row] = answer
            self._new[row] = _sealed(zlib.compress(answer, 1), seal)

    def close(self) -> None:
        """Write what is new, and forget what was not asked for a month."""
        with self._lock, self._harmless():
            connection, self._connection = self._connection, None
            if connection is None:
                return
            try:
                if self._new or self._used:
                    self._write(connection)
            finally:
                connection.close()

    def _write(self, connection: sqlite3.Connection) -> None:
        with connection:
            if self._file.stat().st_size > _LARGEST_FILE:
                connection.execute("DELETE FROM answers")
            connection.execute("DELETE FROM answers WHERE day < ?", (self._today - _DAYS_KEPT,))
            connection.executemany(
                "UPDATE answers SET day = ? WHERE id = ?",
                ((self._today, row) for row in self._used),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                ((row, self._today, sealed) for row, sealed in self._new.items()),
            )
            self._new, self._used = {}, set()

    def _read(self, row: bytes) -> bytes | None:
        with self._harmless():
            if self._connection is not None:
                query = "SELECT day, sealed FROM answers WHERE id = ?"
                sealed = self._connection.execute(query, (row,)).fetchone()
                if sealed is not None:
                    if sealed[0] < self._today - _DAYS_BETWEEN_NOTES:
                        self._used.add(row)
                    return bytes(sealed[1])
        return None

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        """Go on without the file if it is full, broken or in use: the next command begins anew."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            self._connection = None
            if not isinstance(error, sqlite3.OperationalError):  # what it holds is no database
                with suppress(OSError):
                    self._file.unlink()
        except (OSError, TypeError, ValueError):
            self._connection = None

    def _row(self, question: tuple[bytes, ...]) -> tuple[bytes, bytes]:
        """Under which ID a question's answer is kept, and by what it is sealed."""
        digest = hashlib.sha512()
        for part in (self._program, *question):
            digest.update(len(part).to_bytes(8))
            digest.update(part)
        whole = digest.digest()
        return whole[:_ROW_BYTES], whole[_ROW_BYTES:]


def _sealed(data: bytes, seal: bytes) -> bytes:
    """Data in a stream that only who has the seal can tell; sealed twice, it is as before."""
    stream = hashlib.shake_256(seal).digest(len(data))
    number = int.from_bytes(data) ^ int.from_bytes(stream)
    return number.to_bytes(len(data))
