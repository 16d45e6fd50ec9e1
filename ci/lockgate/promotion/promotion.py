"""What a promotion is: stages in their order, how far each environment got, and what comes next.

Pure: it knows nothing of Terraform, of time or of where the journal is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal

import msgspec

from lockgate.base import documents
from lockgate.base.documents import DocumentError
from lockgate.base.errors import UsageError
from lockgate.verdict.verdict import EXIT_ENGINE, EXIT_GATE, EXIT_PASS

VERSION: Literal[1] = 1
State = Literal["waiting", "applying", "verifying", "done", "refused", "failed", "interrupted"]
WAITING: Final = "waiting"
APPLYING: Final = "applying"
VERIFYING: Final = "verifying"
DONE: Final = "done"
REFUSED: Final = "refused"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"
RUNNING: Final = "running"
_EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class Step:
    """How far one environment got, what was said of it, and how long it took, in seconds."""

    environment: str
    state: State = WAITING
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Promotion:
    """One promotion of one commit; times are ISO 8601 in UTC."""

    commit: str
    stages: tuple[tuple[str, ...], ...]
    steps: Mapping[str, Step] = field(default_factory=dict)
    started: str = ""

    def step(self, environment: str) -> Step:
        """How far an environment got."""
        return self.steps.get(environment, Step(environment))

    def with_step(self, step: Step) -> Promotion:
        """The promotion after one environment went on."""
        return replace(self, steps={**self.steps, step.environment: step})

    @property
    def names(self) -> tuple[str, ...]:
        """The environments in their order."""
        return tuple(name for stage in self.stages for name in stage)

    def _any(self, *states: str) -> bool:
        return any(self.step(name).state in states for name in self.names)

    @property
    def next_stage(self) -> tuple[str, ...]:
        """The environments to apply now; none when all are done or one of them failed."""
        if self._any(REFUSED, FAILED, INTERRUPTED):
            return ()
        for stage in self.stages:
            waiting = tuple(name for name in stage if self.step(name).state != DONE)
            if waiting:
                return waiting
        return ()

    @property
    def state(self) -> str:
        """In one word: done, failed, refused, interrupted or running."""
        for state in (INTERRUPTED, FAILED, REFUSED):
            if self._any(state):
                return state
        return DONE if all(self.step(name).state == DONE for name in self.names) else RUNNING

    @property
    def exit_code(self) -> int:
        """0 all done, 130 interrupted, 3 an engine failed, 1 the gate said no or it is not over."""
        codes = {DONE: EXIT_PASS, FAILED: EXIT_ENGINE, INTERRUPTED: _EXIT_INTERRUPTED}
        return codes.get(self.state, EXIT_GATE)

    def resumed(self) -> Promotion:
        """The same promotion, to go on with: what is done stays done, all else waits again."""
        done = {name: step for name, step in self.steps.items() if step.state == DONE}
        return replace(self, steps=done)

    def as_json(self) -> dict[str, Any]:
        """The journal's document."""
        document = _Written(
            version=VERSION,
            commit=self.commit,
            state=self.state,
            exit_code=self.exit_code,
            started=self.started,
            stages=self.stages,
            environments=tuple(self.step(name) for name in self.names),
        )
        written: dict[str, Any] = documents.builtins(document)
        return written


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's document; ``state`` and ``exit_code`` are derived again where it is read."""

    version: Literal[1]
    commit: str
    state: str = RUNNING
    exit_code: int = EXIT_GATE
    started: str
    stages: Annotated[tuple[tuple[str, ...], ...], msgspec.Meta(min_length=1)]
    environments: tuple[Step, ...]


def read_promotion(document: Any, where: str) -> Promotion:
    """The promotion in a journal's document. Raises UsageError if it is none."""
    try:
        written = documents.convert(document, _Written)
    except DocumentError as error:
        raise UsageError(
            f"{where} is no journal of a promotion as this version writes it ({error}). "
            "Start anew with `lockgate promote`."
        ) from error
    steps = {step.environment: step for step in written.environments}
    return Promotion(written.commit, written.stages, steps, written.started)


def choose_stages(
    promotion: Sequence[Sequence[str]], environments: Sequence[str], names: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """The stages to go through: those of the settings, only with ``names`` if any are given.

    Raises UsageError if the settings have no order, or do not fit the environments there are.
    """
    if not promotion:
        order = ", ".join(f"[{name}]" for name in environments)
        raise UsageError(
            "lockgate.yaml has no order of promotion. Write one, first to last; the environments "
            f"of one stage are applied in parallel:\npipeline:\n  promotion: [{order}]"
        )
    listed = [name for stage in promotion for name in stage]
    if gone := [name for name in listed if name not in environments]:
        raise UsageError(
            f"lockgate.yaml: pipeline.promotion names {', '.join(gone)}, which is no environment. "
            f"Known are: {', '.join(environments)}."
        )
    if missing := [name for name in environments if name not in listed]:
        raise UsageError(
            f"lockgate.yaml: pipeline.promotion names no stage for {', '.join(missing)}. Every "
            "environment is in one, so that none is forgotten."
        )
    if unknown := [name for name in names if name not in listed]:
        raise UsageError(f"There is no environment '{unknown[0]}'. Known are: {', '.join(listed)}.")
    kept = (tuple(name for name in stage if not names or name in names) for stage in promotion)
    return tuple(stage for stage in kept if stage)
