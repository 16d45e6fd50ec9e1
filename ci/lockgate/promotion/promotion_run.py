"""Promotes: stage by stage applies and verifies environments, and writes down how far it got."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from lockgate.applying import environment_apply, verification
from lockgate.applying.environment_apply import Applied, ReviewedPlan
from lockgate.applying.ordered_apply import in_turn
from lockgate.base.errors import EngineError, LockgateError, PolicyError
from lockgate.engine.engine import Engine, stop_all
from lockgate.engine.environment_engine import engine_of
from lockgate.judging.environment_check import Judge
from lockgate.promotion import promotion
from lockgate.promotion.promotion import Promotion, Step
from lockgate.promotion.promotion_journal import PromotionJournals
from lockgate.promotion.promotion_locks import PromotionLocks
from lockgate.repository.environments import Environment
from lockgate.state import errored_state
from lockgate.targets.target import Target
from lockgate.verdict.verdict import EnvironmentVerdict

Say = Callable[[str], None]
OpenBundle = Callable[[Path, Environment], ReviewedPlan]


@dataclass(frozen=True)
class Promoter:
    """What a promotion works with.

    ``drills`` are the environments that end with a drill, ``drill_arguments`` what it is called
    with. With ``bundles``, an environment's sealed plan is what is applied, read by
    ``open_bundle``.
    ``locks`` are what pull requests hold.
    """

    environments: Mapping[str, Environment]
    target: Target
    engine: Engine
    judge: Judge
    journals: PromotionJournals
    say: Say
    drills: Sequence[str] = ()
    drill_arguments: Sequence[str] = ()
    bundles: Path | None = None
    open_bundle: OpenBundle | None = None
    locks: PromotionLocks | None = None

    def run(self, begun: Promotion) -> Promotion:
        """Go through the stages until all are done or one environment is not.

        Environments of one stage that are under way finish when another of them fails. Raises
        EngineError if the journal cannot be written, KeyboardInterrupt after an interrupt, when
        everything has stopped and the journal says so.
        """
        journal = _Journal(self.journals, begun)
        while stage := journal.now.next_stage:
            self.say(f"Stage: {', '.join(stage)}")
            stopping = threading.Event()
            with ThreadPoolExecutor(max_workers=len(stage)) as pool:
                futures = [pool.submit(self._one, name, journal, stopping) for name in stage]
                try:
                    wait(futures)
                except KeyboardInterrupt:
                    stopping.set()
                    stop_all()
                    wait(futures)
                    raise
            for future in futures:
                future.result()
        return journal.now

    def _one(self, name: str, journal: _Journal, stopping: threading.Event) -> None:
        """Apply and verify one environment; only a journal that cannot be written raises."""
        started = time.monotonic()

        def note(state: promotion.State, message: str = "") -> None:
            journal.note(Step(name, state, message, round(time.monotonic() - started, 1)))
            self.say(f"{name}: {state}{f': {message}' if message else ''}")

        try:
            note(promotion.APPLYING)
            applied = self._apply(self.environments[name])
            if not applied.verdict.passes:
                note(promotion.REFUSED, _why(applied.verdict))
                return
            stale = self.locks.made_stale(name) if self.locks and applied.changed else ""
            if stale:
                self.say(stale)
            note(promotion.VERIFYING)
            outcome = verification.verify(
                self.environments[name],
                self.target,
                engine_of(self.environments[name], self.engine),
            )
            if outcome.passes and name in self.drills:
                self.say(f"{name}: drilling")
                outcome = verification.drill(self.environments[name], list(self.drill_arguments))
            if outcome.passes:
                done = "applied" if applied.changed else "was as it should be"
                note(promotion.DONE, f"{done}; {stale}" if stale else done)
                if self.locks and (released := self.locks.release(name)):
                    self.say(released)
            else:
                note(promotion.REFUSED, "; ".join(outcome.problems))
        except Exception as error:
            if stopping.is_set():
                kept = str(error) if errored_state.KEPT in str(error) else ""
                note(
                    promotion.INTERRUPTED,
                    kept or "stopped; its state is saved and its lock released",
                )
            elif isinstance(error, LockgateError) and not isinstance(error, EngineError):
                note(promotion.REFUSED, str(error))
            else:
                note(promotion.FAILED, str(error) or type(error).__name__)

    def _apply(self, environment: Environment) -> Applied:
        def say(line: str) -> None:
            self.say(f"{environment.name}: {line.strip()}")

        if environment.parts:
            return in_turn(environment, self.judge.order_of(environment), self._apply, say)
        judge = self.judge.judge
        engine = engine_of(environment, self.engine)
        if self.bundles is None:
            return environment_apply.apply(environment, self.target, engine, judge, say)
        bundle = self.bundles / f"{environment.name}.lockgate"
        if not bundle.is_file():
            # Nobody reviewed a plan of it, so there must be nothing to apply.
            changed = verification.changed_resources(environment, self.target, engine)
            if changed:
                raise PolicyError(
                    f"{bundle} is not there, but {', '.join(changed)} would change: no plan of it "
                    "was reviewed. Open a pull request that changes it, or look with "
                    f"`lockgate drift {environment.name}`."
                )
            return environment_apply.apply(environment, self.target, engine, judge, say)
        if self.open_bundle is None:
            raise PolicyError("this version cannot apply sealed plans")
        reviewed = self.open_bundle(bundle, environment)
        return environment_apply.apply(
            environment,
            self.target,
            engine,
            judge,
            say,
            reviewed=reviewed,
        )


class _Journal:
    """The promotion as it stands, written down at every step by whichever thread makes it."""

    def __init__(self, journals: PromotionJournals, begun: Promotion) -> None:
        self._journals = journals
        self._lock = threading.Lock()
        self.now = begun

    def note(self, step: Step) -> None:
        """Write one environment's step down. Raises EngineError if that fails."""
        with self._lock:
            self.now = self.now.with_step(step)
            self._journals.write(self.now)


def _why(verdict: EnvironmentVerdict) -> str:
    told = [f"{finding.rule} {finding.address}: {finding.message}" for finding in verdict.blocking]
    return "; ".join([*verdict.problems, *told]) or "it was not judged"
