"""Terraform for many plans: one warm process, or the user's executable time after time."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Completed, Engine
from lockgate.engine.provider_proxy.provider_process import start_owned


class TerraformProcess(Protocol):
    """Runs Terraform's commands, one at a time, always with the same environment."""

    def run(self, arguments: Sequence[str], directory: Path, out: Path) -> Completed:
        """Run one command; its output goes to the file ``out``, beside which its errors lie.

        Raises EngineError if it does not come to an end of its own.
        """
        ...

    def restart(self) -> None:
        """Have it forget what it knows of providers; it is not at a command."""
        ...

    def close(self) -> None:
        """End it, whatever it is at."""
        ...


def start(engine: Engine, environment: Mapping[str, str]) -> TerraformProcess:
    """The engine, ready to run commands in this environment."""
    if engine.embedded:
        return _WarmTerraform(engine, environment)
    return _Executable(engine, environment)


class _WarmTerraform:
    """The embedded Terraform in one process of its own, started anew if it is lost."""

    def __init__(self, engine: Engine, environment: Mapping[str, str]):
        self._environment = engine.environment(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def run(self, arguments: Sequence[str], directory: Path, out: Path) -> Completed:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        errors = _errors_beside(out)
        asked = {
            "arguments": [f"-chdir={directory}", *arguments],
            "stdout": str(out),
            "stderr": str(errors),
        }
        try:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):
            answer = b""
        if not answer.strip().isdigit():
            self._end()
            said = _text(errors).strip() or "It said nothing."
            raise EngineError(f"Terraform ended in the middle of `{arguments[0]}`: {said}")
        return Completed(int(answer), "", _text(errors))

    def restart(self) -> None:
        self._end()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise EngineError("The command ends.")
            if self._process is None:
                self._process = start_owned(
                    [*paths.PYTHON, "-m", "lockgate.engine.terraform_worker"],
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was in its buffer is nobody's any more
                        stream.close()


class _Executable:
    """A terraform or tofu of the user's, started for each command."""

    def __init__(self, engine: Engine, environment: Mapping[str, str]):
        self._command = list(engine.executable)
        self._environment = engine.environment(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def run(self, arguments: Sequence[str], directory: Path, out: Path) -> Completed:
        errors = _errors_beside(out)
        with out.open("wb") as output, errors.open("wb") as wrong:
            with self._lock:
                if self._closed:
                    raise EngineError("The command ends.")
                self._process = start_owned(
                    [*self._command, *arguments],
                    cwd=directory,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=wrong,
                )
            exit_code = self._process.wait()
        return Completed(exit_code, "", _text(errors))

    def restart(self) -> None:
        """Every command is a process of its own."""

    def close(self) -> None:
        with self._lock:
            self._closed = True
            process = self._process
        if process is not None:
            process.kill()
            process.wait()


def _errors_beside(out: Path) -> Path:
    return out.with_name(f"{out.name}.errors")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
