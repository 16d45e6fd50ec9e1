"""Asks name servers directly, past every cache: what they answer is what Route 53 has decided.

An authoritative answer carries the whole TTL and the ``aa`` flag (RFC 1035, 4.1.1); a resolver
between us and the name servers would show an old answer for as long as it is allowed to keep it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from dnslib import QTYPE, RCODE, DNSError, DNSRecord

from lockgate.base.errors import UsageError

DNS_PORT = 53
_SECONDS = 2.0
_ATTEMPTS = 2

Resolve = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Server:
    """A DNS server's address, IPv4 or IPv6, and port."""

    address: str
    port: int = DNS_PORT

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"


@dataclass(frozen=True)
class Answer:
    """What one server says: addresses or names in lower case without the dot, and their TTL."""

    values: frozenset[str]
    ttl: int


def read_server(text: str) -> Server:
    """A server from ADDRESS, ADDRESS:PORT or [IPv6]:PORT. Raises UsageError."""
    address, port = text, str(DNS_PORT)
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    try:
        number = int(port)
        if not 0 < number < 65536:
            raise ValueError
        return Server(str(ip_address(address)), number)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no DNS server: give its address, as in 192.0.2.53 or 192.0.2.53:5353."
        ) from error


def servers_of(names: Iterable[str], resolve: Resolve) -> list[Server]:
    """The servers of a delegation set, one address of each that can be found."""
    # A zone has four; the IPv4 address is the one that every network reaches.
    resolved = [
        sorted(resolve(name), key=lambda address: (":" in address, address)) for name in names
    ]
    return [Server(addresses[0]) for addresses in resolved if addresses]


def ask(server: Server, name: str, kind: str) -> Answer | None:
    """The authoritative answer of a server; None if it has none, or does not answer in time."""
    reply = _ask(server, name, kind, recursion=False)
    if reply is None or not reply.header.aa:
        return None
    same = [record for record in reply.rr if QTYPE[record.rtype] == kind]
    if not same:
        return None
    values = frozenset(str(record.rdata).rstrip(".").lower() for record in same)
    return Answer(values, min(int(record.ttl) for record in same))


def system_addresses(name: str) -> frozenset[str]:
    """The addresses of a name by the system's resolver; none if it is not found."""
    try:
        entries = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(str(entry[4][0]).lower() for entry in entries)


def addresses_by(server: Server) -> Resolve:
    """A resolver that asks one server."""

    def resolve(name: str) -> frozenset[str]:
        addresses: set[str] = set()
        for kind in ("A", "AAAA"):
            answer = _ask(server, name, kind, recursion=True)
            for record in answer.rr if answer else ():
                if QTYPE[record.rtype] == kind:
                    addresses.add(str(record.rdata).lower())
        return frozenset(addresses)

    return resolve


def _ask(server: Server, name: str, kind: str, *, recursion: bool) -> DNSRecord | None:
    question = DNSRecord.question(name, kind)
    question.header.rd = int(recursion)
    for _ in range(_ATTEMPTS):
        try:
            raw = question.send(
                server.address, server.port, timeout=_SECONDS, ipv6=":" in server.address
            )
            answer = DNSRecord.parse(raw)
        except (OSError, DNSError):
            continue
        if answer.header.id == question.header.id and answer.header.rcode == RCODE.NOERROR:
            return answer
    return None
