"""Drills on a real account: inverts the primary's health check, watches, and puts it back.

The order is what makes it safe: everything is looked at first; then the journal is written; then
the check is inverted; and whatever happens after that, it is put back before anything else ends.
Each step may be the last one of this process, and ``lockgate drill --revert`` goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lockgate.base.errors import EngineError, PolicyError
from lockgate.drill import health
from lockgate.drill.deferred_signals import DeferredSignals
from lockgate.drill.drill_journal import DrillJournal, DrillJournalStore
from lockgate.drill.inversion import by_hand, invert, put_back_all, read_check
from lockgate.drill.live_plan import LivePlan, must_be_invertible, request_to
from lockgate.drill.live_watch import Network, Watch
from lockgate.drill.outages import Request, outages
from lockgate.drill.timeline import INVERTED, Timeline
from lockgate.drill.zone_model import ZoneModel

# Between two looks: Route 53 needs seconds, and name servers are not there to be hammered.
LOOK_EVERY = 2.0
_PUT_BACK_ATTEMPTS = 5
_PUT_BACK_WAIT = 3.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class LiveDrill:
    """What a drill on a real account works with; ``look_every`` is in seconds."""

    environment: str
    plan: LivePlan
    route53: Any
    store: DrillJournalStore
    network: Network
    say: Say
    look_every: float = LOOK_EVERY

    def run(self) -> list[Timeline]:
        """Drill, and give a timeline for each name.

        Raises PolicyError where it would do harm, or is not the only one, EngineError if the API
        or the name servers fail, KeyboardInterrupt after a signal to end; in every case, what was
        changed is put back, or the error says that it could not be.
        """
        no_unfinished(self.store, self.environment)
        journal = self._journal()
        watches = [Watch(name, request_to(name), self.network) for name in self.plan.names]
        courses = [_Course(watch, self._ready(watch)) for watch in watches]
        with DeferredSignals() as signals:
            self._lose(journal, courses, signals)
            signals.raise_if_asked()
            self._watch(courses, signals, "failed_back")
        return [course.timeline(self.plan.region) for course in courses]

    def _tell(self, line: str) -> None:
        # A terminal that is gone is no reason to stop before everything is put back.
        with suppress(OSError):
            self.say(line)

    def _journal(self) -> DrillJournal:
        checks = []
        for identifier in self.plan.checks:
            check = read_check(self.route53, identifier)
            if check is None:
                raise PolicyError(f"Health check {identifier} does not exist any more.")
            must_be_invertible(check)
            checks.append(check)
        return DrillJournal(self.environment, self.plan.region, tuple(checks))

    def _ready(self, watch: Watch) -> int:
        """Refuse a drill that would take the name down, or say nothing; else give the TTL."""
        model, look = watch.model, watch.look()
        if not look.regions:
            asked = ", ".join(map(str, watch.servers))
            raise EngineError(
                f"{model.title}: no name server answers with authority ({asked}). Nothing was "
                "changed. Where port 53 is closed, give others with --name-server."
            )
        if look.region != self.plan.region or look.problem is not None:
            raise PolicyError(
                f"{model.title}: {look.region or 'no single region'} answers"
                f"{f' ({look.problem})' if look.problem else ''}, not {self.plan.region}: this is "
                "no moment for a drill. Nothing was changed. docs/failover.md says what to do."
            )
        problem = watch.try_secondary()
        if problem is None and model.secondary.health_check:
            problem = self._unhealthy(model, model.secondary.health_check)
        if problem is not None:
            region = model.leads_to(model.secondary).region
            raise PolicyError(
                f"{model.title}: its secondary in {region} is not healthy ({watch.request}: "
                f"{problem}), so a drill would take the service down. Nothing was changed."
            )
        # The opposite of "unhealthy" is "healthy": inverting would send clients to a dead region.
        primary = model.primary.health_check
        problem = self._unhealthy(model, primary) if primary else None
        if problem is not None:
            raise PolicyError(
                f"{model.title}: the primary's {problem}. Inverted, it would be healthy. Nothing "
                "was changed. docs/failover.md says what to do when it is no drill."
            )
        return look.ttl

    def _unhealthy(self, model: ZoneModel, identifier: str) -> str | None:
        """None if Route 53 finds a health check healthy."""
        healthy = health.status(
            identifier, model.checks, lambda checker: self._checkers_agree(checker)
        )
        return None if healthy else f"health check {identifier} is unhealthy"

    def _checkers_agree(self, identifier: str) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self.route53.get_health_check_status(HealthCheckId=identifier)
        except (BotoCoreError, ClientError) as error:
            raise EngineError(f"Health check {identifier}: its status is unknown: {error}") from (
                error
            )
        said = [
            check_observation["StatusReport"]["Status"]
            for check_observation in answer["HealthCheckObservations"]
        ]
        # Nothing observed is nothing known, and no drill begins on that.
        return bool(said) and health.agreed(status.startswith("Success") for status in said)

    def _lose(
        self, journal: DrillJournal, courses: Sequence[_Course], signals: DeferredSignals
    ) -> None:
        """Invert, watch the names move, and put back, whatever happens in between."""
        changing = False
        try:
            if not self.store.begin(journal):
                no_unfinished(self.store, self.environment)
                raise PolicyError("Another drill has just ended. Look whether it says enough.")
            self._tell(
                f"Written down: s3://{self.store.bucket.name}, so that --revert can put it back"
            )
            for check in journal.checks:
                signals.raise_if_asked()
                changing = True
                invert(self.route53, check)
                self._tell(f"Health check {check.id} is inverted")
            for course in courses:
                course.begin("fault")
            self._watch(courses, signals, "recovered", journal)
        finally:
            self._put_back(journal, changing)
            for course in courses:
                course.begin("restored")

    def _put_back(self, journal: DrillJournal, changing: bool) -> None:
        """Put back what this drill changed. Raises EngineError, with the way out, if it cannot."""
        error: EngineError | None = None
        for attempt in range(_PUT_BACK_ATTEMPTS):
            if attempt:
                time.sleep(_PUT_BACK_WAIT)
            try:
                if changing and self._is_mine(journal):
                    for line in put_back_all(self.route53, journal):
                        self._tell(line)
                    changing = False
                self.store.end(journal)
                return
            except EngineError as failure:
                error = failure
                self._tell(f"Not put back yet: {failure}")
        if not changing:
            raise EngineError(
                f"{error}\nWhat the drill changed is put back, but its journal is still there: "
                f"`lockgate drill {self.environment} --revert` removes it."
            )
        raise EngineError(
            f"{error}\nThe drill could not put back what it changed. Run "
            f"`lockgate drill {self.environment} --revert`, or by hand:\n"
            + "\n".join(by_hand(journal))
        )

    def _is_mine(self, journal: DrillJournal) -> bool:
        """False where somebody reverted this drill: what is inverted now is then another's."""
        try:
            there = self.store.read(self.environment)
        except EngineError:
            # The bucket does not answer; that is no reason to leave the check inverted.
            return True
        return there is not None and there.nonce == journal.nonce

    def _watch(
        self,
        courses: Sequence[_Course],
        signals: DeferredSignals,
        until: str,
        journal: DrillJournal | None = None,
    ) -> None:
        """Look at all names until each has what is waited for, or its time is over."""
        while True:
            begun = time.monotonic()
            if journal is not None and not self._is_mine(journal):
                raise PolicyError(
                    "Somebody put back what this drill had changed, with `lockgate drill "
                    "--revert`: it ends here, and says nothing of the recovery."
                )
            for course in courses:
                signals.raise_if_asked()
                for line in course.look(self.plan.region):
                    self._tell(line)
            if not any(course.waits_for(until) for course in courses):
                return
            while time.monotonic() - begun < self.look_every:
                signals.raise_if_asked()
                time.sleep(min(0.1, self.look_every))


@dataclass
class _Course:
    """What has happened to one name so far; times are in seconds since its begin.

    ``ttl`` is that of the last answer that was seen, and so of what clients hold.
    """

    watch: Watch
    ttl: int
    began: float = field(default_factory=time.monotonic)
    fault: float | None = None
    switched: float | None = None
    recovered: float | None = None
    restored: float | None = None
    failed_back: float | None = None
    after: str | None = None
    requests: list[Request] = field(default_factory=list)
    _since: float | None = None
    _region: str | None = None
    _held: int = 0

    def now(self) -> float:
        return time.monotonic() - self.began

    @property
    def allowed(self) -> float:
        """Seconds that a move may take: the computed time and one interval."""
        model = self.watch.model
        return float((model.recovery_time or 0) + model.interval)

    def begin(self, moment: str) -> None:
        """Note that the check is inverted (``fault``), or is not any more (``restored``)."""
        setattr(self, moment, self.now())
        self._held, self._since = self.ttl, None

    def waits_for(self, moment: str) -> bool:
        """Whether a moment has not come yet, and still may."""
        since = self.fault if moment == "recovered" else self.restored
        assert since is not None
        late = self.now() - since > self.allowed + self.watch.model.interval
        return getattr(self, moment) is None and not late

    def look(self, lost: str) -> list[str]:
        """Look once; say what is new.

        Clients follow a name's answer when theirs has become too old: the last of them asked just
        before the name servers agreed, and so follows one TTL after. Until then, and from then
        on, whoever asks must be served.
        """
        at, look = self.now(), self.watch.look()
        title, said = self.watch.model.title, []
        if look.regions:
            self.ttl = look.ttl
        self.requests.append(Request(at, look.region, look.problem is None))
        if look.problem is not None:
            said.append(f"{at:7.1f} s  {title}: not served: {look.problem}")
        there = look.region is not None and (look.region == lost) == (self.restored is not None)
        if not there or look.problem is not None:
            self._since = None
        elif self._since is None:
            self._since = at
        if look.region != self._region and look.region is not None:
            self._region = look.region
            said.append(f"{at:7.1f} s  {title}: the name servers answer with {look.region}")
        if there and self.restored is None:
            self.switched, self.after = self.switched or at, look.region
        if self._since is not None and self.now() - self._since >= self._held:
            moved = self._since + self._held
            if self.restored is None:
                self.recovered = moved
            else:
                self.failed_back = moved
            said.append(f"{moved:7.1f} s  {title}: every client is served by {look.region}")
        return said

    def timeline(self, lost: str) -> Timeline:
        """The course of a drill that went to its end."""
        assert self.fault is not None
        assert self.restored is not None
        model, ended = self.watch.model, self.now()
        return Timeline(
            name=model.title,
            lost_region=lost,
            fault_kind=INVERTED,
            time_scale=1.0,
            recovery_time=model.recovery_time,
            allowed=self.allowed,
            before=lost,
            after=self.after,
            fault=self.fault,
            detected=None,
            switched=self.switched,
            recovered=self.recovered,
            restored=self.restored,
            failed_back=self.failed_back,
            ended=ended,
            requests=len(self.requests),
            lost=sum(not request.good for request in self.requests),
            outages=outages([self.requests], ended),
            interval=model.interval,
        )


def no_unfinished(store: DrillJournalStore, environment: str) -> None:
    """Raises PolicyError if a drill of an environment is under way, or was never put back."""
    snapshot = store.read(environment)
    if snapshot is not None:
        raise PolicyError(
            f"There is an unfinished drill of '{environment}': {snapshot.describe()}. If it is "
            "under way, wait for it. If it was killed, put back what it changed: "
            f"`lockgate drill {environment} --revert`."
        )


def revert(route53: Any, store: DrillJournalStore, environment: str) -> list[str]:
    """Put back what an unfinished drill changed, and remove its journal; say what was done.

    Nothing said means that there was none. Safe to repeat, and while the drill still runs: it
    then ends. Raises EngineError.
    """
    journal = store.read(environment)
    if journal is None:
        return []
    said = put_back_all(route53, journal)
    store.end(journal)
    return [f"The drill of '{environment}' by {journal.describe()}:", *said]
