"""Name servers are asked directly, and only an answer with authority counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSServer

from lockgate.base.errors import UsageError
from lockgate.drill.dns_questions import Answer, Server, addresses_by, ask, read_server, servers_of


class _Records(BaseResolver):  # type: ignore[misc]
    authority = 1
    code = RCODE.NOERROR

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply = request.reply()
        reply.header.aa, reply.header.rcode = self.authority, self.code
        name, kind = str(request.q.qname), QTYPE[request.q.qtype]
        if name == "two.test." and kind == "A":
            for last, ttl in ((1, 60), (2, 30)):
                reply.add_answer(RR(name, QTYPE.A, rdata=A(f"192.0.2.{last}"), ttl=ttl))
        if name == "two.test." and kind == "AAAA":
            reply.add_answer(RR(name, QTYPE.AAAA, rdata=AAAA("2001:db8::1"), ttl=60))
        if name == "alias.test.":
            reply.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME("One.Example."), ttl=5))
        return reply


@pytest.fixture
def names() -> Iterator[tuple[_Records, Server]]:
    records = _Records()
    server = DNSServer(records, port=0, address="127.0.0.1", logger=_Mute())
    server.start_thread()
    yield records, Server("127.0.0.1", server.server.server_address[1])
    server.stop()
    server.server.server_close()


class _Mute:
    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def test_an_answer_has_every_value_and_the_shortest_ttl(names: tuple[_Records, Server]) -> None:
    _, server = names
    assert ask(server, "two.test", "A") == Answer(frozenset({"192.0.2.1", "192.0.2.2"}), 30)
    assert ask(server, "alias.test", "CNAME") == Answer(frozenset({"one.example"}), 5)
    assert ask(server, "alias.test", "A") is None, "a name is no address"
    assert ask(server, "none.test", "A") is None


def test_an_answer_without_authority_or_with_an_error_is_none(
    names: tuple[_Records, Server],
) -> None:
    records, server = names
    records.authority = 0
    assert ask(server, "two.test", "A") is None
    # A resolver speaks without authority, and is asked for both families.
    assert addresses_by(server)("two.test") == {"192.0.2.1", "192.0.2.2", "2001:db8::1"}
    records.authority, records.code = 1, RCODE.SERVFAIL
    assert ask(server, "two.test", "A") is None
    assert addresses_by(server)("two.test") == frozenset()


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", Server("192.0.2.53", 53)),
        ("192.0.2.53:5353", Server("192.0.2.53", 5353)),
        ("2001:db8::53", Server("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", Server("2001:db8::53", 5353)),
    ],
)
def test_a_server_is_read(text: str, server: Server) -> None:
    assert read_server(text) == server


@pytest.mark.parametrize("text", ["", "ns.example.com", "192.0.2.53:0", "192.0.2.53:x", "1.2.3"])
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no DNS server: give its address"):
        read_server(text)


def test_each_name_server_that_is_found_is_asked_at_one_address() -> None:
    known = {"a": frozenset({"2001:db8::1", "192.0.2.1"}), "b": frozenset({"2001:db8::2"})}
    found = servers_of(["a", "b", "gone"], lambda name: known.get(name, frozenset()))
    assert found == [Server("192.0.2.1"), Server("2001:db8::2")]
