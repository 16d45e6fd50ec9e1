"""The Terraform engine: one executable, the embedded one or the user's, and how it is called."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from lockgate.base import paths
from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.growing_file import GrowingFile

OnLine = Callable[[str], None]

# What a user's shell sets for a Terraform of their own would change what this one does.
_NOT_INHERITED = (
    *("TF_DATA_DIR", "TF_WORKSPACE", "TF_CLI_ARGS", "TF_REATTACH_PROVIDERS"),
    # What only Lockgate and the CI host need; a provider is somebody else's program.
    *("LOCKGATE_SEAL_KEY", "LOCKGATE_TOKEN", "LOCKGATE_ID_TOKEN"),
    *("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN"),
)
_NO_WORKSPACE = re.compile(r"selected\s+workspace\s+\"[^\"]*\"\s+does\s+not\s+exist")
_GRACE_SECONDS = 120
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Completed:
    """How a command ended, and what it said."""

    exit_code: int
    output: str
    errors: str


class _Running:
    """The processes under way, so that an interrupt can stop them gracefully."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self.stopping = False

    def add(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._processes.add(process)
            if self.stopping:
                process.send_signal(signal.SIGINT)

    def remove(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._processes.discard(process)

    def stop(self) -> None:
        with self._lock:
            self.stopping = True
            for process in self._processes:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)


@dataclass(frozen=True)
class Engine:
    """Terraform or OpenTofu, as the command that runs it."""

    executable: tuple[str, ...]
    embedded: bool

    @classmethod
    def find(cls, flag: str | None = None) -> Engine:
        """The engine a flag names, or else LOCKGATE_TERRAFORM, or else the embedded one.

        Raises UsageError if the one that is named cannot be run.
        """
        named = flag or os.environ.get("LOCKGATE_TERRAFORM")
        if not named:
            return cls((*paths.PYTHON, "-m", "lockgate.engine.terraform_cli"), embedded=True)
        path = shutil.which(named)
        if path is None:
            source = "--terraform" if flag else "LOCKGATE_TERRAFORM"
            raise UsageError(
                f"{source} names '{named}', which is no executable file. Give the path of a "
                "terraform or tofu, or leave it out to use the embedded engine."
            )
        return cls((str(Path(path).absolute()),), embedded=False)

    @property
    def is_opentofu(self) -> bool:
        """Tell whether it is OpenTofu, which has a registry of its own."""
        return not self.embedded and _is_opentofu(self)

    def version(self) -> str:
        """The engine's name and version. Raises EngineError if it does not tell."""
        completed = self.run(["version"], Path.cwd(), {})
        first = completed.output.splitlines()[0] if completed.output else ""
        if completed.exit_code != 0 or not first:
            raise EngineError(f"{' '.join(self.executable)} does not tell its version")
        return first

    def run(
        self,
        arguments: Sequence[str],
        directory: Path,
        environment: Mapping[str, str],
        on_line: OnLine | None = None,
        given: str | None = None,
        out: Path | None = None,
    ) -> Completed:
        """Run one command to its end; ``on_line`` gets its output line by line.

        ``given`` is its standard input; by default it has none. With ``out``, its output goes to
        that file, as it comes.

        On Ctrl-C or SIGTERM the engine is asked to stop and waited for, so that it saves the
        state and releases its lock; then KeyboardInterrupt goes on. Raises EngineError if the
        command cannot be started.
        """
        stdin = subprocess.DEVNULL if given is None else subprocess.PIPE
        with (
            out.open("wb") if out else nullcontext(subprocess.PIPE) as output,
            self._started(
                arguments, directory, environment, stdin, output, subprocess.PIPE
            ) as process,
            process,
        ):
            if process.stdin is not None:
                process.stdin.write(given or "")
                process.stdin.close()
            return self._attend(process, on_line)

    @contextmanager
    def _started(
        self,
        arguments: Sequence[str],
        directory: Path,
        environment: Mapping[str, str],
        stdin: int,
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
    ) -> Iterator[subprocess.Popen[str]]:
        """The engine at one command, which ``stop_all`` reaches. Raises EngineError."""
        try:
            process = subprocess.Popen(
                [*self.executable, *arguments],
                cwd=directory,
                env=self.environment(environment),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C reaches it through `stop`, and only once
            )
        except OSError as error:
            raise EngineError(f"{self.executable[0]} cannot be run: {error}") from error
        _running.add(process)
        try:
            yield process
        finally:
            _running.remove(process)

    def _attend(self, process: subprocess.Popen[str], on_line: OnLine | None) -> Completed:
        assert process.stderr is not None
        output = process.stdout or ()
        errors: list[str] = []
        listener = threading.Thread(target=errors.extend, args=(process.stderr,), daemon=True)
        listener.start()
        lines: list[str] = []
        try:
            for line in output:
                lines.append(line)
                if on_line:
                    on_line(line.rstrip("\n"))
            exit_code = process.wait()
        except KeyboardInterrupt:
            _be_patient()
            process.send_signal(signal.SIGINT)
            for line in output:  # what it says while it stops
                if on_line:
                    on_line(line.rstrip("\n"))
            process.wait(_GRACE_SECONDS)
            raise
        listener.join()
        return Completed(exit_code, "".join(lines), "".join(errors))

    def _run_on(
        self,
        arguments: Sequence[str],
        directory: Path,
        environment: Mapping[str, str],
        on_line: OnLine | None,
    ) -> Completed:
        """Run a command that goes on to its end even if this process is killed.

        Otherwise as ``run``. Terraform dies of a pipe that nobody reads (SIGPIPE), and would leave
        its state unsaved and locked; so it writes to files, which are read as they grow.
        """
        with (
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
            self._started(
                arguments, directory, environment, subprocess.DEVNULL, output, errors
            ) as process,
        ):
            said = GrowingFile(output.fileno(), on_line)
            try:
                while process.poll() is None:
                    said.read_on()
                    time.sleep(_LOOK_SECONDS)
            except KeyboardInterrupt:
                _be_patient()
                process.send_signal(signal.SIGINT)
                deadline = time.monotonic() + _GRACE_SECONDS
                while process.poll() is None and time.monotonic() < deadline:
                    said.read_on()
                    time.sleep(_LOOK_SECONDS)
                said.read_on()
                raise
            said.read_on()
            wrong = GrowingFile(errors.fileno())
            wrong.read_on()
            return Completed(process.returncode, said.text, wrong.text)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What the engine runs with: what is inherited, ``extra``, and what it always gets."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in _NOT_INHERITED and not name.startswith("TF_CLI_ARGS_")
        }
        own = {
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
        }
        if self.embedded:
            inherited["PYTHONPATH"] = paths.import_path()
        return {**inherited, **extra, **own}

    # -- commands -------------------------------------------------------------------------

    def init(self, directory: Path, environment: Mapping[str, str]) -> None:
        """``terraform init``. Raises EngineError with Terraform's own message.

        A workspace that is not there yet is made by the first plan, but stops ``init``.
        """
        arguments = ["init", "-input=false", "-no-color"]
        said = self.run(arguments, directory, environment)
        if said.exit_code != 0 and _NO_WORKSPACE.search(said.output + said.errors):
            rest = {name: text for name, text in environment.items() if name != "TF_WORKSPACE"}
            said = self.run(arguments, directory, rest)
        if said.exit_code != 0:
            raise EngineError(message_of("terraform init", said))

    def plan(
        self,
        directory: Path,
        environment: Mapping[str, str],
        out: Path,
        on_line: OnLine | None = None,
        extra: Sequence[str] = (),
    ) -> bool:
        """``terraform plan`` into a file; tells whether it changes anything.

        Raises EngineError with Terraform's own message.
        """
        arguments = ["plan", "-input=false", "-no-color", "-detailed-exitcode", f"-out={out}"]
        completed = self.run([*arguments, *extra], directory, environment, on_line)
        if completed.exit_code not in (0, 2):
            raise EngineError(message_of("terraform plan", completed))
        return completed.exit_code == 2

    def show_json(
        self, directory: Path, environment: Mapping[str, str], plan: Path, out: Path
    ) -> None:
        """``terraform show -json`` of a plan file into ``out``, as it comes."""
        arguments = ["show", "-json", "-no-color", str(plan)]
        completed = self.run(arguments, directory, environment, out=out)
        if completed.exit_code != 0:
            raise EngineError(message_of("terraform show", completed))

    def plan_json(
        self, directory: Path, environment: Mapping[str, str], plan: Path, out: Path
    ) -> bool:
        """``init``, ``plan`` and ``show -json``; tells whether the plan changes anything.

        The embedded engine does it in one process, where no workspace may have to be made. Raises
        EngineError with Terraform's own message.
        """
        if not self.embedded or environment.get("TF_WORKSPACE"):
            self.init(directory, environment)
            changes = self.plan(directory, environment, plan)
            self.show_json(directory, environment, plan, out)
            return changes
        commands = {
            "init": ["init", "-input=false"],
            "plan": ["plan", "-input=false", "-detailed-exitcode", f"-out={plan}"],
            "show": ["show", "-json", str(plan)],
        }
        said = {name: plan.with_suffix(f".{name}") for name in commands}
        steps = [
            {
                "arguments": [*arguments, "-no-color"],
                "stdout": str(out if name == "show" else said[name]),
                "stderr": f"{said[name]}.errors",
                "accepted": [0, 2] if name == "plan" else [0],
            }
            for name, arguments in commands.items()
        ]
        sequence = Engine(
            (*paths.PYTHON, "-m", "lockgate.engine.terraform_sequence"), embedded=True
        )
        completed = sequence.run([], directory, environment, given=json.dumps(steps))
        if completed.exit_code != 0:
            raise EngineError(message_of("terraform", completed))
        exit_codes: list[int] = json.loads(completed.output)
        name = list(commands)[len(exit_codes) - 1]
        if name != "show" or exit_codes[-1] != 0:
            output = "" if name == "show" else _text(said[name])
            ended = Completed(exit_codes[-1], output, _text(Path(f"{said[name]}.errors")))
            raise EngineError(message_of(f"terraform {name}", ended))
        return exit_codes[1] == 2

    def apply(
        self,
        directory: Path,
        environment: Mapping[str, str],
        plan: Path,
        on_line: OnLine | None = None,
    ) -> None:
        """``terraform apply`` of a plan file. Raises EngineError with Terraform's own message."""
        arguments = ["apply", "-input=false", "-no-color", "-json", str(plan)]
        completed = self._run_on(arguments, directory, environment, on_line)
        if completed.exit_code != 0:
            raise EngineError(message_of("terraform apply", completed))

    def force_unlock(self, directory: Path, environment: Mapping[str, str], lock_id: str) -> None:
        """``terraform force-unlock``, which releases the lock of this ID and no other.

        Raises EngineError with Terraform's own message.
        """
        self._must(["force-unlock", "-force", "-no-color", lock_id], directory, environment)

    def pull_state(self, directory: Path, environment: Mapping[str, str]) -> str:
        """``terraform state pull``: the state as JSON, "" where there is none.

        Raises EngineError with Terraform's own message.
        """
        return self._must(["state", "pull", "-no-color"], directory, environment).output.strip()

    def push_state(self, directory: Path, environment: Mapping[str, str], state: Path) -> None:
        """``terraform state push``, which refuses a state that is older, or of something else.

        Raises EngineError with Terraform's own message.
        """
        self._must(["state", "push", "-no-color", str(state)], directory, environment)

    def outputs(self, directory: Path, environment: Mapping[str, str]) -> dict[str, Any]:
        """The outputs in the state, as ``terraform output -json`` gives them."""
        completed = self._must(["output", "-json", "-no-color"], directory, environment)
        outputs = json.loads(completed.output or "{}")
        return outputs if isinstance(outputs, dict) else {}

    def _must(
        self, arguments: Sequence[str], directory: Path, environment: Mapping[str, str]
    ) -> Completed:
        completed = self.run(arguments, directory, environment)
        if completed.exit_code != 0:
            raise EngineError(message_of(f"terraform {arguments[0]}", completed))
        return completed


@functools.cache
def _is_opentofu(engine: Engine) -> bool:
    return engine.version().startswith("OpenTofu")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


_running = _Running()


def stop_all() -> None:
    """Ask every engine under way, in any thread, to stop gracefully; later ones stop at once."""
    _be_patient()
    _running.stop()


def _be_patient() -> None:
    """Let further interrupts change nothing: this process ends as soon as the engine has.

    A second one, which wrappers pass on and people press, would leave the engine at work alone,
    its scratch directory behind, and the user believing that the state is saved.
    """

    def say(_signal: int, _frame: FrameType | None) -> None:
        os.write(2, b"Still waiting for Terraform to finish what it has begun.\n")

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, say)


def message_of(command: str, completed: Completed) -> str:
    """Terraform's own words, without the frame it draws around them."""
    said = [json_line_message(line) for line in completed.output.splitlines()]
    words = completed.errors.strip() or "\n".join(line for line in said if line).strip()
    lines = [line.strip("╷│╵ ").rstrip() for line in words.splitlines()]
    text = "\n".join(line for line in lines if line)
    text = text or "It said nothing: look whether the disk is full, and whether it was killed."
    return f"{command} failed (exit code {completed.exit_code}):\n{text}"


def json_line_message(line: str) -> str:
    """The message of a line of Terraform's JSON UI; the line itself if it is none."""
    if not line.startswith("{"):
        return line
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict):
        return line
    diagnostic = event.get("diagnostic")
    if isinstance(diagnostic, dict):
        if diagnostic.get("severity") != "error":
            return ""
        parts = [f"Error: {diagnostic.get('summary', '')}", f"with {diagnostic.get('address')}"]
        where = diagnostic.get("range")
        if isinstance(where, dict):
            start = where.get("start", {})
            parts.append(f"on {where.get('filename')} line {start.get('line')}")
        parts.append(str(diagnostic.get("detail", "")))
        return "\n".join(part for part in parts if part and part != "with None")
    return ""
