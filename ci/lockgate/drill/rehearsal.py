"""Rehearses the loss of a region on loopback: servers, checkers, a DNS server, and a client.

All times are those of the rehearsed world, counted on the monotonic clock, which no change of the
wall clock moves; ``time_scale`` of its seconds pass in a real one.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSError, DNSLabel, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSServer

from lockgate.base.errors import UsageError
from lockgate.drill import health
from lockgate.drill.answers import choose, time_to_live
from lockgate.drill.health import Checker, Probe, probe_succeeds
from lockgate.drill.outages import Request, outages
from lockgate.drill.records import EndpointCheck, LoadBalancer, Record
from lockgate.drill.servers import LOOPBACK, Mode, RegionServer
from lockgate.drill.snapshot import Phase, RecordState, Snapshot, Watch
from lockgate.drill.timeline import Timeline
from lockgate.drill.zone_model import ZoneModel

# Route 53 has more; with eight, all but one must agree that an endpoint is down.
CHECKERS = 8
# Their cached answers end at different moments, so that one of them has nearly the whole TTL (at
# least 11/12 of it) to wait when the answer changes: that is the client whose recovery counts.
CLIENTS = 12
REQUEST_EVERY = 3.0
REQUEST_TIMEOUT = 2.0
# Real seconds below which a busy machine would look like a fault.
LEAST_TIMEOUT = 0.08
STEADY = 4.0

Say = Callable[[str], None]


class _Rehearsal(BaseResolver):  # type: ignore[misc]  # dnslib ships no types
    def __init__(self, model: ZoneModel, time_scale: float, dns_port: int) -> None:
        self.model, self.scale = model, time_scale
        self._began = time.monotonic()
        self.ended = threading.Event()
        searched = [c.search for c in model.checks.values() if isinstance(c, EndpointCheck)]
        body = " ".join(["ok", *filter(None, searched)]).encode()
        self.timeout = max(REQUEST_TIMEOUT / time_scale, LEAST_TIMEOUT)
        self.servers = {
            name: RegionServer(body, 3 * self.timeout) for name in sorted(model.balancers)
        }
        self.checkers: dict[str, list[Checker]] = {
            check.id: [Checker(check.threshold) for _ in range(CHECKERS)]
            for check in model.checks.values()
            if isinstance(check, EndpointCheck)
        }
        self.clients: list[list[Request]] = [[] for _ in range(CLIENTS)]
        self._cached: list[tuple[str | None, float]] = [(None, 0.0)] * CLIENTS
        self._threads: list[threading.Thread] = []
        try:
            self._dns = DNSServer(
                self, port=dns_port, address=LOOPBACK, logger=_Silent(), handler=DNSHandler
            )
        except OSError as error:
            for server in self.servers.values():
                server.close()
            raise UsageError(
                f"Port {dns_port} on {LOOPBACK} cannot be used: {error.strerror}. "
                "Choose another with --dns-port, or leave it out to have any free one."
            ) from error
        self.dns_port: int = self._dns.server.server_address[1]

    def now(self) -> float:
        return (time.monotonic() - self._began) * self.scale

    def sleep(self, seconds: float) -> None:
        self.ended.wait(seconds / self.scale)

    def start(self) -> None:
        self._dns.start_thread()
        for identifier, checkers in self.checkers.items():
            for place, checker in enumerate(checkers):
                self._run(self._probe_all_the_time, identifier, checker, place)
        for client in range(CLIENTS):
            self._run(self._request_all_the_time, client)

    def stop(self) -> None:
        self.ended.set()
        for server in self.servers.values():
            server.close()
        for thread in self._threads:
            thread.join(5)
        self._dns.stop()
        self._dns.server.server_close()

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    # The checkers

    def _probe_all_the_time(self, identifier: str, checker: Checker, place: int) -> None:
        check = self.model.checks[identifier]
        assert isinstance(check, EndpointCheck)
        # Checkers do not know of one another: they are spread over the interval.
        due = place * check.interval / CHECKERS
        checker.note(probe_succeeds(check, self._probe(check)))
        while not self.ended.is_set():
            self.sleep(due - self.now())
            if not self.ended.is_set():
                checker.note(probe_succeeds(check, self._probe(check)))
            due += check.interval
            # A machine too busy to keep up must not probe in a burst afterwards.
            if due < self.now():
                due = self.now() + check.interval

    def _probe(self, check: EndpointCheck) -> Probe:
        if check.port not in self.model.balancers[check.host].ports:
            return Probe(None)
        status, body, connected = self._get(check.host)
        if connected is False:
            return Probe(None)
        return Probe(0.0, status, None if status is None else 0.0, body, 0.0)

    def _get(self, place: str) -> tuple[int | None, bytes, bool]:
        """Status and body within the time that is allowed, and whether it connected at all."""
        connection = http.client.HTTPConnection(
            LOOPBACK, self.servers[place].port, timeout=self.timeout
        )
        connected = False
        try:
            connection.connect()
            connected = True
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.status, answer.read(), True
        except (OSError, http.client.HTTPException):
            return None, b"", connected
        finally:
            connection.close()

    def health(self) -> dict[str, bool]:
        """The status of every health check."""
        return health.statuses(
            self.model.checks,
            lambda identifier: health.agreed(c.healthy for c in self.checkers[identifier]),
        )

    # The DNS server

    def answering(self) -> LoadBalancer:
        """The load balancer that a question asked now is answered with."""
        # What a load balancer says of its targets is not rehearsed: it counts as healthy, so that
        # only a health check can save a name.
        chosen = choose(self.model.records, self.health(), lambda _: True)
        return self.model.leads_to(chosen or self.model.primary)

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        """Answer one question (dnslib calls this): no other name is there, and no other type."""
        reply = request.reply()
        if request.q.qname != DNSLabel(self.model.records.name):
            reply.header.rcode = RCODE.NXDOMAIN
            return reply
        record = choose(self.model.records, self.health(), lambda _: True) or self.model.primary
        place = self.model.leads_to(record).dns_name
        number = sorted(self.servers).index(place) + 1
        kind = getattr(QTYPE, record.type)
        if kind not in (request.q.qtype, QTYPE.CNAME) and request.q.qtype != QTYPE.ANY:
            return reply
        # Addresses for documentation (RFC 5737 and 3849): each stands for a load balancer.
        data = {
            "A": lambda: A(f"192.0.2.{number}"),
            "AAAA": lambda: AAAA(f"2001:db8::{number:x}"),
            "CNAME": lambda: CNAME(place),
        }[record.type]()
        reply.add_answer(RR(str(request.q.qname), kind, rdata=data, ttl=time_to_live(record)))
        return reply

    # The client

    def _resolve(self, client: int) -> str | None:
        place, until = self._cached[client]
        first = place is None
        if place is not None and self.now() < until:
            return place
        asked = DNSRecord.question(self.model.records.name, self.model.records.type)
        try:
            raw = asked.send(LOOPBACK, self.dns_port, timeout=max(self.timeout, 0.5))
            answer = DNSRecord.parse(raw).rr[0]
        except (OSError, DNSError, IndexError):
            return None
        said = str(answer.rdata).rstrip(".").lower()
        places = sorted(self.servers)
        if answer.rtype == QTYPE.CNAME:
            place = said
        else:
            place = places[int(said.replace("::", ".").rsplit(".", 1)[1], 16) - 1]
        share = (client + 1) / CLIENTS if first else 1.0
        self._cached[client] = (place, self.now() + answer.ttl * share)
        return place

    def _request_all_the_time(self, client: int) -> None:
        while not self.ended.is_set():
            at = self.now()
            place = self._resolve(client)
            status = self._get(place)[0] if place else None
            region = self.model.balancers[place].region if place else None
            self.clients[client].append(Request(at, region, status is not None and status < 400))
            self.sleep(REQUEST_EVERY - (self.now() - at))

    def requests(self) -> list[Request]:
        """The requests of all clients, in the order in which they began."""
        return sorted(
            (request for client in self.clients for request in client), key=lambda e: e.at
        )

    def served_by(self) -> str | None:
        """The region that serves every client now; None if one is not served, or they differ."""
        last = [client[-1] for client in self.clients if client]
        regions = {request.region if request.good else None for request in last}
        return regions.pop() if len(regions) == 1 else None

    def steady_since(self, after: float, region: Callable[[str | None], bool]) -> float | None:
        """When every client had the first of the good answers from a region that last until now."""
        starts = []
        for client in self.clients:
            since = None
            for request in list(client):
                if request.at < after or not (request.good and region(request.region)):
                    since = None
                elif since is None:
                    since = request.at
            if since is None:
                return None
            starts.append(since)
        return max(starts)

    def snapshot(self, phase: Phase, since: float) -> Snapshot:
        """How things stand now, in a phase that began at ``since``."""
        now, statuses = self.now(), self.health()
        chosen = choose(self.model.records, statuses, lambda _: True)
        last = Counter(
            client[-1].region if client[-1].good else None for client in self.clients if client
        )
        good = sum(request.good for client in self.clients for request in list(client))
        asked = sum(len(client) for client in self.clients)
        return Snapshot(
            name=self.model.title,
            phase=phase,
            at=now,
            elapsed=now - since,
            computed=self.model.recovery_time,
            records=tuple(
                self._record_state(record, statuses, record is chosen)
                for record in self.model.records.records
            ),
            served_by=dict(last),
            good=good,
            lost=max(0, asked - good),
        )

    def _record_state(
        self, record: Record, statuses: Mapping[str, bool], chosen: bool
    ) -> RecordState:
        balancer = self.model.leads_to(record)
        check = record.health_check
        opinions = [checker.healthy for checker in self.checkers.get(check or "", ())]
        return RecordState(
            role=record.role.value if record.role else "",
            region=balancer.region,
            answers=self.servers[balancer.dns_name].mode.value,
            healthy=None if check is None else statuses[check],
            agreeing=sum(opinion is not False for opinion in opinions),
            checkers=len(opinions),
            chosen=chosen,
        )


class _Silent:
    """Takes what dnslib logs, which is every question."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def rehearse(
    model: ZoneModel,
    fault: Mode,
    time_scale: float = 1.0,
    say: Say = lambda _: None,
    dns_port: int = 0,
    lost_region: str | None = None,
    settle: float = 0.0,
    watch: Watch = lambda _: None,
) -> Timeline:
    """Lose a region (that of the primary), wait for recovery, bring it back, wait for failback.

    ``settle`` is how many seconds later than it could the fault comes. ``say`` is told of every
    moment, ``watch`` all the time how things stand.
    Raises UsageError if the DNS server's port is taken.
    """
    rehearsal = _Rehearsal(model, time_scale, dns_port)
    try:
        return _rehearse(rehearsal, fault, say, lost_region, settle, watch)
    finally:
        rehearsal.stop()


def _rehearse(
    run: _Rehearsal,
    fault: Mode,
    say: Say,
    lost_region: str | None,
    settle: float,
    watch: Watch,
) -> Timeline:
    model, scale = run.model, run.scale
    lost = lost_region or model.leads_to(model.primary).region
    computed = model.recovery_time
    # Without a health check nothing should happen; it is given the time that one would need.
    allowed = float(computed if computed is not None else 3 * model.interval + 60) + (
        model.interval
    )
    # Who watches a fast drill all the time takes the processor from those who are measured.
    step = max(0.25, 0.01 * scale)

    def tick(phase: Phase, since: float) -> None:
        run.sleep(step)
        watch(run.snapshot(phase, since))

    run.start()
    asking = f"dig -p {run.dns_port} @{LOOPBACK} {model.records.name} {model.records.type}"
    say(f"{run.now():7.1f} s  DNS answers on loopback: {asking}")
    while run.now() < 2 * model.interval + settle:
        tick(Phase.SETTLING, 0.0)
    # One answer that a busy machine gave too late is no state of the world.
    while run.served_by() is None and run.now() < 4 * model.interval + settle:
        tick(Phase.SETTLING, 0.0)
    before = run.served_by()
    begin = run.now()
    say(f"{begin:7.1f} s  {before or 'nothing'} serves; {lost} is lost ({fault.value})")
    for name, balancer in model.balancers.items():
        if balancer.region == lost:
            run.servers[name].set_mode(fault)
    watched = model.primary.health_check
    detected = switched = recovered = None
    while run.now() - begin < allowed + model.interval:
        tick(Phase.LOST, begin)
        if detected is None and watched and not run.health()[watched]:
            detected = run.now()
            say(f"{detected:7.1f} s  the health check is unhealthy")
        if switched is None and run.answering().region != lost:
            switched = run.now()
            say(f"{switched:7.1f} s  DNS answers with {run.answering().region}")
        # Who was served by another region all along, as an inverted check has it, has recovered
        # from nothing yet: the check may still turn, and send them to the lost one.
        moved = switched is not None and (before == lost or run.now() - begin >= allowed)
        since = run.steady_since(begin, lambda region: region != lost)
        if since is not None and moved and run.now() - since >= STEADY:
            recovered = since
            say(f"{recovered:7.1f} s  clients are served again")
            break
    after = run.served_by()
    for name, balancer in model.balancers.items():
        if balancer.region == lost:
            run.servers[name].set_mode(Mode.UP)
    restored = run.now()
    say(f"{restored:7.1f} s  {lost} is back")
    failed_back = None
    while run.now() - restored < allowed + model.interval:
        tick(Phase.BACK, restored)
        since = run.steady_since(restored, lambda region: region == lost)
        if since is not None and run.now() - since >= STEADY:
            failed_back = since
            say(f"{failed_back:7.1f} s  clients are back in {lost}")
            break
    requests, ended = run.requests(), run.now()
    return Timeline(
        name=model.title,
        lost_region=lost,
        fault_kind=fault.value,
        time_scale=scale,
        recovery_time=computed,
        allowed=allowed,
        before=before,
        after=after,
        fault=begin,
        detected=detected,
        switched=switched,
        recovered=recovered,
        restored=restored,
        failed_back=failed_back,
        ended=ended,
        requests=len(requests),
        lost=sum(not request.good for request in requests),
        outages=outages([list(client) for client in run.clients], ended),
        interval=model.interval,
    )
