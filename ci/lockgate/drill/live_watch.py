"""Watches a name from outside: what its name servers answer, and whether that serves clients."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lockgate.base.errors import EngineError
from lockgate.drill import dns_questions, endpoint_requests
from lockgate.drill.dns_questions import Answer, Resolve, Server
from lockgate.drill.endpoint_requests import Request
from lockgate.drill.zone_model import ZoneModel

_TRIED = 3


@dataclass(frozen=True)
class Network:
    """How a drill sees the world: name servers, if not the zone's own, and a resolver."""

    servers: tuple[Server, ...] = ()
    resolve: Resolve = dns_questions.system_addresses


@dataclass(frozen=True)
class Look:
    """One look at a name.

    ``regions`` has what each name server that answered said, None for an answer that leads to no
    load balancer of the environment. ``problem`` is what was wrong with the answer to a request,
    None if it was good.
    """

    regions: tuple[str | None, ...]
    ttl: int
    problem: str | None

    @property
    def region(self) -> str | None:
        """The region that all name servers name; None if they differ, or none answers."""
        regions = set(self.regions)
        return regions.pop() if len(regions) == 1 else None


@dataclass
class Watch:
    """Looks at one name. Raises EngineError if its name servers cannot be found."""

    model: ZoneModel
    request: Request
    network: Network
    servers: Sequence[Server] = ()
    # A load balancer's addresses come and go: each was once its own.
    _known: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.servers = self.network.servers or dns_questions.servers_of(
            self.model.name_servers, self.network.resolve
        )
        if not self.servers:
            named = ", ".join(self.model.name_servers) or "none that Route 53 names"
            raise EngineError(
                f"{self.model.title}: the zone's name servers cannot be found ({named}). Nothing "
                "was changed. Give their addresses with --name-server."
            )

    def look(self) -> Look:
        """Ask every name server, and send a request where the answer leads."""
        self._learn()
        name = self.request.host
        with ThreadPoolExecutor(len(self.servers)) as pool:
            asked = pool.map(
                lambda server: dns_questions.ask(server, name, self.model.records.type),
                self.servers,
            )
            answers = [answer for answer in asked if answer is not None]
        if not answers:
            return Look((), 0, "no name server answered")
        regions = tuple(self._region(answer) for answer in answers)
        return Look(regions, max(answer.ttl for answer in answers), self._served(answers[0]))

    def try_secondary(self) -> str | None:
        """Send a request to the secondary's load balancer. None is good, else what was wrong."""
        self._learn()
        place = self.model.leads_to(self.model.secondary).dns_name
        addresses = _in_order(self._known[place])
        if not addresses:
            return f"{place} has no address"
        return self._first_good(addresses)

    def _served(self, answer: Answer) -> str | None:
        named = {value for value in answer.values if value not in self._known}
        # Its load balancer's other addresses come after: not every machine has IPv6.
        others: set[str] = set()
        for name, known in self._known.items():
            if name in answer.values or answer.values & known:
                others |= known
        return self._first_good([*_in_order(named), *_in_order(others - named)])

    def _first_good(self, addresses: list[str]) -> str | None:
        """As browsers do, the next address is tried where one does not answer."""
        problem: str | None = "the answer leads to no address"
        for address in addresses[:_TRIED]:
            problem = endpoint_requests.send(self.request, address)
            if problem is None:
                return None
        return problem

    def _region(self, answer: Answer) -> str | None:
        regions = {
            balancer.region
            for name, balancer in self.model.balancers.items()
            if name in answer.values or answer.values & self._known[name]
        }
        return regions.pop() if len(regions) == 1 else None

    def _learn(self) -> None:
        for name in self.model.balancers:
            self._known.setdefault(name, set()).update(self.network.resolve(name))


def _in_order(addresses: set[str]) -> list[str]:
    """IPv4 first."""
    return sorted(addresses, key=lambda address: (":" in address, address))
