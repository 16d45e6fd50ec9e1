"""Talks to the warm checkov process: plans go in, records come out."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lockgate.base.errors import PolicyError

_WORKER = Path(__file__).with_name("checkov_worker.py")
_LAST_WORDS = 2000


class CheckovProcess:
    """checkov in its own environment, importing while the caller does something else.

    One request at a time is under way; callers in several threads wait for each other.
    """

    def __init__(self, python: Path, policies: Path, own_checks: Sequence[str] = ()) -> None:
        """Start it; of checkov's own checks it imports those that are named, or else all."""
        self._lock = threading.Lock()
        self._load_errors: list[str] | None = None
        # checkov calls home unless told not to, and prints a traceback without a network.
        settings = {"CKV_SKIP_DOWNLOAD": "true", "LOG_LEVEL": "ERROR", "PYTHONUTF8": "1"}
        # Above this size checkov reads JSON as JSON; below, as YAML for its line numbers, which
        # a plan has not and which take longer than all the checks.
        settings["CHECKOV_MAX_IAC_FILE_SIZE"] = "0"
        self._process = subprocess.Popen(
            [str(python), str(_WORKER), str(policies / "checkov"), *own_checks],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **settings},
            start_new_session=True,  # Ctrl-C is the caller's to handle
        )
        self._said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> CheckovProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def judge(self, plan: Path, checks: Sequence[str]) -> dict[str, Any]:
        """The worker's answer for one plan file.

        Raises PolicyError when checkov ended or answers what it should not: no verdict is no pass.
        """
        with self._lock:
            if self._load_errors is None:
                self._load_errors = list(self._read().get("errors", []))
            self._write({"plan": str(plan), "checks": list(checks)})
            answer = self._read()
        answer["errors"] = [*self._load_errors, *answer.get("errors", [])]
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # what was still to be written has no reader any more

    def _write(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise self._ended() from error
        if not isinstance(answer, dict):
            raise self._ended()
        return answer

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)

    def _ended(self) -> PolicyError:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        words = "".join(self._said)[-_LAST_WORDS:].strip()
        return PolicyError(
            f"checkov ended before it gave a verdict (exit code {self._process.returncode})"
            f"{f': {words}' if words else ''}\nRun `lockgate doctor`, then `lockgate setup`."
        )
