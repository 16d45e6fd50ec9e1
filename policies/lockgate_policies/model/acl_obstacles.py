"""Where network ACLs keep a connection from a subnet, or its answers from the other side.

Answers go to the port that the asking side chose. Load balancers and NAT gateways choose from 1024
to 65535, servers and clients from what their systems keep for it: Linux from 32768 to 60999,
Windows from 49152 to 65535.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .address_ranges import EVERYWHERE, AddressRange, address_range
from .architecture import LOAD_BALANCER_TYPES, Architecture
from .attachments import Attachment
from .connections import Connection
from .health_checkers import CHECKER_RANGES
from .network_acls import NetworkAcl, NetworkAcls, Packets, Refusal
from .networks import Subnet
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value

# What any of the systems of clients may choose, and what each of the systems of servers does.
_OF_CLIENTS = (32768, 65535)
_OF_SERVERS = (49152, 60999)
_OF_AWS = (1024, 65535)
_CHECKS, _RESULTS = "health checks", "answers to health checks"
_AWS_TYPES = (*LOAD_BALANCER_TYPES, "aws_nat_gateway")


@dataclass(frozen=True)
class Obstacle:
    """A network ACL in the way of a connection.

    ``owner`` is what the denying rule is written in, or None where that is not known; ``words``
    say what is denied.
    """

    owner: Resource | None
    words: str


@dataclass(frozen=True)
class _Crossing:
    """Packets that cross the border of a subnet, and what they are in words."""

    subnet: Subnet
    outbound: bool
    packets: Packets | None
    words: str


class AclObstacles:
    """The network ACLs in the ways of an architecture's connections."""

    def __init__(self, architecture: Architecture) -> None:
        self._acls = NetworkAcls(architecture)
        self._of_subnet: dict[int, tuple[list[NetworkAcl], tuple[str, ...]]] = {}
        self._refusals: dict[tuple[int, bool, Packets], Refusal | Value | None] = {}

    def of(self, connection: Connection) -> Iterator[Obstacle]:
        """What is in the way of a connection between two attachments, or from clients."""
        if connection.port is UNKNOWN:
            return
        for crossing in _crossings(connection.source, connection.target, connection.port):
            yield from self._at(crossing)

    def of_health_checkers(self, target: Attachment, port: int) -> Iterator[Obstacle]:
        """What is in the way of Route 53's health checkers; of some only, it is not known."""
        for subnet in target.subnets:
            of_each = [
                [
                    *self._at(_Crossing(subnet, False, Packets(addresses, port, port), _CHECKS)),
                    *self._at(_Crossing(subnet, True, Packets(addresses, *_OF_CLIENTS), _RESULTS)),
                ]
                for addresses in CHECKER_RANGES
            ]
            shut_out = [obstacles for obstacles in of_each if obstacles]
            if len(shut_out) == len(CHECKER_RANGES):
                yield from shut_out[0]
            elif shut_out:
                yield Obstacle(
                    None,
                    f"whether enough health checkers get through: {len(shut_out)} of their "
                    f"{len(CHECKER_RANGES)} ranges do not ({shut_out[0][0].words})",
                )

    def of_way_out(
        self, source: Attachment, gateway: Attachment | None, port: int
    ) -> Iterator[Obstacle]:
        """What is in the way of requests to the internet and their answers.

        ``gateway`` is a NAT gateway on the way, which asks in the place of the source.
        """
        for subnet in source.subnets:
            yield from self._beyond(subnet, _answers(source), port)
        if gateway is not None:
            for crossing in _crossings(source, gateway, port):
                if crossing.subnet in gateway.subnets:
                    yield from self._at(crossing)
            for subnet in gateway.subnets:
                yield from self._beyond(subnet, _OF_AWS, port)

    def _beyond(self, subnet: Subnet, answers: tuple[int, int], port: int) -> Iterator[Obstacle]:
        out = Packets(EVERYWHERE, port, port)
        yield from self._at(_Crossing(subnet, True, out, "requests"))
        yield from self._at(_Crossing(subnet, False, Packets(EVERYWHERE, *answers), "answers"))

    def _at(self, crossing: _Crossing) -> Iterator[Obstacle]:
        subnet = crossing.subnet
        if id(subnet) not in self._of_subnet:
            self._of_subnet[id(subnet)] = self._acls.of(subnet.resource, subnet.vpc)
        acls, gaps = self._of_subnet[id(subnet)]
        for gap in gaps:
            yield Obstacle(None, f"which network ACL {subnet.address} has is not known: {gap}")
        way = "out of" if crossing.outbound else "into"
        for acl in acls:
            if crossing.packets is None:
                yield Obstacle(None, f"the range of a subnet beside {subnet.address} is not known")
                continue
            packets = crossing.packets
            key = (id(acl), crossing.outbound, packets)
            if key not in self._refusals:
                self._refusals[key] = acl.refusal(packets, crossing.outbound)
            refusal = self._refusals[key]
            what = f"TCP {packets.ports} {way} {subnet.address}"
            if refusal is UNKNOWN:
                why = "; ".join(acl.gaps) or "its rules are not all known until apply"
                yield Obstacle(None, f"whether {acl.resource.address} lets {what}: {why}")
            elif isinstance(refusal, Refusal):
                where = "from" if not crossing.outbound else "to"
                yield Obstacle(
                    refusal.owner,
                    f"{refusal.words}: TCP {refusal.packets.ports} {way} {subnet.address}, {where} "
                    f"{refusal.packets.addresses}: {crossing.words}",
                )


def _crossings(source: Attachment | None, target: Attachment, port: int) -> Iterator[_Crossing]:
    answers = _answers(source)
    for subnet in target.subnets:
        mine = address_range(subnet.resource.value("cidr_block"))
        for other in source.subnets if source else (None,):
            if other is subnet:
                continue  # within a subnet there is no border
            theirs = EVERYWHERE if other is None else _range(other)
            yield _Crossing(subnet, False, _packets(theirs, port, port), "requests")
            yield _Crossing(subnet, True, _packets(theirs, *answers), "answers")
            if other is not None:
                yield _Crossing(other, True, _packets(mine, port, port), "requests")
                yield _Crossing(other, False, _packets(mine, *answers), "answers")


def _answers(source: Attachment | None) -> tuple[int, int]:
    """The ports that answers go to, by who asked."""
    if source is None:
        return _OF_CLIENTS
    return _OF_AWS if source.resource.type in _AWS_TYPES else _OF_SERVERS


def _packets(addresses: AddressRange | None, first: int, last: int) -> Packets | None:
    return None if addresses is None else Packets(addresses, first, last)


def _range(subnet: Subnet) -> AddressRange | None:
    return address_range(subnet.resource.value("cidr_block"))
